import { customAlphabet } from "nanoid";
import { ConflictError } from "@/lib/access/errors";
import type { Db } from "@/lib/adapters/store/types";
import { openStatuses, statusForRetry } from "./machine";
import { parseFailure } from "./rows";
import type { ActorRef, OperationKind, StepStatus } from "./types";

const newOperationId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);

/** How often a worker may die during one operation before it is given up. A person's retry starts the count anew. */
const maxAttempts = 5;

export type NewOperation = {
  kind: OperationKind;
  projectId: string | null;
  input: unknown;
  actor: ActorRef;
  now: Date;
  /** A second wish with the same key finds the first one as long as that is open. */
  dedupeKey?: string;
};

/**
 * Writes the wish for an operation in the caller's transaction and returns its id. Any worker takes it once the transaction is committed.
 * @throws ConflictError when the project has an open operation already (the store's unique index decides a race).
 */
export async function enqueueOperation(tx: Db, wish: NewOperation): Promise<string> {
  if (wish.dedupeKey !== undefined) {
    const first = await tx.operation.findFirst({ where: { dedupeKey: wish.dedupeKey, status: { in: [...openStatuses] } }, select: { id: true } });
    if (first !== null) return first.id;
  }
  const id = newOperationId();
  try {
    await tx.operation.create({
      data: {
        id, kind: wish.kind, projectId: wish.projectId, inputJson: JSON.stringify(wish.input ?? null), status: "queued", priority: 100, runAfter: wish.now,
        attempt: 0, maxAttempts, dedupeKey: wish.dedupeKey ?? null, actorJson: JSON.stringify(wish.actor), createdAt: wish.now,
      },
    });
  } catch (error) {
    throw asConflict(error);
  }
  return id;
}

/** The store's index says that another operation of the project is open. */
function asConflict(error: unknown): unknown {
  const isTaken = error instanceof Error && "code" in error && error.code === "P2002";
  return isTaken ? new ConflictError("operation-running", "Another operation on this project was started a moment ago. Wait for it or cancel it first.") : error;
}

export type Steering = { operationId: string; actor: ActorRef; now: Date };

/**
 * Notes that the operation shall be cancelled; the worker stops it and takes back what it did.
 * @returns false when it has ended, is being taken back already, or is past the point of no return.
 */
export async function requestCancel(tx: Db, { operationId, actor, now }: Steering): Promise<boolean> {
  const { count } = await tx.operation.updateMany({
    where: { id: operationId, status: { in: ["queued", "waiting", "running"] }, cancelRequestedAt: null, pointOfNoReturnAt: null },
    data: { cancelRequestedAt: now, cancelActorJson: JSON.stringify(actor) },
  });
  return count === 1;
}

/**
 * Queues a failed operation again: what is done is kept, what failed is run anew, a take-back that failed goes on. Who asked first stays
 * the one whose rights count.
 * @returns false when it has not failed or cannot be tried again.
 * @throws ConflictError when another operation of the project is open.
 */
export async function retryOperation(tx: Db, { operationId, now }: Steering): Promise<boolean> {
  const operation = await tx.operation.findUnique({ where: { id: operationId }, select: { status: true, errorJson: true } });
  if (operation?.status !== "failed" || parseFailure(operation.errorJson)?.isRetryable === false) return false;
  const data = { status: "queued", runAfter: now, attempt: 0, finishedAt: null, errorJson: null, leaseToken: null, leaseUntil: null, workerId: null };
  const { count } = await tx.operation.updateMany({ where: { id: operationId, status: "failed" }, data }).catch((error: unknown) => Promise.reject(asConflict(error)));
  if (count === 0) return false;
  const steps = await tx.operationStep.findMany({ where: { operationId }, select: { id: true, status: true } });
  for (const step of steps) {
    const status = statusForRetry(step.status as StepStatus);
    if (status !== step.status) await tx.operationStep.update({ where: { id: step.id }, data: { status, finishedAt: null, errorJson: null } });
  }
  return true;
}
