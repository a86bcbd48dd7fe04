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
