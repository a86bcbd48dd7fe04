import type { Store } from "@/lib/adapters/store/types";
import { ConflictError } from "@/lib/access/errors";
import { enqueueOperation } from "@/lib/operations/queue";
import type { ExportsFolder } from "./exports-folder";
import type { Log } from "./log";
import { pause } from "./pause";

const intervalMs = 60_000;
const dayMs = 24 * 3_600_000;
/** Progress lines of an operation are of no use after this; the operation itself stays. */
const eventsKeptMs = 90 * dayMs;

type HousekeepingOptions = { store: Store; exports: Pick<ExportsFolder, "sweep">; now(): Date; log: Pick<Log, "info" | "warn"> };

/** Every minute: ends what has reached its end. Stops when `signal` aborts. */
export async function housekeep(options: HousekeepingOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sweepOnce(options).catch((error: unknown) => {
      if (!signal.aborted) options.log.warn({ err: error }, "housekeeping failed; it is tried again in a minute");
    });
    await pause(intervalMs, signal);
  }
}

/** One round of housekeeping. */
export async function sweepOnce({ store, exports, now, log }: HousekeepingOptions): Promise<void> {
  await purgeTrash(store, now(), log);
  await exports.sweep(now(), log);
  await forgetOldRows(store, now());
}

/** Projects whose time in the trash is over are purged. */
async function purgeTrash(store: Store, now: Date, log: Pick<Log, "info">): Promise<void> {
  const due = await store.db.project.findMany({ where: { state: "deleted", purgeAfter: { lte: now } }, select: { id: true, ref: true } });
  for (const { id, ref } of due) {
    try {
      await store.transaction((tx) => enqueueOperation(tx, { kind: "project.purge", projectId: id, input: { projectId: id, ref }, actor: { kind: "system", name: "Trash" }, now, dedupeKey: `purge:${id}` }));
      log.info({ projectId: id, ref }, "the project's time in the trash is over; it is purged");
    } catch (error) {
      // Somebody brings it back, or purges it, at this moment.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

async function forgetOldRows(store: Store, now: Date): Promise<void> {
  const before = (ageMs: number) => new Date(now.getTime() - ageMs);
  const stale = await store.db.operationEvent.findFirst({ where: { at: { lt: before(eventsKeptMs) } }, select: { seq: true } });
  await store.transaction(async (tx) => {
    if (stale !== null) await tx.operationEvent.deleteMany({ where: { at: { lt: before(eventsKeptMs) } } });
    await tx.idempotencyKey.deleteMany({ where: { createdAt: { lt: before(2 * dayMs) } } });
    await tx.throttleBucket.deleteMany({ where: { windowStartedAt: { lt: before(2 * dayMs) }, OR: [{ blockedUntil: null }, { blockedUntil: { lt: now } }] } });
    await tx.oneTimeLink.deleteMany({ where: { expiresAt: { lt: before(30 * dayMs) } } });
    await tx.session.deleteMany({ where: { expiresAt: { lt: before(30 * dayMs) } } });
  });
}
