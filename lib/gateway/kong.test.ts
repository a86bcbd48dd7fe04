import { createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { releases } from "@/lib/stack/releases";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { renderKong } from "./kong";
import { consumers, readJwks, type KongKeys } from "./kong-consumers";
import { findRustDifference, toExpression, toKongPath } from "./kong-expressions";
import { luaString, templateLiteral } from "./kong-lua";
import { externalUpstream, pathOf, sampleOwnRoute } from "./own-route.fixture";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, type GatewaySettings } from "./route-model";

const keys: KongKeys = {
  anon: "anon.legacy.token", serviceRole: "service.legacy.token", publishable: ["sb_publishable_one"], secret: ["sb_secret_one"], revoked: [], anonToken: "anon.internal.token", serviceRoleToken: "service.internal.token",
  dashboardUsers: [{ username: "supabase", password: "dashboard-password" }], jwks: '{"keys":[]}',
};
const publicUrl = "https://project.example.com";
const optionsOf = (restrictsMetaCors = true) => ({ enabledServices: allServices, release: { restrictsMetaCors } });

type Document = { services: { name: string; host: string; protocol: string; port: number; read_timeout: number; routes: { name: string; priority: number; plugins: { name: string; config: Record<string, unknown> }[] }[] }[]; routes: { name: string; priority: number }[] };
const documentOf = (settings: Partial<GatewaySettings>) => JSON.parse(renderKong({ routes: effectiveRoutes({ ...defaultGatewaySettings, ...settings }, optionsOf()), keys, publicUrl }).config) as Document;

describe("the document for Kong", () => {
  test.each(releases.map((release) => [release.name, release] as const))("of %s without settings is the one on file", async (name, release) => {
    const routes = effectiveRoutes(defaultGatewaySettings, { enabledServices: allServices, release });
    await expect(renderKong({ routes, keys, publicUrl }).config).toMatchFileSnapshot(`./golden/kong-${name}.json`);
  });

  test("gives every route a priority of its own, in the table's order, below the refusal of hidden slashes", () => {
    const ownRoutes = Array.from({ length: 20 }, (_, index) => sampleOwnRoute({ id: `own-${index}`, name: `${index}`, access: index % 3 === 0 ? "denied" : "open", position: { side: index % 2 === 0 ? "above" : "below", order: index } }));
    const { services, routes } = documentOf({ ownRoutes });
    const names = [...services.flatMap((service) => service.routes), ...routes].sort((one, other) => other.priority - one.priority).map(({ name }) => name);
    expect(names).toEqual(["hidden-slashes", ...effectiveRoutes({ ...defaultGatewaySettings, ownRoutes }, optionsOf()).map(({ id }) => id)]);
  });

  test("changes its version with its content and with nothing else", () => {
    const render = (changed: Partial<KongKeys>) => renderKong({ routes: effectiveRoutes(defaultGatewaySettings, optionsOf()), keys: { ...keys, ...changed }, publicUrl }).version;
    expect(render({})).toBe(render({}));
    expect(render({ publishable: ["sb_publishable_two"] })).not.toBe(render({}));
  });

  test("sends neither keys nor internal tokens outside, asked for or not", () => {
    const outside = (forwardsCredentials: boolean) => documentOf({ ownRoutes: [sampleOwnRoute({ upstream: externalUpstream("https://api.example.com:8443", forwardsCredentials), access: "any-key" })] }).services[0];
    const kept = outside(false)?.routes[0]?.plugins.find(({ name }) => name === "request-transformer");
    expect(kept?.config).toMatchObject({ remove: { headers: expect.arrayContaining(["apikey", "authorization", "cookie", "x-api-key"]) as unknown, querystring: ["apikey"] } });
    for (const forwards of [true, false]) expect(JSON.stringify(outside(forwards))).not.toContain("internal.token");
    expect(outside(false)).toMatchObject({ protocol: "https", host: "api.example.com", port: 8443 });
  });

  test("without a page of another origin lets no page in, where an empty list would let in all", () => {
    const cors = { origins: [], methods: [], headers: [], allowsCredentials: false };
    const plugin = documentOf({ ownRoutes: [sampleOwnRoute({ cors })] }).services[0]?.routes[0]?.plugins.find(({ name }) => name === "cors");
    expect(plugin?.config.origins).toEqual(["https://no-origin.invalid"]);
  });

  test("leaves a key out that is switched off", () => {
    expect(consumers({ ...keys, anon: null, serviceRole: null }).map(({ username }) => username)).toEqual(["publishable", "secret", "dashboard"]);
  });

  test("refuses a key that is switched off on every route, also those with a program of their own", () => {
    const settings: GatewaySettings = { ...defaultGatewaySettings, mcp: { isOpen: true, ipAllow: ["203.0.113.7"], expiresAt: "2027-01-01T00:00:00Z", requiresServiceKey: false } };
    const programs = (revoked: string[]) => {
      const { services, plugins } = JSON.parse(renderKong({ routes: effectiveRoutes(settings, optionsOf()), keys: { ...keys, revoked }, publicUrl }).config) as Document & { plugins: { name: string; config: { access?: string[] } }[] };
      return [...plugins, ...services.flatMap(({ routes }) => routes.flatMap((route) => route.plugins))].filter(({ name }) => name === "post-function").map(({ config }) => (config.access as string[]).some((text) => text.includes("holds_revoked")));
    };
    expect(programs(["old.legacy.key"])).toEqual([true, true]);
    expect(programs([])).toEqual([false, false]);
  });
});

