"use client";
import { GitCompareArrows } from "lucide-react";
import { useAct } from "@/components/act/use-act";
import { Button } from "@/components/ui/button";
import type { DriftView } from "@/lib/projects/views";
import type { ProjectAct } from "./project-acts";

/** What runs differs from what was set up: how, and the act that sets it right. */
export function DriftNote({ projectRef, drift, reconcile }: { projectRef: string; drift: readonly DriftView[]; reconcile: ProjectAct | null }) {
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded bg-warn-soft px-4 py-3">
      <GitCompareArrows aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">What runs differs from what was set up</p>
        <ul className="mt-1 flex flex-col gap-0.5 text-ink-2">
          {drift.map((item, index) => (
            <li key={index} className="[overflow-wrap:anywhere]">
              {item.sentence}
            </li>
          ))}
        </ul>
      </div>
      {reconcile && <ReconcileButton projectRef={projectRef} act={reconcile} />}
    </div>
  );
}

function ReconcileButton({ projectRef, act }: { projectRef: string; act: ProjectAct }) {
  const { run, isBusy } = useAct(act, { done: `Reconciling ${projectRef}.` });
  return (
    <Button isBusy={isBusy} onClick={() => void run({ ref: projectRef })}>
      Reconcile
    </Button>
  );
}
