import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { renderEnvoy } from "./envoy";
import { callers, explainMatch, judgeCaller, tryRequest, type Caller } from "./explain";
import { covers, findShadowedRoutes, matchesRequest, type GatewayRequest } from "./match";
import { effectiveRoutes } from "./precedence";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings, type OwnRoute } from "./route-model";
import { builtInRoutes, type RouteMatch } from "./routes";

const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const settingsWith = (parts: Partial<GatewaySettings>): GatewaySettings => ({ ...defaultGatewaySettings, ...parts });
const routesWith = (...ownRoutes: OwnRoute[]) => effectiveRoutes(settingsWith({ ownRoutes }), options);
const circumstances = { publicUrl: "https://project.example.com", nowMs: 0 };
const get = (target: string, headers: GatewayRequest["headers"] = {}): GatewayRequest => ({ method: "GET", target, headers });

describe("precedence", () => {
  it("without settings is exactly the built-in table", () => {
    expect(effectiveRoutes(defaultGatewaySettings, options)).toEqual(builtInRoutes(options));
  });

  it("puts own routes above all built-in ones or below all but the dashboard, whatever order they are stored in", () => {
    const arbOwn = fc.record({ side: fc.constantFrom<"above" | "below">("above", "below"), order: fc.nat(3) });
    fc.assert(fc.property(fc.array(arbOwn, { maxLength: 12 }), fc.nat(), (positions, turn) => {
      const own = positions.map((position, index) => sampleOwnRoute({ id: `own-${index}`, name: `${index}`, position }));
      const ids = routesWith(...own).map(({ id }) => id);
      const turned = own.map((_, index) => own[(index + turn) % own.length] ?? sampleOwnRoute());
      expect(routesWith(...turned).map(({ id }) => id)).toEqual(ids);
      const builtIns = builtInRoutes(options).map(({ id }) => id);
      const count = own.filter(({ position }) => position.side === "above").length;
      expect(ids.slice(count, count + builtIns.length - 1)).toEqual(builtIns.slice(0, -1));
      expect(ids.at(-1)).toBe("dashboard");
      expect(ids).toHaveLength(own.length + builtIns.length);
    }));
  });

  it("leaves out routes that are switched off, and says of an absent service that it is absent", () => {
    expect(routesWith(sampleOwnRoute({ isEnabled: false }))).toEqual(builtInRoutes(options));
    const small = effectiveRoutes(settingsWith({ ownRoutes: [sampleOwnRoute()] }), { ...options, enabledServices: ["db", "api-gw"] });
    expect(small[0]?.target).toEqual({ kind: "answer", status: 503, body: "This project runs without functions." });
  });

  it("changes of a built-in route what was asked for and nothing else", () => {
    const cors = { origins: ["https://app.example.com"], methods: [], headers: [], allowsCredentials: true };
    const overridden = effectiveRoutes(settingsWith({ builtInOverrides: { "rest-v1-protected": { timeoutMs: null, maxBodyBytes: 5, cors }, dashboard: { isClosed: true } } }), options);
    const expected = builtInRoutes(options).map((route) => {
      if (route.id === "rest-v1-protected") return { ...route, timeoutMs: undefined, maxBodyBytes: 5, cors };
      return route.id === "dashboard" ? { id: "dashboard", match: route.match, access: "open", forwardedPrefix: "/", target: { kind: "answer", status: 403, body: "RBAC: access denied" } } : route;
    });
    expect(overridden).toEqual(expected);
  });

  it("opens MCP to its addresses until it ends, and to nobody after", () => {
    const expiresAt = "2027-01-01T00:00:00Z";
    const mcp: GatewaySettings["mcp"] = { isOpen: true, ipAllow: ["172.17.0.1/32"], expiresAt, requiresServiceKey: false };
    const routes = effectiveRoutes(settingsWith({ mcp }), options);
    const ask = (clientAddress: string, nowMs: number) => tryRequest(routes, get("/mcp"), "nobody", { ...circumstances, clientAddress, nowMs }).verdict?.isAllowed;
    const end = Date.parse(expiresAt);
    expect([ask("172.17.0.1", end - 1), ask("172.17.0.1", end), ask("172.17.0.2", end - 1)]).toEqual([true, false, false]);
    expect(tryRequest(routes, get("/api/mcp"), "service", circumstances).verdict?.status).toBe(403);
  });

  it("takes the dashboard's password off before an own route's upstream sees it", () => {
    expect(routesWith(sampleOwnRoute({ access: "dashboard" }))[0]?.removeRequestHeaders).toEqual(["authorization"]);
  });

  it("renders a thousand own routes, each with a name", () => {
    const many = Array.from({ length: 1000 }, (_, index) => sampleOwnRoute({ id: `own-${index}`, name: `${index}`, position: { side: index % 2 === 0 ? "above" : "below", order: index } }));
    const keys = { anon: "a", serviceRole: "b", publishable: "c", secret: "d", anonToken: "e", serviceRoleToken: "f", dashboardHtpasswd: "g" };
    const rendered = renderEnvoy({ routes: routesWith(...many), keys, publicUrl: "http://127.0.0.1:8000" });
    expect(new Set(rendered.rds.match(/"name": "own-\d+"/g)).size).toBe(1000);
  });
});

