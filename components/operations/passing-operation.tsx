"use client";
import { useRouter } from "next/navigation";
import { useCallback, type ReactNode } from "react";
import type { ActResult } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button, ButtonLink } from "@/components/ui/button";
import type { OperationView } from "@/lib/projects/views";
import { OperationSteps } from "./operation-steps";
import { useOperationEvents } from "./use-operation-events";

type CancelAct = (input: { operationId: string }) => Promise<ActResult<unknown>>;

type Props = {
  operation: OperationView;
  label: string;
  heading: ReactNode;
  /** null for who may not cancel it. */
  cancel: CancelAct | null;
  /** Said when it is cancelled: what comes back. */
  cancelled: string;
};

/** An operation on its way, step by step, on the page of what it changes. */
export function PassingOperation({ operation, label, heading, cancel, cancelled }: Props) {
  const router = useRouter();
  const onStep = useCallback(() => router.refresh(), [router]);
  const { events, isLost } = useOperationEvents(operation.id, true, onStep);
  return (
    <section aria-label={label} className="flex flex-col gap-3 rounded border border-control bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        {heading}
        <span className="ml-auto flex flex-wrap gap-2">
          {operation.isCancellable && cancel !== null && <Cancel operationId={operation.id} act={cancel} cancelled={cancelled} />}
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

function Cancel({ operationId, act, cancelled }: { operationId: string; act: CancelAct; cancelled: string }) {
  const { run, isBusy } = useAct(act, { done: cancelled });
  return (
    <Button isBusy={isBusy} onClick={() => void run({ operationId })}>
      Cancel
    </Button>
  );
}
