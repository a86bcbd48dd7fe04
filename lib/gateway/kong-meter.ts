import type { KongMetrics, KongRequests } from "./kong-metrics";
import { meterWindowMs, type RouteNumbers } from "./route-meter";

type Growth = { atMs: number; requests: KongRequests[]; latencies: KongMetrics["latencies"] };

const switchingProtocols = 101;

/**
 * Numbers per route of the last five minutes, from counters that only grow: what they grew by between two readings. Kong tells latencies in steps
 * (25, 50, 80, 100, 250 ms and so on), between which a percentile is estimated; it times a WebSocket by how long it was open, so a route that had one has no percentile.
 */
export class KongMeter {
  #last: ReadonlyMap<string, number> | null;
  #growths: Growth[] = [];

  /** `isFresh`: nothing was counted before the first reading, as of a Kong that was just started. Otherwise the first reading is what later ones are compared with. */
  constructor({ isFresh }: { isFresh: boolean }) {
    this.#last = isFresh ? new Map() : null;
  }

  /** Takes a reading. @returns the requests since the one before, by route, status and kind of key. */
  add(atMs: number, metrics: KongMetrics): KongRequests[] {
    const now = new Map<string, number>([...metrics.requests.map((one) => [keyOf(one), one.count] as const), ...metrics.latencies.map((one) => [keyOf(one), one.count] as const)]);
    const before = this.#last;
    this.#last = now;
    if (before === null) return [];
    // Counters that fell, or are gone, were counted by another process: Kong was started anew.
    const isAnew = [...before].some(([key, count]) => (now.get(key) ?? 0) < count);
    const grown = <Item extends { count: number }>(items: readonly Item[], key: (item: Item) => string): Item[] =>
      items.map((item) => ({ ...item, count: item.count - (isAnew ? 0 : (before.get(key(item)) ?? 0)) })).filter(({ count }) => count > 0);
    const growth: Growth = { atMs, requests: grown(metrics.requests, keyOf), latencies: grown(metrics.latencies, keyOf) };
    if (growth.requests.length > 0) this.#growths.push(growth);
    this.#growths = this.#growths.filter((one) => one.atMs > atMs - meterWindowMs);
    return growth.requests;
  }

  /** Numbers of every route that had a request within the five minutes before `nowMs`. */
  read(nowMs: number): Map<string, RouteNumbers> {
    const recent = this.#growths.filter(({ atMs }) => atMs > nowMs - meterWindowMs);
    const routeIds = new Set(recent.flatMap(({ requests }) => requests.map(({ routeId }) => routeId)));
    const of = <Item extends { routeId: string }>(pick: (growth: Growth) => readonly Item[], routeId: string) => recent.flatMap((growth) => pick(growth).filter((item) => item.routeId === routeId));
    return new Map([...routeIds].map((routeId) => [routeId, summarize(of(({ requests }) => requests, routeId), of(({ latencies }) => latencies, routeId))]));
  }
}

function keyOf(item: Omit<KongRequests, "count"> | { routeId: string; upToMs: number }): string {
  return JSON.stringify("upToMs" in item ? [item.routeId, String(item.upToMs)] : [item.routeId, item.status, item.isUpstreams, item.key]);
}

function summarize(requests: readonly KongRequests[], latencies: KongMetrics["latencies"]): RouteNumbers {
  const count = (isCounted: (status: number) => boolean) => requests.reduce((sum, one) => sum + (isCounted(one.status) ? one.count : 0), 0);
  const all = count(() => true);
  const steps = new Map<number, number>();
  for (const { upToMs, count: more } of latencies) steps.set(upToMs, (steps.get(upToMs) ?? 0) + more);
  const cumulative = count((status) => status === switchingProtocols) > 0 ? [] : [...steps].map(([upToMs, upTo]) => ({ upToMs, count: upTo })).sort((one, other) => one.upToMs - other.upToMs);
  return {
    requests: all,
    requestsPerSecond: (all / meterWindowMs) * 1000,
    p50Ms: quantile(cumulative, 0.5),
    p95Ms: quantile(cumulative, 0.95),
    clientErrors: count((status) => status >= 400 && status < 500),
    serverErrors: count((status) => status >= 500),
  };
}

/** A quantile within its step, as if the requests of the step were spread over it; the bound before the last when it lies beyond. Source: Prometheus, `histogram_quantile`. */
function quantile(steps: readonly { upToMs: number; count: number }[], share: number): number | null {
  const total = steps.at(-1)?.count ?? 0;
  if (total === 0) return null;
  const rank = total * share;
  const at = steps.findIndex(({ count }) => count >= rank);
  const [step, before] = [steps[at], steps[at - 1]];
  if (step === undefined || step.upToMs === Infinity) return before?.upToMs ?? null;
  const [fromMs, from] = [before?.upToMs ?? 0, before?.count ?? 0];
  return step.count === from ? step.upToMs : fromMs + (step.upToMs - fromMs) * ((rank - from) / (step.count - from));
}
