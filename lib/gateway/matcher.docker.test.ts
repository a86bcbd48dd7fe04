import { Agent } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { renderEnvoy, type RenderedEnvoy } from "./envoy";
import { filterNames } from "./envoy-policies";
import { routeConfiguration } from "./envoy-routes";
import { send, startEnvoy, startEchoUpstreams, type Reply, type RunningEnvoy } from "./envoy-process.fixture";
import { explainMatch, type MatchExplanation } from "./explain";
import { normalizePath } from "./normalize";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, parseGatewaySettings, type OwnRoute } from "./route-model";
import { httpMethods, type GatewayRoute, type HttpMethod } from "./routes";

const keys = { anon: "a", serviceRole: "b", publishable: "c", secret: "d", anonToken: "e", serviceRoleToken: "f", dashboardHtpasswd: "u:{SHA}x" };
const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const tableCount = 60;
const requestsPerTable = 20;

/** Pieces of which both the routes' paths and the requests' are made, so that they meet. */
const pieces = ["auth/v1", "verify", "rest/v1", "pg", "mcp", "api", "storage", "a", "b", "A", "42", "x.y", ""];
const arbPath = fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((parts) => {
  const normalized = normalizePath(`/${parts.join("/")}`);
  // No route may be for slashes alone.
  return normalized.isAccepted && normalized.path !== "//" ? normalized.path : "/";
});
const arbRegex = fc.constantFrom("/.*", "/[a-z]+", "/a/.*", "/(a|b)/[0-9]{1,3}", "(?i)/A/B", "/x\\.y(/.*)?", "/[^/]+/b/?", "/(rest|auth)/v1/.*", "^/api$", "/\\w+/[[:digit:]]+");
const arbHeader: fc.Arbitrary<OwnRoute["match"]["headers"][number]> = fc.constantFrom(
  { name: "x-a", kind: "present" }, { name: "x-a", kind: "absent" }, { name: "x-a", kind: "exact", value: "1" }, { name: "x-a", kind: "prefix", value: "1" }, { name: "x-b", kind: "regex", value: "[0-9]+" }, { name: "x-a", kind: "exact", value: "1,2" },
);
const arbMatch: fc.Arbitrary<OwnRoute["match"]> = fc.record({
  path: fc.oneof(fc.record({ kind: fc.constant("exact" as const), value: arbPath }), fc.record({ kind: fc.constant("prefix" as const), value: arbPath }), fc.record({ kind: fc.constant("regex" as const), value: arbRegex })),
  methods: fc.oneof(fc.constant<HttpMethod[]>([]), fc.subarray([...httpMethods], { minLength: 1, maxLength: 3 })),
  headers: fc.oneof({ weight: 2, arbitrary: fc.constant<OwnRoute["match"]["headers"]>([]) }, { weight: 1, arbitrary: fc.array(arbHeader, { minLength: 1, maxLength: 2 }) }),
});
const arbTable = fc.array(fc.record({ match: arbMatch, side: fc.constantFrom<"above" | "below">("above", "below"), order: fc.nat(5) }), { minLength: 1, maxLength: 8 }).map((routes) =>
  routes.map(({ match, side, order }, index) => sampleOwnRoute({ id: `own-${index}`, name: `Route ${index}`, match, rewrite: null, position: { side, order } })),
);

const rawPieces = [...pieces, ".", "..", "%2e", "%2E%2e", "%41", "%7Eb", "a\\b", "%2f", "%5c", "%zz", "%", "|", "<x>", "%20", "{a}", "a^b", "`", "é", "%c3%a9", "a;b=c", "*", "!$&'()+,:@", "#f", '"'];
const arbTarget = fc.tuple(fc.array(fc.constantFrom(...rawPieces, ...pieces, ...pieces), { maxLength: 5 }), fc.constantFrom("", "", "?x=/pg/", "?apikey=c&a=..")).map(([parts, query]) => `/${parts.join("/")}${query}`);
const arbRequest = fc.record({
  method: fc.constantFrom<string>(...httpMethods),
  target: arbTarget,
  headers: fc.record({
    "x-a": fc.constantFrom<string | string[]>("1", "12", ["1", "2"], "2"), "x-b": fc.constantFrom("7", "x"), "x_c": fc.constant("1"),
    origin: fc.constant("https://a.example.com"), "access-control-request-method": fc.constantFrom<string>(...httpMethods),
  }, { requiredKeys: [] }).map(({ x_c, ...headers }): Record<string, string | string[]> => (x_c === undefined || headers["x-b"] !== "x" ? headers : { ...headers, x_c })),
});

/** The table with every route answering its own name, so that an answer tells which one took the request. */
function answeringItsName(own: OwnRoute[]): GatewayRoute[] {
  return effectiveRoutes({ ...defaultGatewaySettings, ownRoutes: own }, options).map(({ id, match, forwardedPrefix }) => ({ id, match, forwardedPrefix, access: "open", target: { kind: "answer", status: 403, body: id } }));
}

