import { describe, expect, test } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { compareGateways } from "./equivalence";
import { checks } from "./equivalence-checks";
import { externalUpstream, pathOf, sampleOwnRoute } from "./own-route.fixture";
import { defaultGatewaySettings, parseGatewaySettings, type GatewaySettings, type OwnRoute } from "./route-model";

const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const compare = (settings: Partial<GatewaySettings>, towards: "envoy" | "kong" = "kong") => compareGateways({ ...defaultGatewaySettings, ...settings }, options, towards);
const own = (parts: Partial<OwnRoute>): OwnRoute => sampleOwnRoute({ timeoutMs: null, retryAttempts: 0, ...parts });
const found = (parts: Partial<OwnRoute>) => {
  const ownRoutes = [own(parts)];
  expect(parseGatewaySettings({ ...defaultGatewaySettings, ownRoutes })).toMatchObject({ isValid: true });
  return compare({ ownRoutes }).differences.filter(({ routeIds }) => routeIds.includes("own-hooks")).map(({ id, severity }) => `${severity} ${id}`);
};
const withHeader = (header: OwnRoute["match"]["headers"][number]): Partial<OwnRoute> => ({ match: { ...pathOf("prefix", "/hooks/"), headers: [header] } });

describe("a project as its release brings it", () => {
  test("can be switched, and only the timeout and rewrites without a slash are not quite the same", () => {
    const report = compare({});
    expect([report.severity, report.needsOwner]).toEqual(["differs", false]);
    expect([...new Set(report.differences.map(({ id }) => id))].sort()).toEqual(["rewrite-boundary", "timeout"]);
    expect(report.routes.find(({ routeId }) => routeId === "storage-v1-all")).toMatchObject({ severity: "same", samePolicies: ["path", "rewrite", "access", "idle timeout"] });
  });
});

describe("what an own route may be told", () => {
  test.each<[string, Partial<OwnRoute>, string[]]>([
    ["a plain prefix with a slash is the same", {}, []],
    ["methods, addresses, CORS, headers and a body's size are the same", { match: { ...pathOf("prefix", "/hooks/"), methods: ["POST"] }, ipAllow: ["10.0.0.0/8"], maxBodyBytes: 10, cors: { origins: ["https://a.example.com"], methods: ["POST"], headers: ["x-a"], allowsCredentials: true }, requestHeaders: { set: [{ name: "x-a", value: "$(1)" }], remove: [] } }, []],
    ["a plain expression is the same", { match: pathOf("regex", "/orders/[0-9]+"), rewrite: null }, []],
    ["\\d is not only 0 to 9", { match: pathOf("regex", "/orders/\\d+"), rewrite: null }, ["differs path-regex"]],
    ["\\Q does not exist", { match: pathOf("regex", "\\Q/a.b\\E"), rewrite: null }, ["impossible path-regex"]],
    ["an escape in an expression", { match: pathOf("regex", "/a%20b/.*"), rewrite: null }, ["impossible path-regex-escape"]],
    ["an escape that is no UTF-8", { match: pathOf("prefix", "/a%FF/") }, ["impossible path-escape"]],
    ["a prefix without a slash that is rewritten", { match: pathOf("prefix", "/hooks"), rewrite: "/x" }, ["differs rewrite-boundary"]],
    ["a header's name that the router cannot write", withHeader({ name: "x.a", kind: "present" }), ["impossible header-name"]],
    ["a header's presence is the same", withHeader({ name: "x-a", kind: "present" }), []],
    ["a header's value, where it comes twice", withHeader({ name: "x-a", kind: "exact", value: "1" }), ["differs header-repeated"]],
    ["the publishable or secret key alone", { access: "opaque-key" }, ["differs access-opaque-key"]],
    ["signed-in users", { access: "user-jwt" }, ["differs access-user-jwt"]],
    ["a rate limit", { rateLimit: { requestsPerSecond: 5, burst: 10, per: "ip" } }, ["differs rate-limit"]],
    ["a rate limit per key without a key", { rateLimit: { requestsPerSecond: 5, burst: 5, per: "key" } }, ["differs rate-limit-key"]],
    ["a timeout", { timeoutMs: 1000 }, ["differs timeout"]],
    ["retries", { retryAttempts: 1 }, ["differs retries"]],
    ["an origin outside", { upstream: externalUpstream("https://api.example.com") }, ["differs external"]],
    ["CORS with cookies and every header, which Envoy lists", { cors: { origins: ["https://a.example.com"], methods: [], headers: [], allowsCredentials: true } }, ["differs cors-headers"]],
    ["CORS with every header and without cookies is the same", { cors: { origins: ["https://a.example.com"], methods: [], headers: [], allowsCredentials: false } }, []],
    ["a request header that Kong refuses to write", { requestHeaders: { set: [], remove: ["x.a"] } }, ["impossible request-header-name"]],
    ["a response header that begins with a colon", { responseHeaders: { set: [{ name: "x-a", value: ":a" }], remove: [] } }, ["impossible response-header-colon"]],
  ])("%s", (_, parts, expected) => {
    expect(found(parts)).toEqual(expected);
  });

  test("every difference says what both do, and what cannot be done says the way out", () => {
    const parts: Partial<OwnRoute>[] = [{ match: pathOf("regex", "\\Qa\\E"), rewrite: null }, { match: pathOf("prefix", "/a%FF/") }, withHeader({ name: "x.a", kind: "present" }), { upstream: externalUpstream("https://api.example.com") }];
    const report = compare({ ownRoutes: parts.map((part, index) => own({ ...part, id: `own-${index}`, name: `${index}` })) });
    expect([report.severity, report.needsOwner]).toEqual(["impossible", true]);
    expect(report.differences[0]?.severity).toBe("impossible");
    for (const { envoy, kong, wayOut, severity } of [...report.differences, ...report.general]) {
      for (const sentence of [envoy, kong]) expect(sentence).toMatch(/[.!]$/);
      if (severity === "impossible") expect(wayOut).toMatch(/\.$/);
    }
  });

  test("back to Envoy nothing is impossible and nobody has to agree", () => {
    const ownRoutes = [own({ match: pathOf("regex", "\\Q/a\\E"), rewrite: null }), own({ id: "own-b", name: "b", upstream: externalUpstream("https://api.example.com") })];
    expect(compare({ ownRoutes }, "envoy")).toMatchObject({ severity: "differs", needsOwner: false });
  });

  test("an open MCP route keeps its end and its addresses", () => {
    const mcp: GatewaySettings["mcp"] = { isOpen: true, ipAllow: ["172.17.0.1/32"], expiresAt: "2027-01-01T00:00:00Z", requiresServiceKey: true };
    expect(compare({ mcp }).routes.find(({ routeId }) => routeId === "mcp-open")?.samePolicies).toEqual(expect.arrayContaining(["allowed addresses", "closing time"]));
  });
});

test("each policy is compared once", () => {
  expect(new Set(checks.map(({ policy }) => policy)).size).toBe(checks.length);
});
