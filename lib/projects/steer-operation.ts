import { audit } from "@/lib/access/audit";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { toActorRef } from "@/lib/access/actor-ref";
import { requestCancel, retryOperation as requeue } from "@/lib/operations/queue";
import { operationInput } from "./inputs";
import { operationTitle } from "./operation-titles";
import { requireNoOpenOperation } from "./start-operation";
import { authorizeOperation } from "./visible";

/** Asks the worker to stop an operation and take back what it did. Refused after the point of no return. */
export async function cancelOperation(ctx: VerbContext, input: { operationId: string }): Promise<{ operationId: string }> {
  const { operationId } = parseInput(operationInput, input);
  const { operation, projectRef } = await authorizeOperation(ctx, "operation.cancel", operationId);
  return ctx.store.transaction(async (tx) => {
    const isAccepted = await requestCancel(tx, { operationId, actor: toActorRef(ctx.actor), now: ctx.now() });
    if (!isAccepted) throw new ConflictError("not-cancellable", "This operation has ended, or is past the point from which it can be taken back.");
    await audit(tx, ctx, { action: "operation.cancel", project: projectOf(operation.projectId, projectRef), operationId, summary: `Cancel “${operationTitle(operation.kind)}”`, detail: {} });
    return { operationId };
  });
}

/** Queues a failed operation again; steps that are done are kept. */
export async function retryOperation(ctx: VerbContext, input: { operationId: string }): Promise<{ operationId: string }> {
  const { operationId } = parseInput(operationInput, input);
  const { operation, projectRef } = await authorizeOperation(ctx, "operation.retry", operationId);
  return ctx.store.transaction(async (tx) => {
    if (operation.projectId !== null) await requireNoOpenOperation(tx, operation.projectId);
    const isAccepted = await requeue(tx, { operationId, actor: toActorRef(ctx.actor), now: ctx.now() });
    if (!isAccepted) throw new ConflictError("not-retryable", "Only a failed operation can be tried again.");
    await audit(tx, ctx, { action: "operation.retry", project: projectOf(operation.projectId, projectRef), operationId, summary: `Retry “${operationTitle(operation.kind)}”`, detail: {} });
    return { operationId };
  });
}

function projectOf(id: string | null, ref: string | null): { id: string; ref: string } | undefined {
  return id === null || ref === null ? undefined : { id, ref };
}
