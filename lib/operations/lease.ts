import type { Store } from "@/lib/adapters/store/types";
import { openStatuses } from "./machine";

/**
 * The right to work on one operation until `untilMs`. Whoever holds another token, or none in time, may write nothing: the store refuses
 * the token, and the holder's own clock stops it before that.
 */
export type Lease = { readonly operationId: string; readonly token: string; untilMs: number };

/** Somebody else works on the operation now, or the lease ran out while this process stood still. */
export class LeaseLostError extends Error {
  constructor(readonly operationId: string) {
    super(`The lease on operation ${operationId} is lost.`);
    this.name = "LeaseLostError";
  }
}

export type ClaimOptions = {
  workerId: string;
  leaseMs: number;
  /** How many operations may run at the same time, over all workers. */
  parallel: number;
  /** Operations that this worker still winds down. */
  exceptIds: readonly string[];
  now: () => Date;
  newId: () => string;
};

/** A holder whose clock runs a little behind stops before anybody else starts. */
export const graceMs = (leaseMs: number) => Math.min(5_000, Math.floor(leaseMs / 6));

function claimable(options: Pick<ClaimOptions, "exceptIds" | "leaseMs">, now: Date) {
  const expiredBefore = new Date(now.getTime() - graceMs(options.leaseMs));
  return {
    id: { notIn: [...options.exceptIds] },
    OR: [
      { status: { in: ["queued", "waiting"] }, runAfter: { lte: now } },
      { status: { in: ["running", "compensating"] }, OR: [{ leaseToken: null }, { leaseUntil: null }, { leaseUntil: { lt: expiredBefore } }] },
    ],
  };
}

/** Whether a claim is worth a write transaction. */
export async function hasClaimable(store: Store, options: Pick<ClaimOptions, "exceptIds" | "leaseMs" | "now">): Promise<boolean> {
  return (await store.db.operation.findFirst({ where: claimable(options, options.now()), select: { id: true } })) !== null;
}

/**
 * Takes the next operation, in one transaction: an abandoned one before a new one, the oldest first. Null when there is none or when
 * `parallel` operations are under a live lease. A project is never under two leases: only one of its operations is open.
 */
export async function claimOperation(store: Store, options: ClaimOptions): Promise<Lease | null> {
  return store.transaction(async (tx) => {
    // The clock is read under the store's write lock: waiting for it must not shorten the lease.
    const now = options.now();
    const live = await tx.operation.count({ where: { status: { in: ["running", "compensating"] }, leaseToken: { not: null }, leaseUntil: { gte: now } } });
    if (live >= options.parallel) return null;
    const candidates = await tx.operation.findMany({ where: claimable(options, now), orderBy: [{ priority: "asc" }, { createdAt: "asc" }, { id: "asc" }], take: 50, select: { id: true, status: true, leaseToken: true, startedAt: true } });
    const next = candidates.find((candidate) => candidate.status === "running" || candidate.status === "compensating") ?? candidates[0];
    if (next === undefined) return null;
    const lease: Lease = { operationId: next.id, token: `${options.workerId}.${options.newId()}`, untilMs: now.getTime() + options.leaseMs };
    const { count } = await tx.operation.updateMany({
      where: { id: next.id, status: next.status, leaseToken: next.leaseToken },
      data: {
        status: next.status === "compensating" ? "compensating" : "running", leaseToken: lease.token, leaseUntil: new Date(lease.untilMs),
        workerId: options.workerId, attempt: { increment: 1 }, startedAt: next.startedAt ?? now,
      },
    });
    return count === 1 ? lease : null;
  });
}

/** Whoever takes up what a dead worker ran must not meet what an engine was still asked to do: a container that is being made has its name, but is not seen. */
const settleMs = 5_000;

/**
 * Lets the leases of a worker that is certainly dead run out soon. Its tokens stay: the death counts, and one that lives after all prolongs its lease as ever.
 * @returns how many operations go on earlier.
 */
export async function shortenLeasesOfDead(store: Store, { workerId, leaseMs, now }: Pick<ClaimOptions, "workerId" | "leaseMs" | "now">): Promise<number> {
  const { count } = await store.transaction((tx) => {
    const leaseUntil = new Date(now().getTime() + settleMs - graceMs(leaseMs));
    return tx.operation.updateMany({ where: { workerId, status: { in: ["running", "compensating"] }, leaseUntil: { gt: leaseUntil } }, data: { leaseUntil } });
  });
  return count;
}

/** Gives the operation back at once, as a worker does that is told to stop; the interruption does not count as a death. */
export async function releaseLease(store: Store, lease: Lease): Promise<void> {
  await store.transaction((tx) =>
    tx.operation.updateMany({
      where: { id: lease.operationId, leaseToken: lease.token, status: { in: [...openStatuses] } },
      data: { leaseToken: null, leaseUntil: null, workerId: null, attempt: { decrement: 1 } },
    }),
  );
}
