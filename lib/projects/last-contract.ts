import type { Db } from "@/lib/adapters/store/types";
import { readOnlyKinds } from "./operation-titles";

/** Ends of an operation after which all it did is taken back. */
const takenBackStatuses = ["undone", "cancelled"];

/**
 * Whether the newest contract run of each project passed. A failure at the very moment of a success counts. What an operation ran that was
 * taken back says nothing of what is in force, and does not count.
 */
export async function lastContracts(db: Db, projectIds: readonly string[]): Promise<Map<string, boolean>> {
  const newest = await db.contractRun.groupBy({ by: ["projectId", "isPassed"], where: { projectId: { in: [...projectIds] } }, _max: { at: true } });
  const last = new Map<string, { atMs: number; isPassed: boolean }>();
  for (const { projectId, isPassed, _max } of newest) {
    const atMs = _max.at?.getTime() ?? 0;
    const other = last.get(projectId);
    if (other === undefined || atMs > other.atMs || (atMs === other.atMs && !isPassed)) last.set(projectId, { atMs, isPassed });
  }
  // A change that is taken back has proven itself wrong, so only a failure can be one of its runs; few projects have one.
  const failing = [...last].filter(([, { isPassed }]) => !isPassed).map(([projectId]) => projectId);
  const looked = await Promise.all(failing.map(async (projectId) => [projectId, await lastContractRun(db, projectId)] as const));
  const counting = looked.map(([projectId, run]) => [projectId, run?.isPassed ?? true] as const);
  return new Map([...[...last].map(([projectId, { isPassed }]) => [projectId, isPassed] as const), ...counting]);
}

type LastRun = { at: Date; isPassed: boolean; resultsJson: string };

/** The newest contract run that says something of what is in force; null where there is none. */
export async function lastContractRun(db: Db, projectId: string): Promise<LastRun | null> {
  const select = { at: true, isPassed: true, resultsJson: true, operationId: true };
  const order = [{ at: "desc" as const }, { isPassed: "asc" as const }];
  const newest = await db.contractRun.findFirst({ where: { projectId }, orderBy: order, select });
  if (newest === null || newest.isPassed) return newest;
  const takenBack = await db.operation.findMany({ where: { projectId, kind: { notIn: readOnlyKinds }, status: { in: takenBackStatuses } }, select: { id: true } });
  const isTakenBack = (operationId: string | null) => takenBack.some(({ id }) => id === operationId);
  if (!isTakenBack(newest.operationId)) return newest;
  const runs = await db.contractRun.findMany({ where: { projectId }, orderBy: order, select: { id: true, operationId: true } });
  const counting = runs.find(({ operationId }) => !isTakenBack(operationId));
  return counting === undefined ? null : db.contractRun.findUnique({ where: { id: counting.id }, select });
}