let renders = 0;
/** All tables in one Envoy, each as a virtual host of its own. CORS is off, or preflights would be answered before any route. */
function renderTables(tables: GatewayRoute[][]): RenderedEnvoy {
  const rendered = renderEnvoy({ routes: [], keys, publicUrl: "http://127.0.0.1:8000" });
  const virtualHosts = tables.flatMap((routes, index) => routeConfiguration({ routes, keys, publicUrl: "http://127.0.0.1:8000" }).virtual_hosts.map((host) => {
    const { [filterNames.cors]: _, ...filters } = host.typed_per_filter_config;
    return { ...host, name: `table-${index}`, domains: [`table-${index}.test`], typed_per_filter_config: filters };
  }));
  const document = JSON.parse(rendered.rds) as { resources: [object] };
  renders += 1;
  const rdsVersion = `tables-${String(renders)}`;
  return { ...rendered, rdsVersion, rds: JSON.stringify({ ...document, version_info: rdsVersion, resources: [{ ...document.resources[0], virtual_hosts: virtualHosts }] }) };
}

const describeOutcome = (explained: MatchExplanation) => (explained.outcome === "matched" ? explained.route.id : explained.outcome === "rejected" ? "refused" : "none");
/** Envoy's codec refuses with a body even where the answer to HEAD has none, which no client can read. */
function refusedHead(method: string, error: unknown): Reply {
  if (method !== "HEAD") throw error;
  return { status: 400, headers: {}, body: "" };
}

const seed = Number(process.env.BASEHOLD_TEST_SEED ?? fc.sample(fc.integer(), 1)[0]);
const tables = fc.sample(arbTable, { numRuns: tableCount, seed });
let envoy: RunningEnvoy;
let upstreams: Awaited<ReturnType<typeof startEchoUpstreams>>;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

beforeAll(async () => {
  upstreams = await startEchoUpstreams();
  envoy = await startEnvoy(renderTables(tables.map(answeringItsName)), upstreams.ports);
});

afterAll(async () => {
  agent.destroy();
  await envoy?.stop();
  upstreams?.stop();
});

test("for random tables and requests Envoy takes the route that the matcher names", async () => {
  for (const table of tables) expect(parseGatewaySettings({ ...defaultGatewaySettings, ownRoutes: table }).isValid).toBe(true);
  const requests = fc.sample(arbRequest, { numRuns: tableCount * requestsPerTable, seed: seed + 1 });
  const outcomes = await Promise.all(requests.map(async ({ method, target, headers }, index) => {
    const table = index % tableCount;
    const reply = await send(envoy.port, target, { method, headers: { ...headers, host: `table-${table}.test` }, agent }).catch((error: unknown) => refusedHead(method, error));
    // An answer to HEAD has no body: its route is read from the length that the body would have.
    const routes = answeringItsName(tables[table] ?? []);
    const byModel = describeOutcome(explainMatch(routes, { method, target, headers }));
    const isSame = reply.status === 400 ? byModel === "refused" : method === "HEAD" ? String(byModel.length) === reply.headers["content-length"] : reply.body === byModel;
    return { isSame, words: `${method} ${target} ${JSON.stringify(headers)} on table ${table}: Envoy ${reply.status} ${reply.body}, matcher ${byModel}` };
  }));
  expect(outcomes.length).toBeGreaterThanOrEqual(500);
  expect(outcomes.filter(({ isSame }) => !isSame).map(({ words }) => words), `BASEHOLD_TEST_SEED=${seed}`).toEqual([]);
});

test.each(["//", "/", "///", "//./", "//%2e", "/%2E%2e//", "/a/..//", "/.", "//a/..", "//a", "/a//"])("%s is the same path to both", async (target) => {
  const table = answeringItsName([sampleOwnRoute({ match: pathOf("exact", "/"), rewrite: null })]);
  await envoy.apply(renderTables([table]));
  const { body } = await send(envoy.port, target, { method: "GET", headers: { host: "table-0.test" }, agent });
  expect(body).toBe(describeOutcome(explainMatch(table, { method: "GET", target, headers: {} })));
});

test("an expression that the model takes is one that Envoy takes, up to the model's limit", async () => {
  const largest = sampleOwnRoute({ match: pathOf("regex", "/([a-z]{40}x){9}"), rewrite: null });
  expect(parseGatewaySettings({ ...defaultGatewaySettings, ownRoutes: [largest] }).isValid).toBe(true);
  await envoy.apply(renderTables([answeringItsName([largest])]));
  expect((await envoy.admin("/stats?filter=rds.*update_rejected")).trim()).toMatch(/: 0$/);
});
