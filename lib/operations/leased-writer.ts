import { setTimeout as delay } from "node:timers/promises";
import type { Db, Store } from "@/lib/adapters/store/types";
import { clip, isStoreLocked, plain } from "./failure";
import { LeaseLostError, type Lease } from "./lease";
import type { NewEvent } from "./types";

const messageMax = 2_000;
const pauseWhenLockedMs = 200;

export type PendingEvent = NewEvent & { at: Date };

export type WriterOptions = { leaseMs: number; now: () => Date };

/**
 * Every write that a worker makes for an operation goes through here: the transaction first prolongs the lease by its token, and
 * when the token is not in force any more, nothing of it happens.
 */
export class LeasedWriter {
  constructor(private readonly store: Store, readonly lease: Lease, private readonly options: WriterOptions) {}

  /**
   * Runs `fn` in a transaction under the lease. A store that another process holds locked is waited for as long as the lease lasts: a
   * lock must not look like a failed step.
   * @throws LeaseLostError when the lease is not ours any more.
   */
  async write<T>(fn: (tx: Db, now: Date) => Promise<T>): Promise<T> {
    for (;;) {
      this.requireInTime();
      try {
        return await this.#writeOnce(fn);
      } catch (error) {
        if (!isStoreLocked(error)) throw error;
      }
      await delay(pauseWhenLockedMs);
    }
  }

  async #writeOnce<T>(fn: (tx: Db, now: Date) => Promise<T>): Promise<T> {
    const { lease, options } = this;
    const { result, untilMs } = await this.store.transaction(async (tx) => {
      const now = options.now();
      const until = new Date(now.getTime() + options.leaseMs);
      const { count } = await tx.operation.updateMany({ where: { id: lease.operationId, leaseToken: lease.token }, data: { leaseUntil: until } });
      if (count === 0) throw new LeaseLostError(lease.operationId);
      return { result: await fn(tx, now), untilMs: until.getTime() };
    });
    lease.untilMs = Math.max(lease.untilMs, untilMs);
    return result;
  }

  /** Throws LeaseLostError when the lease has run out by this process's own clock: it may have stood still. */
  requireInTime(): void {
    if (this.options.now().getTime() >= this.lease.untilMs) throw new LeaseLostError(this.lease.operationId);
  }

  /** Appends events in a transaction of `write`, numbered on from the last one. */
  async appendEvents(tx: Db, events: readonly PendingEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { operationId } = this.lease;
    const last = await tx.operationEvent.findFirst({ where: { operationId }, orderBy: { seq: "desc" }, select: { seq: true } });
    const first = (last?.seq ?? 0) + 1;
    await tx.operationEvent.createMany({
      data: events.map((event, index) => ({
        operationId, seq: first + index, at: event.at, level: event.level, stepKey: event.stepKey, message: clip(plain(event.message), messageMax),
        current: event.current, total: event.total, detailJson: event.detail === null || event.detail === undefined ? null : JSON.stringify(event.detail),
      })),
    });
  }
}
