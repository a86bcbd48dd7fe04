"use client";
import { useRouter } from "next/navigation";
import { useCallback } from "react";
import { useAct } from "@/components/act/use-act";
import { OperationSteps } from "@/components/operations/operation-steps";
import { useOperationEvents } from "@/components/operations/use-operation-events";
import { Button, ButtonLink } from "@/components/ui/button";
import type { OperationView } from "@/lib/projects/views";
import type { KeysActs } from "./keys-acts";

/** A change of keys on its way, step by step. */
export function KeysProgress({ operation, cancel }: { operation: OperationView; cancel: KeysActs["cancel"] | null }) {
  const router = useRouter();
  const onStep = useCallback(() => router.refresh(), [router]);
  const { events, isLost } = useOperationEvents(operation.id, true, onStep);
  return (
    <section aria-label={operation.title} className="flex flex-col gap-3 rounded border border-control bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        <span className="font-medium">{operation.title}</span>
        <span className="ml-auto flex flex-wrap gap-2">
          {operation.isCancellable && cancel !== null && <Cancel operationId={operation.id} act={cancel} />}
          <ButtonLink variant="ghost" href={`/operations/${operation.id}`}>
            Open operation
          </ButtonLink>
        </span>
      </div>
      <OperationSteps steps={operation.steps} events={events} isCompact />
      {isLost && <p className="text-sm text-ink-3">Connection lost, reconnecting. The operation goes on.</p>}
    </section>
  );
}

function Cancel({ operationId, act }: { operationId: string; act: KeysActs["cancel"] }) {
  const { run, isBusy } = useAct(act, { done: "Cancelling. The earlier keys come back." });
  return (
    <Button isBusy={isBusy} onClick={() => void run({ operationId })}>
      Cancel
    </Button>
  );
}