describe("text that reaches Lua or the router", () => {
  test("stays text, whatever is in it", () => {
    fc.assert(fc.property(fc.string({ unit: "binary-ascii", maxLength: 40 }), (text) => {
      return /^"(?:[A-Za-z0-9._:/ -]|\\\d{3})*"$/.test(luaString(text));
    }));
    expect(luaString('a") .. os.exit() .. ("')).not.toMatch(/[()]/);
    expect(templateLiteral("$(os.exit())")).toBe('$("\\036\\040os.exit\\040\\041\\041")');
    expect(templateLiteral("plain #1")).toBe("plain #1");
  });

  test("paths are compared as Kong normalises them", () => {
    expect([toKongPath("/a%20b"), toKongPath("/%c3%a9"), toKongPath("/a%3ab"), toKongPath("/100%"), toKongPath("/%ff")]).toEqual(["/a b", "/é", "/a%3Ab", "/100%", undefined]);
  });

  test("an expression cannot be left by a quote or a backslash", () => {
    const expression = toExpression({ kind: "prefix", path: "/", headers: [{ name: "x-a", kind: "exact", value: '" || http.path ^= "\\' }] });
    expect(expression).toBe('http.path ^= "/" && http.headers.x_a == "\\" || http.path ^= \\"\\\\"');
  });

  test("names where Rust reads a regular expression otherwise than RE2", () => {
    for (const source of ["\\Qa.b\\E", "/\\101", "/[[a]]", "/[a&&b]", "/\\d+"]) expect(findRustDifference(source)?.isImpossible, source).toBe(source !== "/\\d+");
    for (const source of ["/orders/[0-9]+", "/a(b|c)*", "/[[:alpha:]]+", "(?i)/x", "/a\\.b", "/[^/]+"]) expect(findRustDifference(source), source).toBeUndefined();
  });
});

describe("keys that verify signed-in users", () => {
  test("are the PEM of the JWK, for both kinds of key", () => {
    for (const pair of [generateKeyPairSync("ec", { namedCurve: "P-256" }), generateKeyPairSync("rsa", { modulusLength: 2048 })]) {
      const jwk = pair.publicKey.export({ format: "jwk" });
      const [credential] = readJwks(JSON.stringify({ keys: [{ ...jwk, kid: "one" }] }));
      expect(createPublicKey(credential?.rsa_public_key ?? "").export({ format: "jwk" })).toEqual(jwk);
      expect(credential?.algorithm).toBe(jwk.kty === "EC" ? "ES256" : "RS256");
    }
  });

  test("are none of a document that holds no usable one", () => {
    for (const jwks of ["", "[]", '{"keys":7}', '{"keys":[null,{"kty":"oct","k":"x","kid":"a"},{"kty":"EC","crv":"P-256","x":"?","y":"","kid":"b"}]}']) expect(readJwks(jwks)).toEqual([]);
  });

  test("a route for signed-in users takes no API key that is a token", () => {
    const jwt = documentOf({ ownRoutes: [sampleOwnRoute({ access: "user-jwt" })] }).services[0]?.routes[0]?.plugins.find(({ name }) => name === "jwt");
    expect(jwt?.config).toMatchObject({ key_claim_name: "kid", claims_to_verify: ["exp"], maximum_expiration: 604_800, uri_param_names: [] });
  });
});

test("a path condition keeps what its kind means", () => {
  const kinds = (["exact", "prefix", "regex"] as const).map((kind) => toExpression({ kind, path: pathOf(kind, "/a").path.value }));
  expect(kinds).toEqual(['http.path == "/a"', 'http.path ^= "/a"', 'http.path ~ "^(?:/a)$"']);
});
