import type { Store } from "@/lib/adapters/store/types";
import type { ExportsFolder } from "./exports-folder";
import type { Log } from "./log";
import { pause } from "./pause";

const intervalMs = 60_000;
const dayMs = 24 * 3_600_000;

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
  await exports.sweep(now(), log);
  await forgetOldRows(store, now());
}

async function forgetOldRows(store: Store, now: Date): Promise<void> {
  const before = (ageMs: number) => new Date(now.getTime() - ageMs);
  await store.transaction(async (tx) => {
    await tx.idempotencyKey.deleteMany({ where: { createdAt: { lt: before(2 * dayMs) } } });
    await tx.throttleBucket.deleteMany({ where: { windowStartedAt: { lt: before(2 * dayMs) }, OR: [{ blockedUntil: null }, { blockedUntil: { lt: now } }] } });
    await tx.oneTimeLink.deleteMany({ where: { expiresAt: { lt: before(30 * dayMs) } } });
    await tx.session.deleteMany({ where: { expiresAt: { lt: before(30 * dayMs) } } });
  });
}
