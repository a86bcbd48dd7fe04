"use client";
import { useRouter } from "next/navigation";
import { useCallback } from "react";
import type { Act } from "@/components/act/act-result";
import { useAct } from "@/components/act/use-act";
import { Button, ButtonLink } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { FailureNote, Notice } from "@/components/ui/notice";
import type { OperationEventView, OperationView } from "@/lib/projects/views";
import { OperationSteps } from "./operation-steps";
import { useOperationEvents } from "./use-operation-events";

export type OperationActs = {
  cancel: Act<{ operationId: string }, unknown>;
  retry: Act<{ operationId: string }, unknown>;
  cleanUp: Act<{ ref: string }, { operationId: string }>;
};

export const isOperationOpen = (status: OperationView["status"]) => ["queued", "running", "compensating", "waiting"].includes(status);

type PanelProps = { operation: OperationView; acts: OperationActs; isCleanUpOffered: boolean; isFullLogShown?: boolean; isProjectLinkShown?: boolean };

/** A whole operation, live: steps, log, cause of a failure with its evidence, and the ways on. */
export function OperationPanel({ operation, acts, isCleanUpOffered, isFullLogShown = true, isProjectLinkShown = true }: PanelProps) {
  const router = useRouter();
  const isOpen = isOperationOpen(operation.status);
  const onStep = useCallback(() => router.refresh(), [router]);
  const { events, isLost } = useOperationEvents(operation.id, isOpen, onStep);
  const cancel = useAct(acts.cancel, { done: "Cancelling. What was done is taken back." });

  return (
    <div className="flex flex-col gap-5">
      {operation.failure && <OperationFailure operation={operation} acts={acts} isCleanUpOffered={isCleanUpOffered} isProjectLinkShown={isProjectLinkShown} />}
      {operation.status === "queued" && <Notice tone="info">Queued. It starts as soon as the worker has a free place.</Notice>}
      {operation.status === "compensating" && <Notice tone="warn">Taking back what was done so far. The steps below go backwards.</Notice>}
      {isOpen && operation.isPastPointOfNoReturn && <Notice tone="info">Past the point of no return: it can no longer be cancelled, and goes on by itself after a crash.</Notice>}
      <div className="rounded border border-line bg-surface p-4">
        <OperationSteps steps={operation.steps} events={events} />
      </div>
      {isOpen && (
        <div className="flex min-h-8 flex-wrap items-center gap-3">
          {operation.isCancellable && (
            <Button isBusy={cancel.isBusy} onClick={() => void cancel.run({ operationId: operation.id })}>
              Cancel
            </Button>
          )}
          {isLost && <span className="text-sm text-ink-3">Connection lost, reconnecting. The operation goes on.</span>}
        </div>
      )}
      {isFullLogShown && events.length > 0 && <FullLog events={events} />}
    </div>
  );
}

type FailureProps = { operation: OperationView; acts: OperationActs; isCleanUpOffered: boolean; isProjectLinkShown: boolean };

function OperationFailure({ operation, acts, isCleanUpOffered, isProjectLinkShown }: FailureProps) {
  const router = useRouter();
  const retry = useAct(acts.retry, { done: "Queued again. Finished steps are kept." });
  const cleanUp = useAct(acts.cleanUp, { onDone: ({ operationId }) => router.push(`/operations/${operationId}`) });
  const { failure, projectRef } = operation;
  if (failure === null) return null;
  return (
    <FailureNote
      what={failure.sentence}
      stillWorks={whatStays(operation.kind)}
      todo={failure.service ? `The last log lines of ${failure.service} are below.` : undefined}
      technical={failure.evidence.length > 0 ? failure.evidence.join("\n") : null}
      isOpen
      acts={
        <>
          {operation.isRetryable && (
            <Button variant="primary" isBusy={retry.isBusy} onClick={() => void retry.run({ operationId: operation.id })}>
              Retry
            </Button>
          )}
          {isCleanUpOffered && projectRef !== null && (
            <Button isBusy={cleanUp.isBusy} onClick={() => void cleanUp.run({ ref: projectRef })}>
              Clean up
            </Button>
          )}
          {isProjectLinkShown && projectRef !== null && (
            <ButtonLink variant="ghost" href={`/projects/${projectRef}`}>
              Open project
            </ButtonLink>
          )}
        </>
      }
    />
  );
}

function whatStays(kind: string): string {
  if (kind === "project.create") return "Nothing else on this machine was touched.";
  if (kind === "project.delete") return "Its data, keys, reference and ports are all still there.";
  if (kind === "project.purge") return "What was removed so far is gone; Retry goes on with the rest.";
  return "The project keeps what it had before this operation.";
}

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

function FullLog({ events }: { events: readonly OperationEventView[] }) {
  return (
    <details className="group rounded border border-line bg-surface">
      <summary className="flex h-10 items-center px-4 text-sm text-ink-2 hover:text-ink max-sm:h-11">
        All messages <span className="ml-2 text-ink-3">{events.length}</span>
      </summary>
      <div tabIndex={0} role="region" aria-label="All messages" className="max-h-96 overflow-auto border-t border-line p-3 font-mono text-xs">
        {events.map((event) => (
          <div key={event.seq} className={cn("flex gap-3", event.level === "warn" && "text-warn", event.level === "error" && "text-bad")}>
            <span suppressHydrationWarning className="shrink-0 text-ink-3">
              {clock.format(Date.parse(event.at))}
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">{event.message}</span>
          </div>
        ))}
      </div>
    </details>
  );
}
