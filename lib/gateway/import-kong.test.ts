import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findHeaderProblems } from "./header-rules";
import { importKong, type ImportedKong } from "./import-kong";
import { maxKongTextBytes } from "./import-kong-limits";
import { upstreamEntries, upstreamKongYaml } from "./kong-upstream.fixture";
import { builtInRouteIds } from "./overrides";
import { defaultGatewaySettings, parseGatewaySettings } from "./route-model";

const release = { restrictsMetaCors: true };

function imported(text: string): ImportedKong {
  const result = importKong(text, release);
  if (!result.isRead) throw new Error(JSON.stringify(result.problems));
  const { ownRoutes, builtInOverrides } = result.imported;
  expect(parseGatewaySettings({ ...defaultGatewaySettings, ownRoutes, builtInOverrides })).toMatchObject({ isValid: true });
  return result.imported;
}

/** A file of format 3.0 with one service. */
function withService(service: object, more: object = {}): string {
  return JSON.stringify({ _format_version: "3.0", services: [{ name: "mine", url: "http://functions:9000/", ...service }], ...more });
}
const withPlugins = (...plugins: object[]) => imported(withService({ routes: [{ name: "mine", paths: ["/mine/"] }], plugins }));
const reasons = ({ notCarried }: ImportedKong) => notCarried.map(({ what, why }) => `${what}: ${why}`);

describe("upstream's own file", () => {
  test("is the release's routes, unchanged, and nothing is lost", () => {
    const { ownRoutes, builtInOverrides, unchanged, notCarried } = imported(upstreamKongYaml());
    expect([ownRoutes, builtInOverrides, notCarried]).toEqual([[], {}, []]);
    expect([...unchanged].sort()).toEqual([...builtInRouteIds].sort());
  });

  test("with what people added gives their routes alone", () => {
    const own = ["  - name: hooks", "    url: http://functions:9000/hooks", "    routes:", "      - name: hooks-all", "        paths:", "          - /hooks", "    plugins:", "      - name: cors"];
    const { ownRoutes, unchanged, notCarried } = imported(upstreamKongYaml(own));
    expect(ownRoutes).toMatchObject([{ id: "own-hooks-all", name: "hooks-all", access: "open", rewrite: null, match: { path: { kind: "prefix", value: "/hooks" } } }]);
    expect([unchanged.length, notCarried]).toEqual([builtInRouteIds.length, []]);
  });

  test("with a longer timeout for REST changes that of the built-in route", () => {
    const entries = upstreamEntries.map((entry) => (entry.name === "rest-v1" ? { ...entry, extra: ["    read_timeout: 300000"] } : entry));
    expect(imported(upstreamKongYaml([], entries)).builtInOverrides).toEqual({ "rest-v1-protected": { timeoutMs: null, idleTimeoutMs: 300_000 } });
  });

  test("with a changed number that the model does not take says so", () => {
    const entries = upstreamEntries.map((entry) => (entry.name === "rest-v1" ? { ...entry, extra: ["    read_timeout: -1"] } : entry));
    expect(imported(upstreamKongYaml([], entries))).toMatchObject({ builtInOverrides: {}, notCarried: [{ what: "What was changed on rest-v1-protected", why: expect.stringContaining("Idle timeout") as string }] });
  });

  test("with MCP opened to addresses says why it stays closed", () => {
    const opened = ["      - name: cors", "      - name: ip-restriction", "        config:", "          allow:", "            - 127.0.0.1", "            - ::1", "          deny: []"];
    const entries = upstreamEntries.map((entry) => (entry.name === "mcp" ? { ...entry, plugins: opened } : entry));
    const { ownRoutes, notCarried } = imported(upstreamKongYaml([], entries));
    expect(ownRoutes).toEqual([]);
    expect(notCarried).toMatchObject([{ what: "Opened MCP", why: "It is opened by a setting of its own, for named addresses and until a time." }]);
  });

  test("of an older release moves what was elsewhere and leaves out what is gone", () => {
    const older = upstreamKongYaml(["  - name: analytics-v1", "    url: http://analytics:4000/", "    routes:", "      - name: analytics-all", "        paths: [/analytics/v1/]"])
      .replace("'2.1'", "'1.1'").replace("- /auth/v1/sso/saml/acs", "- /sso/saml/acs");
    const { ownRoutes, notCarried } = imported(older);
    expect(ownRoutes).toMatchObject([{ id: "own-auth-v1-open-sso-acs", access: "open", rewrite: null, upstream: { kind: "service", service: "auth" } }]);
    expect(notCarried).toMatchObject([{ where: expect.stringContaining("services.") as string, what: expect.stringContaining("analytics-all") as string }]);
  });
});

