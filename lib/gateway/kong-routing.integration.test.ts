import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { explainMatch } from "./explain";
import { hiddenSlashRouteId, renderKong } from "./kong";
import { sampleKeys, startKong, type RunningKong } from "@/lab/stand-ins/kong/running-kong.fixture";
import type { GatewayRequest } from "./match";
import { sampleOwnRoute } from "./own-route.fixture";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, ownRouteSchema, type OwnRoute } from "./route-model";

const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };

const segments = ["a", "b", "ab", "v1", "auth", "rest", "functions", "pg", "a%20b", "%C3%A9", "x.y", "a-b", "(1)", "a'b"];
const arbPath = fc.tuple(fc.array(fc.constantFrom(...segments), { minLength: 1, maxLength: 3 }), fc.boolean()).map(([parts, isOpen]) => `/${parts.join("/")}${isOpen ? "/" : ""}`);
const arbPathMatch: fc.Arbitrary<OwnRoute["match"]["path"]> = fc.oneof(
  fc.record({ kind: fc.constantFrom("prefix" as const, "exact" as const), value: fc.oneof(arbPath, fc.constantFrom("/", "/rest/v1/", "/auth/v1/", "/pg", "/realtime/v1/api")) }),
  fc.record({ kind: fc.constant("regex" as const), value: fc.constantFrom("/a/[ab]+", "/(rest|auth)/v1/.*", ".*/v1", "/[^/]+/b/?", "/a|/b", "(?i)/AUTH/.*", "/x\\.y(/.*)?") }),
);
const headerNames = ["x-tenant", "x-kind"];
const arbHeaderMatch: fc.Arbitrary<OwnRoute["match"]["headers"][number]> = fc.oneof(
  fc.record({ name: fc.constantFrom(...headerNames), kind: fc.constantFrom("present" as const, "absent" as const) }),
  fc.record({ name: fc.constantFrom(...headerNames), kind: fc.constantFrom("exact" as const, "prefix" as const), value: fc.constantFrom("one", "on", 'a"b\\c') }),
  fc.record({ name: fc.constantFrom(...headerNames), kind: fc.constant("regex" as const), value: fc.constantFrom("o.e", "one|two") }),
);
const arbMethods = fc.subarray(["GET", "POST", "OPTIONS", "DELETE"] as const, { maxLength: 2 });
const arbOwn = fc.record({ path: arbPathMatch, methods: arbMethods, headers: fc.array(arbHeaderMatch, { maxLength: 2 }), side: fc.constantFrom("above" as const, "below" as const), order: fc.nat(5), isDenied: fc.boolean() });

const toOwn = (parts: typeof arbOwn extends fc.Arbitrary<infer T> ? T : never, index: number): OwnRoute =>
  sampleOwnRoute({
    id: `own-${index}`, name: `Route ${index}`, rewrite: null, position: { side: parts.side, order: parts.order }, access: parts.isDenied ? "denied" : "open",
    match: { path: parts.path, methods: [...parts.methods], headers: parts.headers },
  });

const arbTarget = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(arbPath, fc.constantFrom("", "", "?a=1&b=/pg/")).map(([path, query]) => path + query) },
  { weight: 3, arbitrary: fc.constantFrom("/", "/auth/v1/verify", "/auth/v1/user", "/rest/v1/", "/rest/v1/x", "/graphql/v1", "/realtime/v1/api/openapi", "/storage/v1/x", "/mcp", "/api/mcp/x", "/pg/x", "/AUTH/v1") },
  { weight: 2, arbitrary: fc.constantFrom("/a/../b", "/a/./b/", "//a//b", "/%61/b", "/a/b/..", "/a%2fb", "/a%5Cb", "/a/b?x=%2f", "/rest//v1/", "/a%20b/", "/x%2ey/1") },
);
const arbHeaders = fc.dictionary(fc.constantFrom(...headerNames), fc.constantFrom("one", "two", "on", "none", 'a"b\\c'), { maxKeys: 2 });
const arbPreflight = fc.record({ method: fc.constant("OPTIONS"), target: arbTarget, headers: fc.constantFrom("GET", "POST", "PUT").map((asked): Record<string, string> => ({ origin: "https://app.example.com", "access-control-request-method": asked })) });
const arbRequest: fc.Arbitrary<GatewayRequest> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ method: fc.constantFrom("GET", "GET", "POST", "DELETE", "OPTIONS", "HEAD"), target: arbTarget, headers: arbHeaders }) },
  { weight: 1, arbitrary: arbPreflight },
);

let kong: RunningKong;

beforeAll(async () => {
  const routes = effectiveRoutes(defaultGatewaySettings, options);
  kong = await startKong(renderKong({ routes, keys: sampleKeys, publicUrl: "http://127.0.0.1:8123" }).config);
});

afterAll(() => kong.stop());

describe("the rendered document and the model's matcher", () => {
  test("give random requests on random tables the same route", async () => {
    let pairs = 0;
    const ownTables = fc.array(arbOwn, { minLength: 1, maxLength: 12 }).map((parts) => parts.map(toOwn));
    await fc.assert(
      fc.asyncProperty(ownTables, fc.array(arbRequest, { minLength: 12, maxLength: 16 }), async (ownRoutes, requests) => {
        for (const route of ownRoutes) expect(ownRouteSchema.safeParse(route).error?.issues).toBeUndefined();
        const routes = effectiveRoutes({ ...defaultGatewaySettings, ownRoutes }, options);
        const applied = await kong.apply(renderKong({ routes, keys: sampleKeys, publicUrl: "http://127.0.0.1:8123" }).config);
        expect([201, 304], applied.body).toContain(applied.status);
        const replies = await Promise.all(requests.map((request) => kong.ask(request.target, { method: request.method, headers: { ...request.headers, "kong-debug": "1" } })));
        requests.forEach((request, index) => {
          const explanation = explainMatch(routes, request);
          const expected = explanation.outcome === "rejected" ? hiddenSlashRouteId : explanation.outcome === "matched" ? explanation.route.id : undefined;
          expect(replies[index]?.headers["kong-route-name"], `${request.method} ${request.target} ${JSON.stringify(request.headers)}`).toBe(expected);
          if (explanation.outcome === "rejected") expect(replies[index]?.status).toBe(400);
        });
        pairs += requests.length;
      }),
      { numRuns: 30, timeout: 30_000 },
    );
    expect(pairs).toBeGreaterThanOrEqual(300);
  });
});
