"use client";
import Link from "next/link";
import { useCallback } from "react";
import { useRouter } from "next/navigation";
import { Sheet } from "@/components/ui/dialog";
import { StateBadge } from "@/components/ui/state-badge";
import type { OperationView } from "@/lib/projects/views";
import { OperationSteps } from "./operation-steps";
import { useOperationEvents } from "./use-operation-events";

const followed = 3;

/** Running operations with their progress. The newest few are followed live; the rest show their step. */
export function RunningSheet({ operations, onClose }: { operations: readonly OperationView[]; onClose(): void }) {
  return (
    <Sheet
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title="Running operations"
      description={operations.length === 0 ? "Nothing is running. What you start shows up here with its progress." : undefined}
    >
      <ul className="flex flex-col gap-6">
        {operations.map((operation, index) => (
          <li key={operation.id} className="flex flex-col gap-3">
            <div className="flex items-center gap-2">
              <Link href={`/operations/${operation.id}`} onClick={onClose} className="min-w-0 flex-1 truncate rounded-sm font-medium hover:underline">
                {operation.title}
                {operation.projectRef && <span className="ml-2 font-mono text-sm font-normal text-ink-2">{operation.projectRef}</span>}
              </Link>
              <StateBadge kind="operation" state={operation.status} />
            </div>
            {index < followed ? <Followed operation={operation} /> : <OperationSteps steps={operation.steps} events={[]} isCompact />}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Followed({ operation }: { operation: OperationView }) {
  const router = useRouter();
  const onStep = useCallback(() => router.refresh(), [router]);
  const { events } = useOperationEvents(operation.id, true, onStep);
  return <OperationSteps steps={operation.steps} events={events} isCompact />;
}
