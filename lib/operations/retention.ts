import type { Db } from "@/lib/adapters/store/types";
import type { BuiltInSchedule } from "./schedules";

const dayMs = 24 * 3_600_000;
/** Progress lines are of no use after this; the operation itself, its steps and the audit log stay. */
const eventsKeptMs = 30 * dayMs;
const operationsKeptMs = 365 * dayMs;
/** In one transaction: forgetting must not hold the store's lock for long. */
const operationsPerRound = 200;

/** Forgets old events and very old operations, once an hour. What is open is never forgotten. */
export const historySchedule: BuiltInSchedule = {
  id: "history",
  kind: "history.forget",
  cron: "23 * * * *",
  timeZone: "UTC",
  input: null,
  handle: (tx, { now }) => forgetHistory(tx, now),
};

async function forgetHistory(tx: Db, now: Date): Promise<void> {
  const endedBefore = (ageMs: number) => ({ finishedAt: { lt: new Date(now.getTime() - ageMs) } });
  const select = { id: true };
  const silent = await tx.operation.findMany({ where: { ...endedBefore(eventsKeptMs), events: { some: {} } }, select, take: operationsPerRound });
  await tx.operationEvent.deleteMany({ where: { operationId: { in: silent.map((row) => row.id) } } });
  const gone = await tx.operation.findMany({ where: endedBefore(operationsKeptMs), select, take: operationsPerRound });
  await tx.operation.deleteMany({ where: { id: { in: gone.map((row) => row.id) } } });
}
