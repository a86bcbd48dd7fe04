import { audit } from "@/lib/access/audit";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { toActorRef } from "@/lib/access/actor-ref";
import { openStatuses } from "@/lib/operations/machine";
import { requestCancel, retryOperation as requeue } from "@/lib/operations/queue";
import { operationInput } from "./inputs";
import type { Db } from "@/lib/adapters/store/types";
import { operationTitle, readOnlyKinds } from "./operation-titles";
import { requireNoOpenOperation } from "./start-operation";
import { authorizeOperation } from "./visible";

/** Asks the worker to stop an operation and take back what it did. Refused after the point of no return. */
export async function cancelOperation(ctx: VerbContext, input: { operationId: string }): Promise<{ operationId: string }> {
  const { operationId } = parseInput(operationInput, input);
  const { operation, projectRef } = await authorizeOperation(ctx, "operation.cancel", operationId);
  return ctx.store.transaction(async (tx) => {
    const isAccepted = await requestCancel(tx, { operationId, actor: toActorRef(ctx.actor), now: ctx.now() });
    if (!isAccepted && (await isBeingCancelled(tx, operationId))) return { operationId };
    if (!isAccepted) throw new ConflictError("not-cancellable", "This operation has ended, or is past the point from which it can be taken back.");
    await audit(tx, ctx, { action: "operation.cancel", project: projectOf(operation.projectId, projectRef), operationId, summary: `Cancel “${operationTitle(operation.kind)}”`, detail: {} });
    return { operationId };
  });
}

/** Asking a second time changes nothing. */
async function isBeingCancelled(tx: Db, operationId: string): Promise<boolean> {
  return (await tx.operation.count({ where: { id: operationId, cancelRequestedAt: { not: null }, status: { in: [...openStatuses] } } })) === 1;
}

/** Queues a failed operation again; steps that are done are kept. */
export async function retryOperation(ctx: VerbContext, input: { operationId: string }): Promise<{ operationId: string }> {
  const { operationId } = parseInput(operationInput, input);
  const { operation, projectRef } = await authorizeOperation(ctx, "operation.retry", operationId);
  return ctx.store.transaction(async (tx) => {
    if (operation.projectId !== null) {
      await requireNoOpenOperation(tx, operation.projectId);
      await requireNewest(tx, operation);
      await tx.project.updateMany({ where: { id: operation.projectId, state: "failed" }, data: stateWhileRetried[operation.kind] ?? {} });
    }
    const isAccepted = await requeue(tx, { operationId, actor: toActorRef(ctx.actor), now: ctx.now() });
    if (!isAccepted) throw new ConflictError("not-retryable", "Only a failed operation can be tried again.");
    await audit(tx, ctx, { action: "operation.retry", project: projectOf(operation.projectId, projectRef), operationId, summary: `Retry “${operationTitle(operation.kind)}”`, detail: {} });
    return { operationId };
  });
}

/** State of a project while this work on it is tried again; other work leaves the state as it is. */
const stateWhileRetried: Record<string, { state: string }> = { "project.create": { state: "creating" }, "project.delete": { state: "deleting" } };

/** Refuses to go on with work that later work has overtaken: it was planned for a project that is not like that any more. */
async function requireNewest(tx: Db, operation: { id: string; projectId: string | null; createdAt: Date }): Promise<void> {
  const later = await tx.operation.findFirst({ where: { projectId: operation.projectId, id: { not: operation.id }, createdAt: { gt: operation.createdAt }, kind: { notIn: readOnlyKinds } }, orderBy: { createdAt: "desc" } });
  if (later !== null) throw new ConflictError("overtaken", `“${operationTitle(later.kind)}” has changed this project since. Start it anew instead.`, { operationId: later.id });
}

function projectOf(id: string | null, ref: string | null): { id: string; ref: string } | undefined {
  return id === null || ref === null ? undefined : { id, ref };
}
