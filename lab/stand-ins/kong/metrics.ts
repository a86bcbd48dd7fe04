import type { Exchange } from "./exchange";

const bucketsMs = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** Each worker tells the others once in this time. Source: lua-resty-counter, as `kong/plugins/prometheus/prometheus.lua` starts it. */
const syncMs = 1000;

type Series = { counts: Map<string, number>; latencies: Map<string, { buckets: number[]; sumMs: number; count: number }>; bytes: Map<string, number> };

const label = (value: string) => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"');

type Counted = { status: number; isUpstreams: boolean; durationMs: number; bytesIn: number; bytesOut: number };

/** Counters as Kong's prometheus plugin names them. */
export class Metrics {
  readonly #series: Series = { counts: new Map(), latencies: new Map(), bytes: new Map() };
  #pending: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Counts what was answered; told from the next turn on. */
  record(exchange: Exchange | undefined, seen: Counted): void {
    this.#pending.push(() => this.#count(exchange, seen));
    this.#timer ??= setInterval(() => this.sync(), syncMs).unref();
  }

  sync(): void {
    for (const count of this.#pending.splice(0)) count();
  }

  #count(exchange: Exchange | undefined, seen: Counted): void {
    if (exchange?.route.plugins.prometheus === undefined) return;
    const place = `service="${label(exchange.route.upstream?.name ?? "")}",route="${label(exchange.route.name)}"`;
    const consumer = exchange.route.plugins.prometheus.per_consumer && !exchange.isConsumerHidden ? (exchange.identity?.consumer.username ?? "") : "";
    const code = `${place},code="${String(seen.status)}",source="${seen.isUpstreams ? "service" : "kong"}",workspace="default",consumer="${label(consumer)}"`;
    add(this.#series.counts, code, 1);
    add(this.#series.bytes, `${place},direction="ingress",workspace="default",consumer="${label(consumer)}"`, seen.bytesIn);
    add(this.#series.bytes, `${place},direction="egress",workspace="default",consumer="${label(consumer)}"`, seen.bytesOut);
    const latency = this.#series.latencies.get(place) ?? { buckets: bucketsMs.map(() => 0), sumMs: 0, count: 0 };
    bucketsMs.forEach((limit, index) => {
      if (seen.durationMs <= limit) latency.buckets[index] = (latency.buckets[index] ?? 0) + 1;
    });
    this.#series.latencies.set(place, { buckets: latency.buckets, sumMs: latency.sumMs + seen.durationMs, count: latency.count + 1 });
  }

  text(connections: number): string {
    const { counts, bytes, latencies } = this.#series;
    return [
      "# TYPE kong_datastore_reachable gauge", "kong_datastore_reachable 1",
      "# TYPE kong_nginx_connections_total gauge", `kong_nginx_connections_total{node_id="lab",subsystem="http",state="active"} ${String(connections)}`,
      "# TYPE kong_http_requests_total counter", ...[...counts].map(([labels, value]) => `kong_http_requests_total{${labels}} ${String(value)}`),
      "# TYPE kong_bandwidth_bytes counter", ...[...bytes].map(([labels, value]) => `kong_bandwidth_bytes{${labels}} ${String(value)}`),
      "# TYPE kong_request_latency_ms histogram",
      ...[...latencies].flatMap(([place, { buckets, sumMs, count }]) => [
        ...buckets.map((value, index) => `kong_request_latency_ms_bucket{${place},workspace="default",le="${String(bucketsMs[index])}"} ${String(value)}`),
        `kong_request_latency_ms_bucket{${place},workspace="default",le="+Inf"} ${String(count)}`,
        `kong_request_latency_ms_count{${place},workspace="default"} ${String(count)}`,
        `kong_request_latency_ms_sum{${place},workspace="default"} ${String(sumMs)}`,
      ]),
      "",
    ].join("\n");
  }
}

function add(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}
