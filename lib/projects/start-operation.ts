import { audit } from "@/lib/access/audit";
import { ConflictError } from "@/lib/access/errors";
import type { VerbContext } from "@/lib/access/verb-context";
import { toActorRef } from "@/lib/access/actor-ref";
import type { Db } from "@/lib/adapters/store/types";
import { enqueueOperation } from "@/lib/operations/queue";
import type { OperationKind } from "@/lib/operations/types";
import { operationTitle } from "./operation-titles";

const activeStatuses = ["queued", "running", "compensating", "waiting"];

/** Throws ConflictError, naming the running operation, when the project is not free for another one. */
export async function requireNoOpenOperation(tx: Db, projectId: string): Promise<void> {
  const open = await tx.operation.findFirst({ where: { projectId, status: { in: activeStatuses } }, orderBy: { createdAt: "asc" } });
  if (open === null) return;
  throw new ConflictError("operation-running", `“${operationTitle(open.kind)}” is still ${open.status} on this project. Wait for it or cancel it first.`, { operationId: open.id });
}

type StartOptions = {
  kind: OperationKind;
  project: { id: string; ref: string };
  input: unknown;
  summary: string;
  detail?: Record<string, unknown>;
};

/**
 * Enqueues an operation on a project and writes its audit row, inside the caller's transaction: wish, operation and audit
 * row are written together or not at all.
 */
export async function startOperation(tx: Db, ctx: VerbContext, options: StartOptions): Promise<{ operationId: string }> {
  await requireNoOpenOperation(tx, options.project.id);
  const operationId = await enqueueOperation(tx, {
    kind: options.kind,
    projectId: options.project.id,
    input: options.input,
    actor: toActorRef(ctx.actor),
    now: ctx.now(),
  });
  await audit(tx, ctx, { action: options.kind, project: options.project, operationId, summary: options.summary, detail: options.detail ?? {} });
  return { operationId };
}
