import type { KeyKind } from "./access-log";
import type { Consumer } from "./kong-consumers";
import { parsePrometheusText, readNumber } from "./prometheus-text";

/** Requests of one route since Kong's start that ended alike. */
export type KongRequests = { routeId: string; status: number; /** Whether the upstream answered; otherwise Kong did. */ isUpstreams: boolean; key: KeyKind; count: number };
/** Requests of one route since Kong's start that took at most so long; a WebSocket counts with all the time that it was open. */
export type KongLatency = { routeId: string; upToMs: number; count: number };
export type KongMetrics = { requests: KongRequests[]; latencies: KongLatency[]; /** Connections open now; null when Kong does not tell. */ connections: number | null };

/** Consumers that `kong-consumers.ts` makes, as kinds of key. */
const keyOfConsumer: Readonly<Record<Consumer["username"], KeyKind>> = { anon: "legacy-anon", service_role: "legacy-service", publishable: "publishable", secret: "secret" };

/**
 * What the prometheus plugin of Kong 3.9 tells per route, from the answer to `kongStatusArgv("/metrics")`. Source: kong/plugins/prometheus/exporter.lua
 * (`http_requests_total`, `request_latency_ms`, `nginx_connections_total`); routes without a service are counted since 3.6. null when it is no such answer.
 */
export function readKongMetrics(answer: string): KongMetrics | null {
  const requests = new Map<string, KongRequests>();
  const latencies: KongLatency[] = [];
  let connections: number | null = null;
  const samples = parsePrometheusText(answer);
  for (const { name, labels, value } of samples) {
    const { route: routeId = "", code = "", source = "", consumer = "", le = "", state = "" } = labels;
    if (name === "kong_http_requests_total") count(requests, { routeId, status: Number(code), isUpstreams: source === "service", key: keyOf(consumer), count: value });
    else if (name === "kong_request_latency_ms_bucket") latencies.push({ routeId, upToMs: readNumber(le), count: value });
    else if (name === "kong_nginx_connections_total" && state === "active") connections = value;
  }
  return samples.some(({ name }) => name.startsWith("kong_")) ? { requests: [...requests.values()], latencies, connections } : null;
}

function keyOf(consumer: string): KeyKind {
  return Object.hasOwn(keyOfConsumer, consumer) ? (keyOfConsumer[consumer] ?? "none") : "none";
}

/** Consumers that are no key of the project's count together. */
function count(requests: Map<string, KongRequests>, one: KongRequests): void {
  const place = JSON.stringify([one.routeId, one.status, one.isUpstreams, one.key]);
  requests.set(place, { ...one, count: one.count + (requests.get(place)?.count ?? 0) });
}
