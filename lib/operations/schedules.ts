import { CronExpressionParser } from "cron-parser";
import type { Db, Store } from "@/lib/adapters/store/types";

/** Work that the clock asks for. A slot is one point of the schedule's time; the store gives each slot to one worker only. */
export type Schedule = { id: string; kind: string; cron: string; timeZone: string; input: unknown };

export type Slot = { schedule: Schedule; at: Date; now: Date };

/** What a schedule of some kind does, in the transaction that takes its slot: both happen, or neither. */
export type SlotHandler = (tx: Db, slot: Slot) => Promise<void>;

/** A schedule as the program brings it along. */
export type BuiltInSchedule = Schedule & { handle: SlotHandler };

export type SchedulerOptions = {
  store: Store;
  schedules: readonly BuiltInSchedule[];
  now: () => Date;
  log: { warn(detail: Record<string, unknown>, message: string): void };
};

const lookEveryMs = 20_000;

/**
 * The newest slot that is due, or null. Slots missed while nobody worked come down to the newest one: what was missed three times has
 * to be done once.
 * @throws Error when the expression or the time zone is none.
 */
export function dueSlot(schedule: { cron: string; timeZone: string; lastSlot: Date | null }, now: Date): Date | null {
  // `prev` leaves out the moment that it starts from.
  const justAfter = new Date(now.getTime() + 1);
  const newest = CronExpressionParser.parse(schedule.cron, { currentDate: justAfter, tz: schedule.timeZone }).prev().toDate();
  return schedule.lastSlot === null || newest > schedule.lastSlot ? newest : null;
}

/** Key by which an operation that a slot asks for is found again instead of being asked for twice. */
export function slotKey({ schedule, at }: Pick<Slot, "schedule" | "at">): string {
  return `schedule:${schedule.id}:${at.toISOString()}`;
}

/** Writes the built-in schedules that the store does not have yet; their first slot is the next one. A changed expression is taken over. */
export async function insertSchedules(store: Store, schedules: readonly BuiltInSchedule[], now: Date): Promise<void> {
  await store.transaction(async (tx) => {
    for (const { id, kind, cron, timeZone, input } of schedules) {
      await tx.schedule.upsert({ where: { id }, create: { id, kind, cron, timeZone, inputJson: JSON.stringify(input), isEnabled: true, lastSlot: now }, update: { kind, cron, timeZone } });
    }
  });
}

/** Runs what is due, each slot once over all workers. A schedule that fails is tried again at the next look; the others are not held up. */
export async function runDueSlots({ store, schedules, now, log }: SchedulerOptions): Promise<void> {
  const handlers = new Map(schedules.map((schedule) => [schedule.kind, schedule.handle]));
  for (const row of await store.db.schedule.findMany({ where: { isEnabled: true }, orderBy: { id: "asc" } })) {
    try {
      const handle = handlers.get(row.kind);
      const at = handle === undefined ? null : dueSlot(row, now());
      if (handle === undefined || at === null) continue;
      await store.transaction(async (tx) => {
        const { count } = await tx.schedule.updateMany({ where: { id: row.id, OR: [{ lastSlot: null }, { lastSlot: { lt: at } }] }, data: { lastSlot: at } });
        if (count === 0) return;
        await handle(tx, { schedule: { id: row.id, kind: row.kind, cron: row.cron, timeZone: row.timeZone, input: JSON.parse(row.inputJson) }, at, now: now() });
      });
    } catch (error) {
      log.warn({ err: error, schedule: row.id }, "a schedule could not be followed; it is tried again");
    }
  }
}

/** Follows the schedules until `signal` aborts. */
export async function followSchedules(options: SchedulerOptions, signal: AbortSignal): Promise<void> {
  for (let isKnown = false; !signal.aborted; ) {
    try {
      if (!isKnown) await insertSchedules(options.store, options.schedules, options.now());
      isKnown = true;
      await runDueSlots(options);
    } catch (error) {
      if (!signal.aborted) options.log.warn({ err: error }, "the schedules could not be read; another try follows");
    }
    await pause(lookEveryMs, signal);
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal.addEventListener("abort", end, { once: true });
  });
}
