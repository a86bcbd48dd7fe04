import type { Db } from "@/lib/adapters/store/types";
import type { SecretName } from "@/lib/stack/settings";

/**
 * Secrets that an operation replaces, kept under a name that no reader asks for until the operation has ended. A ciphertext is bound to
 * its row and not to the row's name, so a value moves away and back without being opened.
 */

const prefix = "aside.";
const nameAside = (operationId: string, name: SecretName) => `${prefix}${operationId}.${name}`;

/** Whether the operation has put secrets aside already: a worker before this one did its part. */
export async function hasAside(tx: Db, projectId: string, operationId: string): Promise<boolean> {
  return (await tx.secretValue.count({ where: { projectId, name: { startsWith: `${prefix}${operationId}.` } } })) > 0;
}

/** Moves the secrets of these names out of sight, in the transaction that writes what takes their place. */
export async function setAside(tx: Db, projectId: string, operationId: string, names: readonly SecretName[]): Promise<void> {
  await dropAside(tx, projectId);
  for (const name of names) await tx.secretValue.updateMany({ where: { projectId, name }, data: { name: nameAside(operationId, name) } });
}

/** Brings the secrets of these names back to what they were, and takes away those that were not there. Does nothing when nothing is aside. */
export async function putBack(tx: Db, projectId: string, operationId: string, names: readonly SecretName[]): Promise<void> {
  if (!(await hasAside(tx, projectId, operationId))) return;
  await tx.secretValue.deleteMany({ where: { projectId, name: { in: [...names] } } });
  for (const name of names) await tx.secretValue.updateMany({ where: { projectId, name: nameAside(operationId, name) }, data: { name } });
}

/** Deletes what any operation has put aside: it cannot be brought back any more. */
export async function dropAside(tx: Db, projectId: string): Promise<void> {
  await tx.secretValue.deleteMany({ where: { projectId, name: { startsWith: prefix } } });
}
