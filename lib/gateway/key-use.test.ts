import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessLogEntry } from "./access-log";
import { checkUserAgent } from "./contract";
import { KeyUseCounter, networkOf } from "./key-use";
import { openMcpRouteId } from "./precedence";

const at = Date.UTC(2026, 1, 3, 4, 5, 6);
const entry = (change: Partial<AccessLogEntry> = {}): AccessLogEntry => ({ atMs: at, method: "GET", path: "/rest/v1/", status: 200, routeId: "rest-v1-protected", durationMs: 1, client: "203.0.113.7", key: "legacy-anon", userAgent: "app/1", ...change });

describe("uses of a legacy key", () => {
  it("are counted by hour, route, network and program, and every other key is passed over", () => {
    const counter = new KeyUseCounter();
    for (const one of [entry(), entry({ client: "203.0.113.99", atMs: at + 1_000 }), entry({ userAgent: "app/2" }), entry({ key: "publishable" }), entry({ key: "none" })]) counter.add(one);
    expect(counter.take()).toEqual([
      { hourMs: Date.UTC(2026, 1, 3, 4), key: "legacy-anon", routeId: "rest-v1-protected", network: "203.0.113.0/24", userAgent: "app/1", count: 2, lastAtMs: at + 1_000 },
      expect.objectContaining({ userAgent: "app/2", count: 1 }),
    ]);
    expect(counter.take()).toEqual([]);
  });

  it("by the panel's own checks are none, and one that an opened MCP route let through is counted whoever it says to be", () => {
    const counter = new KeyUseCounter();
    for (const key of ["legacy-anon", "legacy-service"] as const) counter.add(entry({ key, userAgent: checkUserAgent }));
    counter.add(entry({ routeId: openMcpRouteId, key: "none", userAgent: checkUserAgent, status: 403 }));
    expect(counter.take()).toEqual([]);
    counter.add(entry({ routeId: openMcpRouteId, key: "none", userAgent: checkUserAgent }));
    counter.add(entry({ userAgent: `${checkUserAgent}/2` }));
    expect(counter.take()).toMatchObject([{ routeId: openMcpRouteId, count: 1 }, { key: "legacy-anon", count: 1 }]);
  });

  it("through an opened MCP route are counted whatever the key", () => {
    const counter = new KeyUseCounter();
    counter.add(entry({ routeId: openMcpRouteId, key: "none" }));
    expect(counter.take()).toMatchObject([{ routeId: openMcpRouteId, count: 1 }]);
  });

  it("by countless programs stay a bounded number of lines, and none is lost from the count", () => {
    const counter = new KeyUseCounter();
    for (let index = 0; index < 1_000; index++) counter.add(entry({ userAgent: `scanner/${index}` }));
    const taken = counter.take();
    expect(taken.length).toBeLessThanOrEqual(201);
    expect(taken.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  });
});

describe("the network of an address", () => {
  it.each([["10.1.2.3", "10.1.2.0/24"], ["::ffff:10.1.2.3", "10.1.2.0/24"], ["2001:0db8:0:1::5", "2001:db8:0::/48"], ["2001:db8::1", "2001:db8:0::/48"], ["", "unknown"], ["@unix", "unknown"]])("%s → %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it("never holds the whole address", () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => void expect(networkOf(address)).toMatch(/\/(24|48)$/)));
  });
});