describe("a changed built-in route", () => {
  const changed = (name: string) => {
    const extra = ["      - name: response-transformer", "        config:", "          add:", "            headers:", "              - x-a:1"];
    return imported(upstreamKongYaml([], upstreamEntries.map((entry) => (entry.name === name ? { ...entry, plugins: [...entry.plugins, ...extra] } : entry))));
  };

  test("becomes an own route where it stands alone", () => {
    expect(changed("functions-v1").ownRoutes).toMatchObject([{ id: "own-functions-v1-all", position: { side: "above" }, match: { path: { value: "/functions/v1/" } } }]);
  });

  test("is left out where it would open what stands inside of it", () => {
    for (const name of ["rest-v1", "realtime-v1-ws", "realtime-v1-rest", "auth-v1"]) {
      const { ownRoutes, notCarried } = changed(name);
      expect([ownRoutes, notCarried.map(({ why }) => why)], name).toEqual([[], ["It changes a built-in route that narrower ones stand inside of. Change the built-in route itself."]]);
    }
  });
});

describe("an own route", () => {
  test("keeps its conditions and where they lead", () => {
    const { ownRoutes } = imported(withService({ url: "https://api.example.com:8443/base", retries: 9, read_timeout: 5000, routes: [{ name: "Mine & yours", paths: ["/mine/", "/another"], methods: ["GET", "POST"], headers: { "X-Tenant": ["a"], "x-kind": ["b", "c.d"] } }] }));
    expect(ownRoutes).toMatchObject([
      {
        id: "own-mine-yours-2", upstream: { kind: "external", origin: "https://api.example.com:8443", forwardsCredentials: false }, rewrite: "/base", idleTimeoutMs: 5000, retryAttempts: 5,
        match: { path: { kind: "prefix", value: "/another" }, methods: ["GET", "POST"], headers: [{ name: "x-tenant", kind: "exact", value: "a" }, { name: "x-kind", kind: "regex", value: "b|c\\.d" }] },
      },
      { id: "own-mine-yours", rewrite: "/base/", match: { path: { value: "/mine/" } } },
    ]);
  });

  test.each([
    ["/hooks", true, "/", [["prefix", "/hooks/", "/"], ["exact", "/hooks", "/"]]],
    ["/hooks", true, "/a", [["prefix", "/hooks", "/a"]]],
    ["/hooks/", true, "/a", [["prefix", "/hooks/", "/a/"]]],
    ["/hooks/", false, "/", [["prefix", "/hooks/", null]]],
    ["/hooks/", false, "/a", [["prefix", "/hooks/", "/a/hooks/"]]],
    ["~/orders/[0-9]+$", true, "/order", [["regex", "/orders/[0-9]+", "/order"]]],
    ["~/orders/[0-9]+", false, "/", [["regex", "(?:/orders/[0-9]+).*", null]]],
  ])("%s with strip_path %s towards %s", (path, strip_path, base, expected) => {
    const { ownRoutes } = imported(withService({ url: `http://functions:9000${base}`, routes: [{ paths: [path], strip_path }] }));
    expect(ownRoutes.map(({ match, rewrite }) => [match.path.kind, match.path.value, rewrite]).sort()).toEqual([...expected].sort());
  });

  test("has the place that Kong gave it: longer before shorter, and behind built-in ones that are longer", () => {
    const { ownRoutes } = imported(withService({ routes: [{ name: "short", paths: ["/auth"], strip_path: false }, { name: "long", paths: ["/functions/v1/hooks/"] }, { name: "regex", paths: ["~/x$"] }, { name: "narrow", paths: ["/y/"], methods: ["GET"] }] }));
    expect(ownRoutes.map(({ name, position: { side, order } }) => [name, side, order])).toEqual([["narrow", "above", 0], ["regex", "above", 1], ["long", "above", 2], ["short", "below", 3]]);
  });

  test("that leads inside is left out, whatever its address is called", () => {
    for (const url of ["https://[::1]:99/", "https://127.0.0.1/", "https://169.254.169.254/", "https://10.0.0.1/", "http://api.example.com/", "https://localhost/"]) {
      const { ownRoutes, notCarried } = imported(withService({ url, routes: [{ paths: ["/mine/"] }] }));
      expect([ownRoutes.length, notCarried.length], url).toEqual([0, 1]);
    }
  });

  test("takes the access from its plugins", () => {
    const key = { name: "key-auth" };
    const acl = (...allow: string[]) => ({ name: "acl", config: { allow } });
    const accessOf = (...plugins: object[]) => withPlugins(...plugins).ownRoutes[0]?.access ?? "left out";
    expect([accessOf(), accessOf(key), accessOf(key, acl("admin", "anon")), accessOf(key, acl("admin")), accessOf({ name: "basic-auth" }), accessOf({ name: "jwt" }), accessOf({ name: "request-termination", config: { status_code: 403 } })]).toEqual(["open", "any-key", "any-key", "service-key", "dashboard", "user-jwt", "denied"]);
  });

  test("is left out whole when what keeps people out cannot be carried", () => {
    const restrictions = [[{ name: "key-auth" }, { name: "acl", config: { allow: ["partners"] } }], [{ name: "key-auth" }, { name: "acl", config: { deny: ["anon"] } }], [{ name: "oauth2" }], [{ name: "ip-restriction", config: { deny: ["10.0.0.0/8"] } }], [{ name: "key-auth" }, { name: "basic-auth" }], [{ name: "key-auth", config: { anonymous: "x" } }, { name: "acl", config: { allow: ["admin"] } }], [{ name: "post-function", config: { access: ["os.exit()"] } }], [{ name: "bot-detection" }], [{ name: "acl", config: { allow: ["admin"] } }]];
    for (const plugins of restrictions) {
      const result = withPlugins(...plugins);
      expect(result.ownRoutes, JSON.stringify(plugins)).toEqual([]);
      expect(result.notCarried.length).toBeGreaterThan(0);
    }
    for (const route of [{ hosts: ["a.example.com"] }, { sources: [{ ip: "10.0.0.1" }] }, { methods: ["CONNECT"] }, { expression: 'http.path == "/a" || net.src.ip == 1.2.3.4' }]) {
      const { paths = ["/mine/"], ...rest }: { paths?: string[]; expression?: string } = route;
      expect(imported(withService({ routes: [{ name: "mine", ...("expression" in route ? {} : { paths }), ...rest }] })).ownRoutes, JSON.stringify(route)).toEqual([]);
    }
  });

  test("that is left out is closed where a wider route would take its requests, and only there", () => {
    const oauth = [{ name: "oauth2" }];
    const { ownRoutes, notCarried } = imported(withService({ routes: [
      { name: "all", paths: ["/api/"] }, { name: "admin", paths: ["/api/admin/"], plugins: oauth }, { name: "functions", paths: ["/functions/v1/admin"], hosts: ["a.example.com"] },
      { name: "twin", paths: ["/api/"], plugins: oauth }, { name: "alone", paths: ["/alone/"], plugins: oauth }, { name: "regex", paths: ["~/api/[0-9]+/secret"], plugins: oauth },
    ] }));
    const closed = ownRoutes.filter(({ access }) => access === "denied").map(({ name, match, position }) => [name, match.path.value, position.side]);
    expect(closed).toEqual([["regex (closed)", "(?:/api/[0-9]+/secret).*", "above"], ["functions (closed)", "/functions/v1/admin", "above"], ["admin (closed)", "/api/admin/", "above"]]);
    expect(ownRoutes.map(({ name }) => name)).toEqual(["regex (closed)", "functions (closed)", "admin (closed)", "all"]);
    expect(notCarried.find(({ what }) => what.includes("route admin"))?.why).toMatch(/\/api\/admin\/ is closed until you choose\.$/);
    expect(notCarried.find(({ what }) => what.includes("route twin"))?.why).toMatch(/another route of the same path/);
    expect(notCarried.find(({ what }) => what.includes("route alone"))?.why).not.toMatch(/closed/);
  });

  test("keeps policies: addresses, rate, size, CORS, headers", () => {
    const { ownRoutes, notCarried } = withPlugins(
      { name: "ip-restriction", config: { allow: ["10.1.2.3/8", "203.0.113.7"] } }, { name: "rate-limiting", config: { second: 5, limit_by: "ip" } }, { name: "request-size-limiting", config: { allowed_payload_size: 2 } },
      { name: "cors", config: { origins: ["https://app.example.com", "https://.*\\.example\\.com"], credentials: true, headers: ["X-Tenant"] } },
      { name: "request-transformer", config: { add: { headers: ["x-a: one", "Authorization: $LUA_AUTH_EXPR", "X-Api-Token: abc"] }, remove: { headers: ["X-Gone"] } } },
      { name: "response-transformer", config: { add: { headers: ["x-frame-options: DENY"] } } },
    );
    expect(ownRoutes[0]).toMatchObject({
      ipAllow: ["10.0.0.0/8", "203.0.113.7"], rateLimit: { requestsPerSecond: 5, burst: 5, per: "ip" }, maxBodyBytes: 2 * 1_048_576, cors: { origins: ["https://app.example.com"], allowsCredentials: true, headers: ["x-tenant"], methods: [] },
      requestHeaders: { set: [{ name: "x-a", value: "one" }], remove: ["x-gone"] }, responseHeaders: { set: [{ name: "x-frame-options", value: "DENY" }], remove: [] },
    });
    expect(notCarried.map(({ what }) => what)).toEqual(["The route mine: CORS origins that are expressions", "The route mine: the value of the header x-api-token"]);
  });

  test("names each header once, counts an address once, and leaves what CORS writes to CORS", () => {
    const { ownRoutes, notCarried } = withPlugins(
      { name: "ip-restriction", config: { allow: ["10.1.2.3/8", "10.0.0.0/8"] } },
      { name: "response-transformer", config: { replace: { headers: ["X-A: one"] }, add: { headers: ["x-a: two", "Access-Control-Allow-Origin: *"] }, remove: { headers: ["X-A", "x-gone", "Access-Control-Allow-Credentials"] } } },
    );
    expect(ownRoutes[0]).toMatchObject({ ipAllow: ["10.0.0.0/8"], responseHeaders: { set: [{ name: "x-a", value: "one" }], remove: ["x-gone"] }, cors: { origins: ["*"], allowsCredentials: false } });
    expect(findHeaderProblems(ownRoutes, [])).toEqual([]);
    expect(notCarried.map(({ what }) => what)).toEqual(["The route mine: the response headers access-control-allow-origin, access-control-allow-credentials"]);
  });
});

