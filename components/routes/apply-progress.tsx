"use client";
import { useState } from "react";
import { PassingOperation } from "@/components/operations/passing-operation";
import { ButtonLink } from "@/components/ui/button";
import { FailureNote, Notice } from "@/components/ui/notice";
import { StateBadge } from "@/components/ui/state-badge";
import { takenBackCause } from "@/lib/gateway/taken-back";
import type { GatewayDraftView, GatewayRevisionView, OperationView } from "@/lib/projects/views";
import { useRoutesEditing } from "./routes-context";

/** A revision on its way into force, step by step. */
export function ApplyProgress({ operation, number }: { operation: OperationView; number: number }) {
  const heading = (
    <>
      <span className="font-medium">Revision {number}</span>
      <StateBadge kind="revision" state="applying" />
    </>
  );
  return <PassingOperation operation={operation} label={`Revision ${number}`} heading={heading} cancel={useRoutesEditing()?.acts.cancel ?? null} cancelled="Cancelling. What was in force comes back." />;
}

type OutcomeProps = { newest: GatewayRevisionView | null; isApplying: boolean; draft: Pick<GatewayDraftView, "cause"> | null };

/** How the newest revision ended: a failure while the draft that came back of it is there, a success for who watched it. */
export function ApplyOutcome({ newest, isApplying, draft }: OutcomeProps) {
  const editing = useRoutesEditing();
  // Somebody else's revision is said too when this page saw it on its way, and what came back of it also while it is mended.
  const [passing, setPassing] = useState<number | null>(null);
  const [discarded, setDiscarded] = useState<number | null>(null);
  const isBack = newest !== null && draft?.cause === takenBackCause(newest.number);
  if ((isApplying || isBack) && newest !== null && passing !== newest.number) setPassing(newest.number);
  if (newest?.state === "failed" && !isApplying && draft === null && discarded !== newest.number) setDiscarded(newest.number);
  if (newest === null || isApplying) return null;
  if (newest.state === "in-force" && (passing === newest.number || editing?.watched === newest.number)) {
    return (
      <div role="status">
        <Notice tone="good">{`Revision ${newest.number} is in force: read back from the gateway, and proven by requests.`}</Notice>
      </div>
    );
  }
  const isSeen = isBack || passing === newest.number || editing?.watched === newest.number;
  if (newest.state !== "failed" || newest.failure === null || draft === null || discarded === newest.number || !isSeen) return null;
  return (
    <FailureNote
      what={`Revision ${newest.number} was taken back. ${newest.failure.sentence}`}
      stillWorks="What was in force before is in force again; no other route was touched."
      todo={isBack ? "Its changes are kept as the draft below: mend it and apply again, or discard it." : undefined}
      technical={newest.failure.evidence.length > 0 ? newest.failure.evidence.join("\n") : null}
      isOpen
      acts={
        newest.operationId !== null && (
          <ButtonLink href={`/operations/${newest.operationId}`}>
            Open operation
          </ButtonLink>
        )
      }
    />
  );
}
