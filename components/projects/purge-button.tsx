"use client";
import { Flame } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import { ConfirmByName } from "@/components/ui/confirm-by-name";

export type PurgeAct = Act<{ ref: string; confirmName: string }, { operationId: string }>;
type PurgeProps = { project: { ref: string; displayName: string }; ports?: readonly number[]; act: PurgeAct; isEnabled: boolean; size?: "sm" | "md" };

/** Removes a deleted project's data at once; the name has to be typed. */
export function PurgeButton({ project, ports, act, isEnabled, size = "md" }: PurgeProps) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, failure, fieldError } = useAct(act, { failures: "inline", onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  const reserved = ports === undefined ? "its ports" : `ports ${ports.join(", ")}`;
  return (
    <>
      <Button size={size} variant="danger-quiet" icon={<Flame aria-hidden className="size-4" />} disabled={!isEnabled} aria-label={size === "sm" ? `Purge ${project.ref}` : undefined} onClick={() => setOpen(true)}>
        Purge
      </Button>
      <ConfirmByName
        isOpen={isOpen}
        onOpenChange={setOpen}
        verb="Purge"
        name={project.ref}
        expected={project.displayName}
        goes={["The database with all its data", "Every stored file and edge function", "Keys and passwords", `Reference ${project.ref} and ${reserved}, free for others`]}
        stays={["What the activity log says about it"]}
        until="This cannot be undone."
        error={fieldError("confirmName") ?? failure?.message}
        isBusy={isBusy}
        onConfirm={(confirmName) => void run({ ref: project.ref, confirmName })}
      />
    </>
  );
}