test("each route says what it was in the file", () => {
  const yaml = ["_format_version: '3.0'", "services:", "  - name: mine", "    url: http://functions:9000/base", "    routes:", "      - name: r", "        paths: [/mine/]", "    plugins:", "      - name: cors", "      - name: key-auth"].join("\n");
  expect(imported(yaml).sources).toEqual({ "own-r": { line: 6, column: 9, name: "r", target: "http://functions:9000/base", plugins: ["cors", "key-auth"] } });
  expect(imported(upstreamKongYaml()).sources["rest-v1-protected"]).toMatchObject({ name: "rest-v1-all", target: "http://rest:3000/", plugins: ["cors", "key-auth", "request-transformer", "acl"] });
});

describe("what is never carried", () => {
  const secrets = ["sup3rs3cret-key", "hunter2-password", "user:pass1word", "bearer-value-1234", "s3cr3t-cert"];
  const text = JSON.stringify({
    _format_version: "3.0",
    consumers: [{ username: "partner", keyauth_credentials: [{ key: secrets[0] }], basicauth_credentials: [{ username: "a", password: "first-pw" }, { username: "b", password: secrets[1] }] }],
    certificates: [{ cert: "x", key: secrets[4] }],
    services: [{ name: "out", url: `https://${secrets[2] ?? ""}@api.example.com/`, routes: [{ paths: ["/out/"] }] }, { name: "mine", url: "http://functions:9000/", routes: [{ paths: ["/mine/"] }], plugins: [{ name: "request-transformer", config: { add: { headers: [`Authorization: Bearer ${secrets[3] ?? ""}`] } } }] }],
  });

  test("is a key, a password or a certificate, neither in routes nor in what is said about them", () => {
    const result = JSON.stringify(imported(text));
    for (const secret of secrets) expect(result).not.toContain(secret);
    expect(reasons(imported(text)).join("\n")).toMatch(/consumer partner[\s\S]*user name or password[\s\S]*authorization/);
  });

  test("each item says where it stands", () => {
    const yaml = ["_format_version: '3.0'", "services:", "  - name: mine", "    url: http://functions:9000/", "    routes:", "      - name: r", "        paths: [/mine/]", "    plugins:", "      - name: cors", "      - name: oauth2"].join("\n");
    expect(imported(yaml).notCarried).toMatchObject([{ where: "services.0.plugins.1", line: 10, column: 9, what: "The route r: the plugin oauth2" }]);
  });
});

