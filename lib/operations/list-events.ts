import type { Db, Store } from "@/lib/adapters/store/types";
import { openStatuses } from "./machine";
import type { EventRow } from "./types";

const pageSize = 500;
/** The stream looks for itself at least this often, should a change ever go unnoticed. */
const longestWaitMs = 15_000;

/** Sequence number after which a reader wants to go on, from `Last-Event-ID` or `?after=`; 0 for anything that is no such number. */
export function parseLastEventId(text: string | null | undefined): number {
  if (text === null || text === undefined || !/^\d{1,15}$/.test(text)) return 0;
  return Number(text);
}

/** Events after `afterSeq`, in order, at most `limit`: asked again with the last number seen, nothing is missed and nothing comes twice. */
export async function listEvents(db: Db, operationId: string, afterSeq: number, limit = pageSize): Promise<EventRow[]> {
  const rows = await db.operationEvent.findMany({ where: { operationId, seq: { gt: afterSeq } }, orderBy: { seq: "asc" }, take: limit });
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at,
    level: row.level as EventRow["level"],
    stepKey: row.stepKey,
    message: row.message,
    current: row.current,
    total: row.total,
    detail: row.detailJson === null ? null : JSON.parse(row.detailJson),
  }));
}

/** Events from `afterSeq` on as they come, in batches, until the operation has ended and all were given, or `signal` aborts. */
export async function* followEvents(store: Store, operationId: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<EventRow[]> {
  for (let seq = afterSeq; !signal.aborted; ) {
    const token = await store.changeToken();
    // Asked before the events: what ends it is written together with its last event.
    const operation = await store.db.operation.findUnique({ where: { id: operationId }, select: { status: true } });
    const events = await listEvents(store.db, operationId, seq);
    const last = events.at(-1);
    if (last !== undefined) {
      seq = last.seq;
      yield events;
    }
    if (events.length === pageSize) continue;
    if (operation === null || !(openStatuses as readonly string[]).includes(operation.status)) return;
    await store.waitForChange(token, { signal, timeoutMs: longestWaitMs });
  }
}
