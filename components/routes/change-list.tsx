import { Minus, Pencil, Plus, type LucideIcon } from "lucide-react";
import { cn } from "@/components/ui/class-names";
import { LongList } from "@/components/ui/long-list";
import type { GatewayChange } from "@/lib/gateway/diff";

const marks: Record<GatewayChange["kind"], { Icon: LucideIcon; ink: string; word: string }> = {
  added: { Icon: Plus, ink: "text-good", word: "Added" },
  removed: { Icon: Minus, ink: "text-bad", word: "Removed" },
  changed: { Icon: Pencil, ink: "text-busy", word: "Changed" },
};

/** Changes in words, each with its kind. */
export function ChangeList({ changes }: { changes: readonly GatewayChange[] }) {
  return <LongList items={changes.map(changeLine)} what="changes" className="flex min-w-0 flex-col gap-1" itemClassName="flex items-start gap-2" />;
}

function changeLine({ kind, sentence }: GatewayChange) {
  const { Icon, ink, word } = marks[kind];
  return (
    <>
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", ink)} />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="sr-only">{word}: </span>
        {sentence}
      </span>
    </>
  );
}
