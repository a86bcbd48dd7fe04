import type { ReactNode } from "react";
import { cn } from "./class-names";

export type Tone = "good" | "warn" | "bad" | "busy" | "idle" | "accent";

const tones: Record<Tone, string> = {
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  busy: "bg-busy-soft text-busy",
  idle: "bg-idle-soft text-idle",
  accent: "bg-accent-soft text-accent-ink",
};

/** A word with a tone. The word carries the meaning, the colour only helps. */
export function Badge({ tone = "idle", icon, className, children, title }: { tone?: Tone; icon?: ReactNode; className?: string; children: ReactNode; title?: string }) {
  return (
    <span title={title} className={cn("inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm px-1.5 text-xs font-medium", tones[tone], className)}>
      {icon}
      {children}
    </span>
  );
}