describe("what has not the shape that Kong reads", () => {
  const said = (yaml: string) => imported(`_format_version: '3.0'\n${yaml}`).notCarried.map(({ line, column, what, why }) => `${String(line)}:${String(column)} ${what}. ${why}`);

  test.each([
    ["services: hello", [/^2:11 What stands here\. A list is expected/]],
    ["services: [null, 1, {name: x}]", [/^2:12 An entry/, /^2:18 An entry/, /^2:21 The service x\. No route of the file leads to it/]],
    ["services:\n  - name: x\n    routes: {a: 1}\nroutes: 5", [/^4:13 What stands here/, /^5:9 What stands here/, /^3:5 The service x/]],
  ])("is named with its place (%#)", (yaml, expected) => {
    expect(said(yaml)).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });

  test("keeps a route out rather than opening it to more", () => {
    for (const route of [{ paths: "/mine/" }, { paths: ["/mine/", 5] }, { methods: "GET" }, { hosts: "a.example.com" }, { headers: "x" }, { plugins: "key-auth" }, { plugins: ["key-auth"] }]) {
      const { ownRoutes, notCarried } = imported(withService({ routes: [{ name: "mine", paths: ["/mine/"], ...route }] }));
      expect([ownRoutes, notCarried.length], JSON.stringify(route)).toEqual([[], 1]);
    }
  });
});

