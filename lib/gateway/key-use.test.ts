import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessLogEntry } from "./access-log";
import { checkUserAgent } from "./contract";
import { KeyUseCounter, networkOf, refusedMcpRouteId } from "./key-use";
import { openMcpRouteId } from "./precedence";

const at = Date.UTC(2026, 1, 3, 4, 5, 6);
const entry = (change: Partial<AccessLogEntry> = {}): AccessLogEntry => ({ atMs: at, method: "GET", path: "/rest/v1/", status: 200, routeId: "rest-v1-protected", durationMs: 1, client: "203.0.113.7", key: "legacy-anon", userAgent: "app/1", ...change });
const mcp = (change: Partial<AccessLogEntry> = {}) => entry({ method: "POST", path: "/mcp", routeId: openMcpRouteId, key: "none", ...change });

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

  it("by the panel's own checks are none, also where an opened MCP route lets them through", () => {
    const counter = new KeyUseCounter();
    for (const key of ["legacy-anon", "legacy-service"] as const) counter.add(entry({ key, userAgent: checkUserAgent }));
    for (const status of [200, 403, 405]) counter.add(mcp({ userAgent: checkUserAgent, method: "GET", status }));
    expect(counter.take()).toEqual([]);
    counter.add(entry({ userAgent: `${checkUserAgent}/2` }));
    expect(counter.take()).toMatchObject([{ key: "legacy-anon", count: 1 }]);
  });

  it("that a gateway counted by itself are kept by whether MCP let them through, and those of no legacy key are passed over", () => {
    const counter = new KeyUseCounter();
    for (const key of ["legacy-service", "secret", "none"] as const) for (const status of [200, 403]) counter.addCounted({ atMs: at, key, routeId: openMcpRouteId, status, count: 2 });
    expect(counter.take()).toMatchObject([{ key: "legacy-service", routeId: openMcpRouteId, count: 2 }, { key: "legacy-service", routeId: refusedMcpRouteId, count: 2 }]);
  });

  it("by countless programs stay a bounded number of lines, and none is lost from the count", () => {
    const counter = new KeyUseCounter();
    for (let index = 0; index < 1_000; index++) counter.add(entry({ userAgent: `scanner/${index}` }));
    const taken = counter.take();
    expect(taken.length).toBeLessThanOrEqual(201);
    expect(taken.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  });
});

describe("uses of an opened MCP route", () => {
  it("are counted whatever the key, and whoever says to be the panel while sending what could run SQL", () => {
    const counter = new KeyUseCounter();
    for (const change of [{}, { key: "secret" }, { userAgent: checkUserAgent }] as const) counter.add(mcp(change));
    expect(counter.take()).toMatchObject([{ key: "none", count: 1 }, { key: "secret", count: 1 }, { userAgent: checkUserAgent, count: 1 }].map((use) => ({ routeId: openMcpRouteId, ...use })));
  });

  it.each([401, 403, 429])("are none where the answer was %i: that counts apart, without who it was", (status) => {
    const counter = new KeyUseCounter();
    counter.add(mcp({ status, client: "192.0.2.2", userAgent: "curl/8" }));
    counter.add(mcp({ status, client: "198.51.100.2" }));
    expect(counter.take()).toEqual([{ hourMs: Date.UTC(2026, 1, 3, 4), key: "none", routeId: refusedMcpRouteId, network: "other", userAgent: "other", count: 2, lastAtMs: at }]);
  });

  it("keep their lines however many others are refused", () => {
    const counter = new KeyUseCounter();
    for (let index = 0; index < 1_000; index++) counter.add(mcp({ status: 403, userAgent: `scanner/${index}` }));
    counter.add(mcp());
    expect(counter.take()).toMatchObject([{ routeId: refusedMcpRouteId, count: 1_000 }, { routeId: openMcpRouteId, network: "203.0.113.0/24", userAgent: "app/1", count: 1 }]);
  });

  it("that were refused stay uses of a legacy key that they carried, by the program that sent it", () => {
    const counter = new KeyUseCounter();
    counter.add(mcp({ key: "legacy-anon", status: 403 }));
    expect(counter.take()).toMatchObject([{ key: "legacy-anon", routeId: refusedMcpRouteId, network: "203.0.113.0/24", userAgent: "app/1", count: 1 }]);
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
