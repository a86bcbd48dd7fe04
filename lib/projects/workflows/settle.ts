import type { Db } from "@/lib/adapters/store/types";

/** Sets the state of a project at the end of an operation, in the transaction that ends it. */
export async function setProjectState(tx: Db, projectId: string, state: string, reason: string | null, extra: Record<string, unknown> = {}): Promise<void> {
  await tx.project.updateMany({ where: { id: projectId }, data: { state, stateReason: reason, ...extra } });
}

/** Marks the current revision as the one that was last applied. */
export async function markApplied(tx: Db, projectId: string, now: Date): Promise<void> {
  const project = await tx.project.findUnique({ where: { id: projectId } });
  if (project === null) return;
  const appliedJson = JSON.stringify({ revision: project.revision, at: now.toISOString() });
  await tx.project.update({ where: { id: projectId }, data: { appliedJson } });
}

/** Removes the project's row and with it ports, subnet, secrets and history rows: its reference is free again. */
export async function removeProjectRow(tx: Db, projectId: string): Promise<void> {
  await tx.project.deleteMany({ where: { id: projectId } });
}

const wayOut = {
  creating: "The creation cannot go on: what is on record of it in the panel's store cannot be read. Clean the project up and create it anew.",
  deleting: "The deletion cannot go on: what is on record of it in the panel's store cannot be read. Delete the project anew.",
};

/** A project that was on its way when the record of its operation became unreadable ends as failed, from where it can be cleaned up or deleted. */
export async function settleUnreadable(tx: Db, { projectId }: { projectId: string | null }): Promise<void> {
  if (projectId === null) return;
  for (const [state, stateReason] of Object.entries(wayOut)) await tx.project.updateMany({ where: { id: projectId, state }, data: { state: "failed", stateReason } });
}