test("plugins that belong to no route of the file are named", () => {
  const yaml = ["_format_version: '3.0'", "services:", "  - name: lone", "    plugins: [{name: oauth2}, {name: cors}]", "plugins:", "  - {name: acl, service: lone}", "  - {name: jwt, service: nobody}", "  - {name: cors}", "  - {name: rate-limiting, consumer: c}"].join("\n");
  expect(imported(yaml).notCarried.map(({ line, what }) => [line, what])).toEqual([[9, "The plugin rate-limiting"], [3, "The service lone, with the plugins oauth2, cors, acl"], [8, "The plugin cors"], [7, "The plugin jwt"]]);
});

test("plugins placed beside the services apply to those that they name, the nearer before the wider", () => {
  const text = JSON.stringify({
    _format_version: "3.0", services: [{ name: "a", url: "http://functions:9000/", routes: [{ name: "ra", paths: ["/a/"] }, { name: "rb", paths: ["/b/"] }] }, { name: "b", url: "http://functions:9000/" }],
    routes: [{ name: "rc", service: { name: "b" }, paths: ["/c/"] }],
    plugins: [{ name: "rate-limiting", config: { second: 1 } }, { name: "rate-limiting", service: "a", config: { second: 2 } }, { name: "rate-limiting", route: { name: "rb" }, config: { second: 3 } }],
  });
  const { ownRoutes, notCarried } = imported(text);
  expect(Object.fromEntries(ownRoutes.map(({ name, rateLimit }) => [name, rateLimit?.requestsPerSecond]))).toEqual({ ra: 2, rb: 3, rc: 1 });
  expect(notCarried).toEqual([]);
});

