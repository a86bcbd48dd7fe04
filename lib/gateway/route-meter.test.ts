import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAccessLog, type AccessLogEntry } from "./access-log";
import { meterWindowMs, RouteMeter } from "./route-meter";

const entry = (change: Partial<AccessLogEntry> = {}): AccessLogEntry => ({ atMs: 1_000_000, method: "GET", path: "/rest/v1/", status: 200, routeId: "rest-v1-protected", durationMs: 10, client: "203.0.113.7", key: "publishable", userAgent: "curl/8", ...change });

function meterOf(entries: readonly AccessLogEntry[]): RouteMeter {
  const meter = new RouteMeter();
  for (const one of entries) meter.add(one);
  return meter;
}

describe("a route's numbers", () => {
  it("count requests, client errors and server errors of the last five minutes and forget what is older", () => {
    const meter = meterOf([entry({ status: 404 }), entry({ status: 503 }), entry(), entry({ atMs: 1_000_000 - meterWindowMs - 20_000 })]);
    expect(meter.read(1_000_000).get("rest-v1-protected")).toMatchObject({ requests: 3, clientErrors: 1, serverErrors: 1, requestsPerSecond: 3 / 300 });
    expect(meter.read(1_000_000 + meterWindowMs + 20_000).size).toBe(0);
  });

  it("give percentiles that are never too low and at most a fifth too high, whatever the order of the log", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 200 }), (durations) => {
        const numbers = meterOf(durations.map((durationMs) => entry({ durationMs }))).read(1_000_000).get("rest-v1-protected");
        const sorted = [...durations].sort((a, b) => a - b);
        for (const [share, found] of [[0.5, numbers?.p50Ms], [0.95, numbers?.p95Ms]] as const) {
          const exact = sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
          expect(found).toBeGreaterThanOrEqual(exact);
          expect(found).toBeLessThanOrEqual(exact * 1.2 + 1e-6);
        }
      }),
    );
  });

  it("know no latency of a WebSocket, and no route of a request that none took", () => {
    const meter = meterOf([entry({ status: 101, durationMs: 3_600_000 }), entry({ routeId: null })]);
    expect([...meter.read(1_000_000)]).toEqual([["rest-v1-protected", expect.objectContaining({ requests: 1, p50Ms: null, p95Ms: null })]]);
  });

  it("hold no more than the window, however long the log goes on", () => {
    const meter = new RouteMeter();
    for (let at = 0; at < 20 * meterWindowMs; at += 5_000) meter.add(entry({ atMs: at }));
    expect(meter.read(20 * meterWindowMs).get("rest-v1-protected")?.requests).toBeLessThanOrEqual(60);
  });
});

describe("a line of the gateway's log", () => {
  const text = JSON.stringify({ time: "2026-02-03T04:05:06.789Z", method: "GET", path: "/rest/v1/todos", status: 200, route: "rest-v1-protected", durationMs: 12, client: "10.0.0.1", key: "legacy-anon", userAgent: "supabase-js" });

  it("is read with the kind of key that it names", () => {
    expect(parseAccessLog(text)).toMatchObject({ atMs: Date.UTC(2026, 1, 3, 4, 5, 6, 789), routeId: "rest-v1-protected", status: 200, durationMs: 12, key: "legacy-anon", userAgent: "supabase-js" });
  });

  it.each(["[info] started", "{", "{}", '{"time":"never","status":1,"durationMs":1}', "null"])("that is something else is passed over: %s", (other) => {
    expect(parseAccessLog(other)).toBeNull();
  });

  it("of any content is read or passed over, never an error", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (any) => void parseAccessLog(any)));
  });
});