describe("what is covered", () => {
  const arbMatch: fc.Arbitrary<RouteMatch> = fc.record({
    kind: fc.constantFrom<RouteMatch["kind"]>("prefix", "exact", "regex"),
    path: fc.constantFrom("/", "/a", "/a/", "/a/b", "/ab", "/.*"),
    methods: fc.option(fc.subarray(["GET", "POST"] as const, { minLength: 1 }), { nil: undefined }),
    headers: fc.option(fc.constantFrom<NonNullable<RouteMatch["headers"]>>([{ name: "x-a", kind: "present" }], [{ name: "x-a", kind: "exact", value: "1" }]), { nil: undefined }),
  });
  const arbRequest = fc.record({ method: fc.constantFrom("GET", "POST", "PUT"), target: fc.constantFrom("/", "/a", "/a/", "/a/b", "/ab", "/.*", "/x"), headers: fc.constantFrom<GatewayRequest["headers"]>({}, { "x-a": "1" }, { "x-a": "2" }) });

  it("is taken by the route that covers it, for every request", () => {
    fc.assert(fc.property(arbMatch, arbMatch, arbRequest, (earlier, later, request) => {
      if (covers(earlier, later) && matchesRequest(later, request.target, request)) expect(matchesRequest(earlier, request.target, request)).toBe(true);
    }), { numRuns: 2000 });
  });

  it("names a built-in route that an own one hides", () => {
    const routes = routesWith(sampleOwnRoute({ match: pathOf("prefix", "/rest/") }));
    expect(findShadowedRoutes(routes).map(({ route, by }) => `${route.id} by ${by.id}`)).toEqual(["rest-v1-openapi-protected by own-hooks", "rest-v1-protected by own-hooks"]);
  });
});

describe("an explanation", () => {
  it("lists every earlier route with the reason why it did not take the request", () => {
    const match: OwnRoute["match"] = { path: { kind: "prefix", value: "/rest/v1/" }, methods: ["POST"], headers: [] };
    const withHeader: OwnRoute["match"] = { path: { kind: "regex", value: "/rest/.*" }, methods: [], headers: [{ name: "x-tenant", kind: "exact", value: "a" }] };
    const routes = routesWith(sampleOwnRoute({ match }), sampleOwnRoute({ id: "own-b", name: "b", match: withHeader }));
    const explained = explainMatch(routes, get("/rest/v1/../v1/todos?select=id"));
    if (explained.outcome !== "matched") throw new Error("The REST route takes it.");
    expect(explained).toMatchObject({ path: "/rest/v1/todos", route: { id: "rest-v1-protected" } });
    expect(explained.considered.slice(0, 3)).toEqual([
      { routeId: "own-b", reason: "The header x-tenant is not a." },
      { routeId: "own-hooks", reason: "The method is GET; this route takes POST." },
      { routeId: "auth-v1-verify", reason: "/rest/v1/todos does not start with /auth/v1/verify." },
    ]);
    expect(explained.considered.at(-1)).toEqual({ routeId: "rest-v1-protected", reason: null });
  });

  it("says why a request is refused before any route is looked at", () => {
    expect(explainMatch(routesWith(), get("/pg%2fquery"))).toMatchObject({ outcome: "rejected", status: 400, reason: expect.stringContaining("escaped slash") as string });
    expect(explainMatch(routesWith(), get("/", { api_key: "x" }))).toMatchObject({ outcome: "rejected", reason: expect.stringContaining("api_key") as string });
  });

  it("sends a preflight to the route of the method that it asks for", () => {
    const post: OwnRoute["match"] = { path: { kind: "prefix", value: "/hooks/" }, methods: ["POST"], headers: [] };
    const preflight = (method: string): GatewayRequest => ({ method: "OPTIONS", target: "/hooks/a", headers: { origin: "https://a.example.com", "access-control-request-method": method } });
    const winner = (method: string) => {
      const explained = explainMatch(routesWith(sampleOwnRoute({ match: post })), preflight(method));
      return explained.outcome === "matched" ? explained.route.id : explained.outcome;
    };
    expect([winner("POST"), winner("PUT")]).toEqual(["own-hooks", "dashboard"]);
  });
});

describe("a verdict", () => {
  const statuses = (access: OwnRoute["access"]) => {
    const [route] = routesWith(sampleOwnRoute({ access }));
    if (route === undefined) throw new Error("The own route comes first.");
    return Object.fromEntries(callers.map((caller) => [caller, judgeCaller(route, get("/hooks/a"), caller, circumstances).status])) as Record<Caller, number | null>;
  };

  it("is the same for every caller as the gateway's", () => {
    expect(statuses("open")).toEqual({ nobody: null, anon: null, publishable: null, secret: null, service: null, user: null, dashboard: null });
    expect(statuses("any-key")).toEqual({ nobody: 401, anon: null, publishable: null, secret: null, service: null, user: null, dashboard: 401 });
    expect(statuses("opaque-key")).toEqual({ nobody: 401, anon: 401, publishable: null, secret: null, service: 401, user: null, dashboard: 401 });
    expect(statuses("service-key")).toEqual({ nobody: 401, anon: 403, publishable: 403, secret: null, service: null, user: 403, dashboard: 401 });
    expect(statuses("user-jwt")).toEqual({ nobody: 401, anon: 403, publishable: 401, secret: 401, service: 403, user: null, dashboard: 401 });
    expect(statuses("dashboard")).toEqual({ nobody: 401, anon: 401, publishable: 401, secret: 401, service: 401, user: 401, dashboard: null });
    expect(statuses("denied")).toEqual({ nobody: 403, anon: 403, publishable: 403, secret: 403, service: 403, user: 403, dashboard: 403 });
  });

  it("counts the client's address when it is known and names the list when it is not", () => {
    const [route] = routesWith(sampleOwnRoute({ ipAllow: ["203.0.113.0/24"] }));
    if (route === undefined) throw new Error("The own route comes first.");
    const judge = (clientAddress?: string) => judgeCaller(route, get("/hooks/a"), "nobody", { ...circumstances, clientAddress });
    expect([judge("203.0.113.9").isAllowed, judge("198.51.100.1").status, judge().isAllowed]).toEqual([true, 403, true]);
    expect(judge().reason).toContain("203.0.113.0/24");
  });
});
