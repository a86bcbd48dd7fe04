import type { Db } from "@/lib/adapters/store/types";
import { readOnlyKinds } from "./operation-titles";

/** Ends of an operation after which all it did is taken back. */
const takenBackStatuses = ["undone", "cancelled"];

/**
 * Whether the newest contract run of each project passed. A failure at the very moment of a success counts. What an operation ran that was
 * taken back says nothing of what is in force, and does not count.
 */
export async function lastContracts(db: Db, projectIds: readonly string[]): Promise<Map<string, boolean>> {
  const [runs, takenBack] = await Promise.all([
    db.contractRun.groupBy({ by: ["projectId", "operationId", "isPassed"], where: { projectId: { in: [...projectIds] } }, _max: { at: true } }),
    takenBackOperations(db, projectIds),
  ]);
  const last = new Map<string, { atMs: number; isPassed: boolean }>();
  for (const { projectId, operationId, isPassed, _max } of runs) {
    if (operationId !== null && takenBack.has(operationId)) continue;
    const atMs = _max.at?.getTime() ?? 0;
    const other = last.get(projectId);
    if (other === undefined || atMs > other.atMs || (atMs === other.atMs && !isPassed)) last.set(projectId, { atMs, isPassed });
  }
  return new Map([...last].map(([projectId, { isPassed }]) => [projectId, isPassed]));
}

type LastRun = { at: Date; isPassed: boolean; resultsJson: string };

/** The newest contract run that says something of what is in force; null where there is none. */
export async function lastContractRun(db: Db, projectId: string): Promise<LastRun | null> {
  const takenBack = await takenBackOperations(db, [projectId]);
  const runs = await db.contractRun.findMany({ where: { projectId }, orderBy: [{ at: "desc" }, { isPassed: "asc" }], select: { id: true, operationId: true } });
  const counting = runs.find(({ operationId }) => operationId === null || !takenBack.has(operationId));
  return counting === undefined ? null : db.contractRun.findUnique({ where: { id: counting.id }, select: { at: true, isPassed: true, resultsJson: true } });
}

/** What an operation found that only looks stays true when it is cancelled. */
async function takenBackOperations(db: Db, projectIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.operation.findMany({ where: { projectId: { in: [...projectIds] }, kind: { notIn: readOnlyKinds }, status: { in: takenBackStatuses } }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}
