import { audit } from "@/lib/access/audit";
import { ConflictError, NotFoundError } from "@/lib/access/errors";
import type { VerbContext } from "@/lib/access/verb-context";
import { toActorRef } from "@/lib/access/actor-ref";
import type { Db } from "@/lib/adapters/store/types";
import { openStatuses } from "@/lib/operations/machine";
import { enqueueOperation } from "@/lib/operations/queue";
import type { OperationKind } from "@/lib/operations/types";
import { operationTitle } from "./operation-titles";
import type { ProjectState } from "./views";

/** Throws ConflictError, naming the running operation, when the project is not free for another one. */
export async function requireNoOpenOperation(tx: Db, projectId: string): Promise<void> {
  const open = await tx.operation.findFirst({ where: { projectId, status: { in: [...openStatuses] } }, orderBy: { createdAt: "asc" } });
  if (open === null) return;
  throw new ConflictError("operation-running", `“${operationTitle(open.kind)}” ${openWords[open.status as keyof typeof openWords]}`, { operationId: open.id });
}

const openWords = {
  queued: "is still queued on this project. Wait for it or cancel it first.",
  running: "is still running on this project. Wait for it or cancel it first.",
  waiting: "is still waiting to be tried again on this project. Wait for it or cancel it first.",
  compensating: "is being taken back on this project. Wait until that has ended.",
} satisfies Record<(typeof openStatuses)[number], string>;

/** Throws ConflictError unless the project is in one of `states` at this moment, inside the transaction that acts on it. */
export async function requireState(tx: Db, project: { id: string; ref: string }, states: readonly ProjectState[], cannot: string): Promise<void> {
  const row = await tx.project.findUnique({ where: { id: project.id }, select: { state: true } });
  if (row === null) throw new NotFoundError(`There is no project ${project.ref}.`);
  if (!(states as readonly string[]).includes(row.state)) throw new ConflictError("wrong-state", `${project.ref} cannot be ${cannot} while it is ${row.state}.`);
}

const racesLostMax = 5;

/**
 * Runs a transaction that takes something which must be unique, and once more when another wish was faster: then it sees what is taken
 * and chooses again, or refuses with the field's name.
 */
export async function withFreshChoice<T>(ctx: Pick<VerbContext, "store">, fn: (tx: Db) => Promise<T>): Promise<T> {
  for (let lost = 1; ; lost++) {
    try {
      return await ctx.store.transaction(fn);
    } catch (error) {
      if (!isUniqueViolation(error) || lost === racesLostMax) throw error;
    }
  }
}

/** Whether the store refused a row because another one has the same unique value. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "P2002";
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
