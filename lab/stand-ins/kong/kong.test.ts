import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { authorizationTemplate, templateLiteral } from "@/lib/gateway/kong-lua";
import { upstreamKongYaml } from "@/lib/gateway/kong-upstream.fixture";
import { jwt } from "./authentication";
import { credentialsOf } from "./credentials";
import { DeclarativeError, parseDeclarative } from "./declarative";
import { readEnvironment } from "./environment";
import { askedFor } from "./asked.fixture";
import { route, type Exchange } from "./exchange";
import { compileExpression } from "./expression";
import { normalizeKongPath, upstreamPath } from "./path";
import { pluginSchemas } from "./plugin-schemas";
import { declarativeSchema } from "./schema";
import { compileTemplate } from "./template";
import type { LuaTable, LuaValue } from "./lua";

const options = { enabledPlugins: Object.keys(pluginSchemas), flavor: "expressions" as const };
const table = (values: Record<string, LuaValue>): LuaTable => ({ get: (name) => values[name] });
const environment = (headers: Record<string, LuaValue>, query: Record<string, LuaValue> = {}) => table({ headers: table(headers), query_params: table(query) });

const withPlugin = (name: string, config: unknown) => JSON.stringify({ _format_version: "3.0", services: [{ name: "a", url: "http://a:1/", routes: [{ name: "r", paths: ["/"], plugins: [{ name, config }] }] }] });
const problemOf = (text: string, changed = options) => {
  try {
    parseDeclarative(text, changed);
    return undefined;
  } catch (error) {
    if (error instanceof DeclarativeError) return error.message;
    throw error;
  }
};

describe("what is refused, as by Kong", () => {
  test.each([
    ["a plugin that nobody has", withPlugin("key-author", {}), /plugin 'key-author' not enabled/],
    ["a field that the plugin lacks", withPlugin("cors", { origin: ["*"] }), /in 'origin': unknown field/],
    ["a value of the wrong kind", withPlugin("rate-limiting", { second: "5" }), /in 'second': expected a number/],
    ["a limit without a number", withPlugin("rate-limiting", { policy: "local" }), /at least one of these fields/],
    ["a longer period with a lower limit", withPlugin("rate-limiting", { second: 10, minute: 5 }), /lower than the limit/],
    ["an access list with both kinds", withPlugin("acl", { allow: ["a"], deny: ["b"] }), /exactly one of these fields/],
    ["a header's name that request-transformer does not take", withPlugin("request-transformer", { remove: { headers: ["X.Gone"] } }), /in entry 1 of 'headers': 'X\.Gone' is not a valid header/],
    ["a header without a value", withPlugin("request-transformer", { add: { headers: ["x-a"] } }), /invalid value: x-a/],
    ["a template that is no Lua", withPlugin("request-transformer", { add: { headers: ["a:$(os.exit(]))"] } }), /not in supported format/],
    ["Lua that it does not know", withPlugin("post-function", { access: ["os.exit()"] }), /does not know/],
    ["an unknown field of a service", JSON.stringify({ _format_version: "3.0", services: [{ name: "a", host: "a", retry: 1 }] }), /in 'retry': unknown field/],
    ["an unknown format", JSON.stringify({ _format_version: "4.0" }), /in '_format_version': expected one of: 1\.1, 2\.1, 3\.0/],
    ["two routes of one name", JSON.stringify({ _format_version: "3.0", routes: [{ name: "r", paths: ["/a"] }, { name: "r", paths: ["/b"] }] }), /uniqueness violation/],
    ["an expression beside paths", JSON.stringify({ _format_version: "3.0", routes: [{ name: "r", paths: ["/a"], expression: 'http.path == "/"' }] }), /cannot set 'expression' with/],
    ["an expression that is none", JSON.stringify({ _format_version: "3.0", routes: [{ name: "r", expression: "http.path = /" }] }), /failed validation/],
    ["a field that the router lacks", JSON.stringify({ _format_version: "3.0", routes: [{ name: "r", expression: 'http.cookie == "a"' }] }), /Unknown LHS field/],
    ["text that is no YAML", "services: [", /failed parsing/],
  ])("%s", (_, text, message) => {
    expect(problemOf(text)).toMatch(message);
  });

  test("a plugin that the settings do not name, and an expression under the other flavour", () => {
    expect(problemOf(withPlugin("cors", {}), { ...options, enabledPlugins: ["acl"] })).toMatch(/add it to the 'plugins'/);
    expect(problemOf(JSON.stringify({ _format_version: "3.0", routes: [{ name: "r", expression: 'http.path == "/"' }] }), { ...options, flavor: "traditional_compatible" as never })).toMatch(/expression/);
  });

  test("settings that ask for what it does not do", () => {
    expect(() => readEnvironment({ KONG_DATABASE: "postgres" })).toThrow(/KONG_DATABASE/);
    expect(() => readEnvironment({ KONG_DATABASE: "off", KONG_PLUGINS: "bundled,openid-connect" })).toThrow(/openid-connect/);
  });
});

