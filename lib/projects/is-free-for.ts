import type { Db } from "@/lib/adapters/store/types";
import { openStatuses } from "@/lib/operations/machine";
import type { OperationKind } from "@/lib/operations/types";

/** After an attempt that did not succeed the next one waits this long. */
const pauseAfterFailureMs = 3_600_000;

/** Whether the panel may begin this work on a project by itself: nothing else is open on it, and the last attempt is not just over. */
export async function isFreeFor(tx: Db, { projectId, kind, now }: { projectId: string; kind: OperationKind; now: Date }): Promise<boolean> {
  if ((await tx.operation.count({ where: { projectId, status: { in: [...openStatuses] } } })) > 0) return false;
  return (await tx.operation.count({ where: { projectId, kind, status: { not: "done" }, finishedAt: { gte: new Date(now.getTime() - pauseAfterFailureMs) } } })) === 0;
}
