import type { AccessLogEntry } from "./access-log";

/** What one route did lately. Times are those of the gateway; a WebSocket counts when it ends and has no latency. */
export type RouteNumbers = {
  requests: number;
  requestsPerSecond: number;
  /** null without an answer to measure. */
  p50Ms: number | null;
  p95Ms: number | null;
  clientErrors: number;
  serverErrors: number;
};

export const meterWindowMs = 5 * 60_000;
const bucketMs = 10_000;
const bucketCount = meterWindowMs / bucketMs;

/** Upper bounds grow by a fifth: a percentile is at most 20 % too high, and a route's bucket stays a few hundred bytes. */
const growth = 1.2;
const boundsMs = Array.from({ length: 72 }, (_, index) => growth ** index);
const switchingProtocols = 101;

type Bucket = { index: number; requests: number; clientErrors: number; serverErrors: number; latencies: Uint32Array };

/**
 * Counts what a gateway's log tells, per route, over the last five minutes. Memory is bounded by the number of routes: an entry is
 * added to a bucket of ten seconds and forgotten.
 */
export class RouteMeter {
  readonly #routes = new Map<string, Bucket[]>();

  add(entry: AccessLogEntry): void {
    if (entry.routeId === null) return;
    const bucket = this.#bucketOf(entry.routeId, Math.floor(entry.atMs / bucketMs));
    if (bucket === null) return;
    bucket.requests++;
    if (entry.status >= 500 || entry.status === 0) bucket.serverErrors++;
    else if (entry.status >= 400) bucket.clientErrors++;
    if (entry.status === switchingProtocols) return;
    const slot = latencySlot(entry.durationMs);
    bucket.latencies[slot] = (bucket.latencies[slot] ?? 0) + 1;
  }

  /** Numbers of every route that had a request within the five minutes before `nowMs`. */
  read(nowMs: number): Map<string, RouteNumbers> {
    const oldest = Math.floor(nowMs / bucketMs) - bucketCount;
    const numbers = new Map<string, RouteNumbers>();
    for (const [routeId, buckets] of this.#routes) {
      const recent = buckets.filter((bucket) => bucket.index > oldest);
      if (recent.length === 0) this.#routes.delete(routeId);
      else numbers.set(routeId, summarize(recent));
    }
    return numbers;
  }

  /** The bucket of a time; null for one that is older than the window (a log that is read again from its start). */
  #bucketOf(routeId: string, index: number): Bucket | null {
    const buckets = this.#routes.get(routeId) ?? [];
    this.#routes.set(routeId, buckets);
    const found = buckets.findLast((bucket) => bucket.index === index);
    if (found !== undefined) return found;
    const newest = buckets.at(-1)?.index ?? index;
    if (index <= newest - bucketCount) return null;
    const added: Bucket = { index, requests: 0, clientErrors: 0, serverErrors: 0, latencies: new Uint32Array(boundsMs.length + 1) };
    buckets.push(added);
    buckets.sort((a, b) => a.index - b.index);
    while ((buckets[0]?.index ?? index) <= Math.max(newest, index) - bucketCount) buckets.shift();
    return added;
  }
}

function latencySlot(durationMs: number): number {
  const slot = boundsMs.findIndex((bound) => durationMs <= bound);
  return slot < 0 ? boundsMs.length : slot;
}

function summarize(buckets: readonly Bucket[]): RouteNumbers {
  const total = (pick: (bucket: Bucket) => number) => buckets.reduce((sum, bucket) => sum + pick(bucket), 0);
  const latencies = Array.from({ length: boundsMs.length + 1 }, (_, slot) => total((bucket) => bucket.latencies[slot] ?? 0));
  const requests = total((bucket) => bucket.requests);
  return {
    requests,
    requestsPerSecond: (requests / meterWindowMs) * 1000,
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
    clientErrors: total((bucket) => bucket.clientErrors),
    serverErrors: total((bucket) => bucket.serverErrors),
  };
}

/** Upper bound of the slot in which the percentile lies. */
function percentile(slots: readonly number[], share: number): number | null {
  const count = slots.reduce((sum, slot) => sum + slot, 0);
  if (count === 0) return null;
  let left = Math.ceil(count * share);
  const slot = slots.findIndex((inSlot) => (left -= inSlot) <= 0);
  return boundsMs[Math.min(slot, boundsMs.length - 1)] ?? null;
}
