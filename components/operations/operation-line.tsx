import Link from "next/link";
import { StateBadge } from "@/components/ui/state-badge";
import { Elapsed, TimeAgo } from "@/components/ui/time-ago";
import type { OperationView } from "@/lib/projects/views";

/** One operation in a list: what, where, who, its state, and the step it is at. */
export function OperationLine({ operation, isProjectShown = true }: { operation: OperationView; isProjectShown?: boolean }) {
  const doneCount = operation.steps.filter((step) => step.status === "done" || step.status === "skipped").length;
  const current = operation.steps.find((step) => step.status === "running");
  return (
    <Link href={`/operations/${operation.id}`} className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 -outline-offset-2 transition-colors hover:bg-hover">
      <StateBadge kind="operation" state={operation.status} />
      <span className="min-w-0 flex-1 basis-48">
        <span className="font-medium">{operation.title}</span>
        {isProjectShown && operation.projectRef && <span className="ml-2 font-mono text-sm text-ink-2">{operation.projectRef}</span>}
        <span className="block truncate text-sm text-ink-3">
          {current ? `${current.title}, step ${doneCount + 1} of ${operation.steps.length}` : (operation.failure?.sentence ?? <bdi>{operation.actorName}</bdi>)}
        </span>
      </span>
      <span className="w-24 text-right text-sm text-ink-3">{operation.finishedAt ? <TimeAgo at={operation.finishedAt} /> : operation.startedAt ? <Elapsed from={operation.startedAt} to={null} /> : "Queued"}</span>
    </Link>
  );
}
