import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KongMeter } from "./kong-meter";
import { readKongMetrics, type KongMetrics } from "./kong-metrics";
import { meterWindowMs } from "./route-meter";

const labels = (route: string, more: string) => `service="${route}",route="${route}",${more}`;
/** As Kong prints one route: requests by status, and how many of them were answered within 25 and 50 ms. */
function printed({ route = "rest", codes, within = [0, 0], consumer = "", source = "service" }: { route?: string; codes: Record<number, number>; within?: [number, number]; consumer?: string; source?: string }): string {
  const all = Object.values(codes).reduce((sum, count) => sum + count, 0);
  const bucket = (le: string, count: number) => `kong_request_latency_ms_bucket{${labels(route, `workspace="default",le="${le}"`)}} ${count}`;
  return [
    "HTTP/1.1 200 OK", "", 'kong_nginx_connections_total{node_id="a",subsystem="http",state="active"} 7', 'kong_nginx_connections_total{node_id="a",subsystem="http",state="waiting"} 3',
    ...Object.entries(codes).map(([code, count]) => `kong_http_requests_total{${labels(route, `code="${code}",source="${source}",workspace="default",consumer="${consumer}"`)}} ${count}`),
    bucket("00025.0", within[0]), bucket("00050.0", within[1]), bucket("+Inf", all),
  ].join("\n");
}

function metrics(...texts: string[]): KongMetrics {
  const read = readKongMetrics(texts.join("\n"));
  if (read === null) throw new Error("No metrics.");
  return read;
}

test("a kind of key is read from the consumer, and a text that is not Kong's is none", () => {
  expect(metrics(printed({ codes: { 200: 2 }, consumer: "service_role" }))).toMatchObject({ connections: 7, requests: [{ routeId: "rest", status: 200, isUpstreams: true, key: "legacy-service", count: 2 }] });
  expect(metrics(printed({ codes: { 503: 1 }, source: "kong", consumer: "toString" })).requests).toMatchObject([{ isUpstreams: false, key: "none" }]);
  const users = ["dashboard", "signed-in-user"].map((consumer) => printed({ codes: { 200: 2 }, consumer }));
  expect(metrics(...users).requests).toEqual([{ routeId: "rest", status: 200, isUpstreams: true, key: "none", count: 4 }]);
  expect(readKongMetrics("HTTP/1.1 404 Not Found\r\n\r\n{}")).toBeNull();
  expect(readKongMetrics("")).toBeNull();
});

describe("the meter", () => {
  test("counts from the first reading on, and from the start of a Kong that was just started", () => {
    const [known, fresh] = [new KongMeter({ isFresh: false }), new KongMeter({ isFresh: true })];
    for (const meter of [known, fresh]) meter.add(0, metrics(printed({ codes: { 200: 40, 404: 2 } })));
    for (const meter of [known, fresh]) meter.add(10_000, metrics(printed({ codes: { 200: 43, 404: 2, 502: 1 } })));
    expect(known.read(10_000).get("rest")).toMatchObject({ requests: 4, requestsPerSecond: expect.closeTo(4 / 300) as number, clientErrors: 0, serverErrors: 1 });
    expect(fresh.read(10_000).get("rest")).toMatchObject({ requests: 46, clientErrors: 2, serverErrors: 1 });
  });

  test("forgets what is older than five minutes", () => {
    const meter = new KongMeter({ isFresh: true });
    meter.add(1_000, metrics(printed({ codes: { 200: 1 } })));
    expect(meter.read(meterWindowMs).get("rest")?.requests).toBe(1);
    expect(meter.read(meterWindowMs + 1_000).size).toBe(0);
  });

  test("counts a Kong that was started anew from nothing", () => {
    const meter = new KongMeter({ isFresh: true });
    meter.add(1, metrics(printed({ codes: { 200: 100 } })));
    expect(meter.add(2, metrics(printed({ codes: { 200: 3 } })))).toMatchObject([{ count: 3 }]);
    expect(meter.read(2).get("rest")?.requests).toBe(103);
  });

  test("estimates a percentile within its step, and says none for a route that had a socket", () => {
    const meter = new KongMeter({ isFresh: true });
    meter.add(1, metrics(printed({ codes: { 200: 100 }, within: [50, 90] })));
    expect(meter.read(1).get("rest")).toMatchObject({ p50Ms: 25, p95Ms: 50 });
    meter.add(2, metrics(printed({ codes: { 200: 100, 101: 1 }, within: [50, 90] })));
    expect(meter.read(2).get("rest")).toMatchObject({ requests: 101, p50Ms: null, p95Ms: null });
  });

  test("loses and doubles no request, however often it reads", () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 20 }), (steps) => {
      const meter = new KongMeter({ isFresh: true });
      let total = 0;
      const told = steps.map((step, index) => meter.add(index + 1, metrics(printed({ codes: { 200: (total += step) }, consumer: "anon" }))).reduce((sum, { count }) => sum + count, 0));
      expect(told).toEqual(steps);
      expect(meter.read(steps.length).get("rest")?.requests ?? 0).toBe(total);
    }));
  });
});