describe("upstream's own file", () => {
  const configuration = parseDeclarative(upstreamKongYaml(), options);
  const routeOf = (path: string) => route(configuration, askedFor(path), { portMap: new Map(), tellsRequestId: true }, "id")?.route.name;

  test("is taken, and its routes are told apart by the length of their paths", () => {
    expect(["/auth/v1/verify", "/auth/v1/user", "/rest/v1/x", "/realtime/v1/api/tenants/a", "/realtime/v1/websocket", "/mcp", "/x"].map(routeOf)).toEqual([
      "auth-v1-open", "auth-v1-all", "rest-v1-all", "realtime-v1-rest-tenants", "realtime-v1-ws", "mcp", "dashboard-all",
    ]);
  });
});

describe("templates", () => {
  const keys = { publishable: ["sb_publishable_a"], secret: ["sb_secret_b"], anonToken: "anon.t", serviceRoleToken: "service.t" };
  const authorization = (headers: Record<string, LuaValue>, query = {}) => compileTemplate(authorizationTemplate(keys))(environment(headers, query));

  test("give the authorization that upstream's expression gives", () => {
    expect(authorization({ apikey: "sb_secret_b" })).toBe("Bearer service.t");
    expect(authorization({ apikey: "sb_publishable_a", authorization: "Bearer sb_publishable_a" })).toBe("Bearer anon.t");
    expect(authorization({ apikey: "sb_publishable_a", authorization: "Bearer user" })).toBe("Bearer user");
    expect(authorization({ apikey: "legacy" })).toBe("Bearer legacy");
    expect(authorization({}, { apikey: "sb_secret_b" })).toBe("Bearer service.t");
    expect(authorization({})).toBe("");
    expect(authorization({ apikey: ["a", "b"], authorization: ["c", "d"] })).toBe("");
  });

  test("keep the text of a literal, whatever it is", () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 30 }), fc.constantFrom("$é", ":日本$(1)")), (text) => compileTemplate(templateLiteral(text))(environment({})) === text));
  });
});

describe("paths", () => {
  test("are normalised and joined as path_handling v0 says", () => {
    expect(["/a/../b", "//a//b", "/%61%2fb", "/a%20b", "/a/.", "/a//../b", "/"].map(normalizeKongPath)).toEqual(["/b", "/a/b", "/a%2Fb", "/a b", "/a/", "/b", "/"]);
    expect([upstreamPath("/", "/auth/v1/user", "/auth/v1/"), upstreamPath("/verify", "/auth/v1/verify", "/auth/v1/verify"), upstreamPath("/verify", "/auth/v1/verifyx", "/auth/v1/verify"), upstreamPath("/api", "/realtime/v1/api/ping", "/realtime/v1/api"), upstreamPath("/", "/x", undefined)]).toEqual(["/user", "/verify", "/verify/x", "/api/ping", "/x"]);
  });
});

describe("expressions", () => {
  test("with several values of a header ask for all, or with any() for one", () => {
    const context = { fieldValues: (field: string) => (field === "http.headers.x_a" ? ["one", "two"] : undefined) };
    const holds = (source: string) => compileExpression(source)(context, {});
    expect([holds('http.headers.x_a == "one"'), holds('any(http.headers.x_a) == "one"'), holds('http.headers.x_a ^= ""'), holds('http.headers.x_b ^= ""'), holds('!(http.headers.x_b ^= "") && http.headers.x_a ~ r#"^(one|two)$"#')]).toEqual([false, true, true, false, true]);
  });
});

describe("tokens of signed-in users", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = pair.publicKey.export({ type: "spki", format: "pem" }) as string;
  const credentials = credentialsOf(declarativeSchema.parse({ _format_version: "3.0", consumers: [{ username: "user", jwt_secrets: [{ key: "one", algorithm: "ES256", rsa_public_key: pem }, { key: "two", secret: "s" }] }] }));
  const config = pluginSchemas.jwt.parse({ key_claim_name: "kid", claims_to_verify: ["exp"], maximum_expiration: 1000, uri_param_names: [] });
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = (header: object, claims: object) => {
    const text = `${part({ typ: "JWT", ...header })}.${part(claims)}`;
    return `${text}.${sign("sha256", Buffer.from(text), { key: pair.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };
  const statusOf = (authorization: string) => {
    const request = askedFor("/", { headers: [["Authorization", authorization]] });
    const exchange: Exchange = { asked: request, route: { name: "r", matcher: { rank: [], fields: [], compare: () => 0, matches: () => true }, stripsPath: false, preservesHost: false, upstream: undefined, plugins: {} }, identity: undefined, isCorsDone: false, isConsumerHidden: false, upstream: { path: "/", query: "", headers: new Map() }, requestId: "" };
    return jwt(exchange, config, credentials, 5000)?.status ?? 200;
  };

  test("pass with the key that their header names, and not when they are expired, forged, long-lived or signed otherwise", () => {
    const good = signed({ alg: "ES256", kid: "one" }, { exp: 5500 });
    const text = `${part({ alg: "HS256", kid: "one" })}.${part({ exp: 5500 })}`;
    const confused = `${text}.${createHmac("sha256", pem).update(text).digest("base64url")}`;
    expect([good, signed({ alg: "ES256", kid: "one" }, { exp: 4000 }), signed({ alg: "ES256", kid: "one" }, {}), signed({ alg: "ES256", kid: "one" }, { exp: 9000 }), signed({ alg: "ES256", kid: "other" }, { exp: 5500 }), `${good.slice(0, -8)}AAAAAAAA`, confused, "x"].map((token) => statusOf(`Bearer ${token}`))).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
  });
});