describe("text that is no kong.yml", () => {
  const problem = (text: string) => {
    const result = importKong(text, release);
    return result.isRead ? undefined : result.problems[0];
  };

  test.each([
    ["", /nothing in it/, 1, 1],
    ["just words", /nothing in it/, 1, 1],
    ["_format_version: '9'\nservices: []", /1\.1, 2\.1 and 3\.0/, 1, 18],
    ["a: 1\na: 2", /no YAML: a name stands twice/, 2, 1],
    ["b:\n  - {x: 1, y: 2, x: 3}", /no YAML: a name stands twice/, 2, 18],
    ["services:\n  - name: [", /no YAML/, 2, 12],
    ["a: &a [x]\n---\nb: 1", /no YAML/, 2, 1],
    ["x".repeat(maxKongTextBytes + 1), /larger than 256 KiB/, 1, 1],
  ])("is refused with its place (%#)", (text, message, line, column) => {
    expect(problem(text)).toMatchObject({ message: expect.stringMatching(message) as string, line, column });
  });

  test("with more routes than a project can have is refused before it takes time", () => {
    const text = withService({ routes: Array.from({ length: 1001 }, (_, index) => ({ paths: [`/a${index}/`, `/b${index}/`] })) });
    expect(problem(text)?.message).toMatch(/2002 paths of routes, and 2000 are read/);
  });

  test("whose lists apply to each other without end is refused: plugins of a service with many routes, values of a route with many paths", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => index);
    const routes = many(1500).map((index) => ({ paths: [`/r${index}/`] }));
    const plugins = many(1500).map((index) => ({ name: `p${index}` }));
    const addresses = { name: "ip-restriction", config: { allow: many(3000).map((index) => `10.0.${index >> 8}.${index & 255}`) } };
    for (const text of [withService({ routes, plugins }), withService({ routes }, { plugins }), withService({ routes }, { plugins: [addresses] }), withService({ routes: [{ paths: routes.flatMap(({ paths }) => paths) }], plugins: [addresses] })]) {
      expect(text.length).toBeLessThan(maxKongTextBytes);
      expect(problem(text)?.message).toMatch(/apply to each other too often/);
    }
  });

  test("names a thousand things that could not be carried, and says how many there are beyond", () => {
    const { notCarried } = imported(JSON.stringify({ _format_version: "3.0", consumers: Array.from({ length: 1500 }, (_, index) => ({ username: `c${index}` })) }));
    expect([notCarried.length, notCarried.at(-1)?.what]).toEqual([1001, "500 more beside these"]);
  });

  test("is told from a large file whose parts stand side by side, which is read", () => {
    const services = Array.from({ length: 900 }, (_, index) => ({ name: `s${index}`, url: "http://functions:9000/", routes: [{ name: `r${index}`, paths: [`/s${index}/`] }] }));
    const plugins = services.flatMap(({ name }) => ["cors", "key-auth", "prometheus"].map((plugin) => ({ name: plugin, service: name })));
    expect(imported(JSON.stringify({ _format_version: "3.0", services, plugins })).ownRoutes).toHaveLength(900);
  });

  test("aliases that multiply and nesting without end are refused", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]", ..."bcdefgh".split("").map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefgh".charAt(index)}`).join(", ")}]`)].join("\n");
    expect(problem(bomb)?.message).toMatch(/aliases too often/);
    expect(problem(`a: ${"[".repeat(100_000)}`)?.message).toMatch(/in one another too deeply/);
    expect(problem("a: *nobody")).toBeDefined();
  });

  test("of any shape never throws, and what comes out is valid", () => {
    const arbValue: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 3 });
    const arbPlugin = fc.record({ name: fc.constantFrom("cors", "key-auth", "acl", "ip-restriction", "rate-limiting", "request-transformer", "request-termination", "oauth2", "post-function", "request-size-limiting"), config: fc.oneof(arbValue, fc.record({ allow: arbValue, second: arbValue, add: fc.record({ headers: fc.array(fc.string()) }), origins: fc.array(fc.string()) })) });
    const arbRoute = fc.record({ name: fc.oneof(fc.string(), arbValue), paths: fc.oneof(fc.array(fc.oneof(fc.string().map((text) => `/${text}`), fc.string(), fc.constantFrom("/auth/v1/verify", "/functions/v1/", "~/a(b", "/", "/a/b/"))), arbValue), methods: fc.oneof(fc.constantFrom(["GET"], []), arbValue), strip_path: fc.oneof(fc.boolean(), arbValue), plugins: fc.array(arbPlugin) });
    const arbService = fc.record({ name: fc.oneof(fc.string(), arbValue), url: fc.oneof(fc.constantFrom("http://functions:9000/", "https://a.example.com/b", "http://rest:3000", "ftp://a", "https://[::1]:99/", "https://u:p@a.example.com"), fc.string(), arbValue), routes: fc.oneof(fc.array(arbRoute), arbValue), plugins: fc.oneof(fc.array(arbPlugin), arbValue), read_timeout: fc.oneof(fc.integer(), fc.double(), arbValue) });
    const arbFile = fc.record({ _format_version: fc.constantFrom("1.1", "2.1", "3.0"), services: fc.oneof(fc.array(arbService), arbValue), routes: arbValue, plugins: fc.oneof(fc.array(arbPlugin), arbValue), consumers: arbValue });
    fc.assert(fc.property(arbFile, (file) => void imported(JSON.stringify(file))), { numRuns: 80 });
    fc.assert(fc.property(fc.string({ unit: "binary-ascii", maxLength: 200 }), (text) => void importKong(text, release)));
  });
});
