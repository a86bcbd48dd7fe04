import { execFileSync } from "node:child_process";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer, type Server } from "node:https";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { renderEnvoy, renderEnvoyForValidation, type RenderedEnvoy } from "./envoy";
import type { RouteConfigurationInput } from "./envoy-routes";
import { startEchoUpstreams, startEnvoy, validateEnvoy, type Echo, type Reply, type RunningEnvoy } from "./envoy-process.fixture";
import { callers, tryRequest, type Caller } from "./explain";
import { htpasswdLine } from "./htpasswd";
import { externalUpstream, pathOf, sampleOwnRoute } from "./own-route.fixture";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, parseGatewaySettings, type GatewaySettings, type OwnRoute } from "./route-model";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwtSecret = "a-secret-of-at-least-thirty-two-characters";
const jwks = JSON.stringify({ keys: [{ ...pair.publicKey.export({ format: "jwk" }), kid: "k1", alg: "ES256", use: "sig" }, { kty: "oct", k: Buffer.from(jwtSecret).toString("base64url"), alg: "HS256" }] });

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const userClaims = { sub: "user-1", aud: "authenticated", role: "authenticated", exp: inAnHour };
function es256(claims: object): string {
  const text = `${encode({ alg: "ES256", kid: "k1", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), { key: pair.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
function hs256(claims: object, secret = jwtSecret): string {
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

const keys = {
  anon: hs256({ role: "anon", exp: inAnHour }), serviceRole: hs256({ role: "service_role", exp: inAnHour }), publishable: ["sb_publishable_old", "sb_publishable_new"], secret: "sb_secret_one",
  anonToken: "i.anon.s", serviceRoleToken: "i.service.s", dashboardHtpasswd: `${htpasswdLine("ann", "pw-a")}\n${htpasswdLine("bob", "pw-b")}`,
};

/** An address of this machine that is not loopback: loopback is never an upstream. */
const hostAddress = Object.values(networkInterfaces()).flat().find((entry) => entry?.family === "IPv4" && !entry.internal)?.address ?? "";
const folder = mkdtempSync(join(tmpdir(), "basehold-ca-"));
let upstreams: Awaited<ReturnType<typeof startEchoUpstreams>>;
let outside: Server;
let outsidePort = 0;
let envoy: RunningEnvoy;
let attempts = 0;

const inside = (name: string, path: string, parts: Partial<OwnRoute> = {}) => sampleOwnRoute({ id: `own-${name}`, name, match: pathOf("prefix", path), ...parts });
const origin = (host: string) => `https://${host}:${outsidePort}`;
const noChanges = { set: [], remove: [] };

function settings(): GatewaySettings {
  const ownRoutes = [
    inside("listed", "/listed/", { ipAllow: ["203.0.113.0/24", "2001:db8::/32"] }),
    inside("per-ip", "/per-ip/", { rateLimit: { requestsPerSecond: 1, burst: 3, per: "ip" } }),
    inside("per-key", "/per-key/", { rateLimit: { requestsPerSecond: 1, burst: 2, per: "key" } }),
    inside("cors", "/cors/", { cors: { origins: ["https://app.example.com"], methods: ["GET"], headers: ["x-a"], allowsCredentials: true } }),
    inside("cookies", "/cookies/", { cors: { origins: ["https://app.example.com"], methods: [], headers: [], allowsCredentials: true } }),
    inside("user", "/user/", { access: "user-jwt" }),
    inside("opaque", "/opaque/", { access: "opaque-key" }),
    inside("service", "/service/", { access: "service-key", upstream: { kind: "service", service: "meta" } }),
    inside("login", "/login/", { access: "dashboard" }),
    inside("denied", "/denied/", { access: "denied" }),
    inside("headers", "/headers/", { requestHeaders: { set: [{ name: "x-set", value: "50%" }], remove: ["x-gone"] }, responseHeaders: { set: [{ name: "x-out", value: "1" }], remove: ["x-powered-by"] } }),
    inside("retry", "/retry/", { retryAttempts: 3 }),
    inside("once", "/once/", { retryAttempts: 0 }),
    inside("small", "/small/", { maxBodyBytes: 1000 }),
    inside("regex", "/regex", { match: pathOf("regex", "/v[0-9]+/ping"), rewrite: "/pong" }),
    inside("outside", "/outside/", { upstream: externalUpstream(origin("good.test")), requestHeaders: { set: [{ name: "authorization", value: "Bearer ours" }], remove: [] } }),
    inside("plain", "/plain/", { upstream: externalUpstream(origin("good.test")), access: "any-key" }),
    inside("trusting", "/trusting/", { upstream: externalUpstream(origin("good.test"), true), requestHeaders: noChanges }),
    inside("wrong-name", "/wrong-name/", { upstream: externalUpstream(origin("other.test")), retryAttempts: 0 }),
    inside("rebound", "/rebound/", { upstream: externalUpstream(origin("rebound.test")), retryAttempts: 0 }),
  ];
  return { ...defaultGatewaySettings, ownRoutes, mcp: { isOpen: true, ipAllow: ["203.0.113.7"], expiresAt: "2099-01-01T00:00:00Z", requiresServiceKey: false }, builtInOverrides: { "rest-v1-protected": { maxBodyBytes: 10 }, "storage-v1-all": { isClosed: true } } };
}

function input(parts: Partial<GatewaySettings> = {}): RouteConfigurationInput {
  const parsed = parseGatewaySettings({ ...settings(), ...parts });
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  const external = { addresses: { "good.test": [hostAddress], "other.test": [hostAddress], "rebound.test": ["127.0.0.1", "169.254.169.254", "10.0.0.1"] }, allowedNetworks: [`${hostAddress}/32`] };
  return { routes: effectiveRoutes(parsed.settings, { enabledServices: allServices, release: { restrictsMetaCors: true } }), keys, publicUrl: "http://127.0.0.1:8000", jwks, external, trustedHops: 1 };
}

/** The test's own authority in place of the image's. */
const trustOwnAuthority = <Part extends Pick<RenderedEnvoy, "cds">>(rendered: Part): Part => ({ ...rendered, cds: rendered.cds.replaceAll(/"filename": "[^"]*ca-certificates.crt"/g, `"inline_string": ${JSON.stringify(readFileSync(join(folder, "ca.pem"), "utf8"))}`) });

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
}

beforeAll(async () => {
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2");
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=good.test");
  writeFileSync(join(folder, "san.cnf"), "subjectAltName=DNS:good.test");
  openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "leaf.pem", "-days", "2", "-extfile", "san.cnf");
  outside = createTlsServer({ key: readFileSync(join(folder, "leaf.key")), cert: readFileSync(join(folder, "leaf.pem")) }, (request, response) => {
    response.end(JSON.stringify({ service: "outside", method: request.method, url: request.url, headers: request.headers }));
  });
  // A port that no upstream has on loopback: a test looks for it there.
  outsidePort = await freePort();
  await new Promise<void>((resolve) => outside.listen(outsidePort, hostAddress, resolve));
  upstreams = await startEchoUpstreams(({ url }) => {
    if (url.startsWith("/flaky")) return { status: (attempts += 1) % 3 === 0 ? 200 : 503 };
    return { status: 200, headers: { "x-powered-by": "x", "access-control-allow-origin": "*", "access-control-allow-credentials": "true" } };
  });
  envoy = await startEnvoy(trustOwnAuthority(renderEnvoy(input())), upstreams.ports);
});

afterAll(async () => {
  await envoy?.stop();
  upstreams?.stop();
  outside?.close();
  rmSync(folder, { recursive: true, force: true });
});

const status = async (path: string, headers: Record<string, string> = {}) => (await envoy.ask(path, { headers })).status;
const echoOf = (reply: Reply) => JSON.parse(reply.body) as Echo;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("Envoy's own checker takes the file with every policy in it, and refuses one with a policy that it does not know", async () => {
  const text = renderEnvoyForValidation(input());
  for (const part of ["RBACPerRoute", "LocalRateLimit", "CorsPolicy", "PerRouteConfig", "UpstreamTlsContext", "local_jwks"]) expect(text).toContain(part);
  expect(await validateEnvoy(text)).toBe("");
  expect(await validateEnvoy(text.replace("max_dynamic_descriptors", "max_dynamic_descriptor"))).not.toBe("");
});

test("keys that are no keys leave the gateway open for all else", async () => {
  for (const broken of ["", "[]", '{"keys":[]}', "nonsense"]) expect(await validateEnvoy(renderEnvoyForValidation({ ...input(), jwks: broken })), broken).toBe("");
});

test("an IP list counts the address that the proxy in front saw, not what the client claims", async () => {
  const from = (forwarded: string, path = "/listed/x") => status(path, { "x-forwarded-for": forwarded });
  expect([await from("203.0.113.7"), await from("2001:db8::1"), await from("198.51.100.1"), await status("/listed/x")]).toEqual([200, 200, 403, 403]);
  expect(await from("203.0.113.7, 198.51.100.1")).toBe(403);
  expect([await from("203.0.113.7", "/mcp"), await from("203.0.113.8", "/mcp"), await from("203.0.113.7", "/api/mcp")]).toEqual([200, 403, 403]);
});

test("a rate is counted per client address, and per key that the gateway knows", async () => {
  const burst = async (path: string, headers: Record<string, string>) => {
    const statuses: number[] = [];
    for (let index = 0; index < 8; index += 1) statuses.push(await status(path, headers));
    return statuses;
  };
  const first = await burst("/per-ip/x", { "x-forwarded-for": "198.51.100.1" });
  expect(first.slice(0, 3)).toEqual([200, 200, 200]);
  expect(first).toContain(429);
  expect(await status("/per-ip/x", { "x-forwarded-for": "198.51.100.2" })).toBe(200);
  expect(await burst("/per-key/x", { apikey: keys.secret })).toContain(429);
  expect(await status("/per-key/x", { apikey: "sb_publishable_new" })).toBe(200);
  const made = await Promise.all(Array.from({ length: 8 }, (_, index) => status("/per-key/x", { apikey: `made-up-${index}` })));
  expect(made, "invented keys share one bucket").toContain(429);
});

test("only the pages that a rule names may read answers, whatever the upstream says", async () => {
  const read = async (from: string) => (await envoy.ask("/cors/x", { headers: { origin: from } })).headers;
  expect(await read("https://app.example.com")).toMatchObject({ "access-control-allow-origin": "https://app.example.com", "access-control-allow-credentials": "true" });
  const other = await read("https://evil.example.com");
  expect([other["access-control-allow-origin"], other["access-control-allow-credentials"]]).toEqual([undefined, undefined]);
  const preflight = await envoy.ask("/cors/x", { method: "OPTIONS", headers: { origin: "https://app.example.com", "access-control-request-method": "GET" } });
  expect(preflight.headers).toMatchObject({ "access-control-allow-methods": "GET", "access-control-allow-headers": "x-a" });
});

test("pages that may send cookies may send what Supabase's clients send, each header by its name", async () => {
  const sent = { origin: "https://app.example.com", "access-control-request-method": "POST", "access-control-request-headers": "apikey,x-client-info" };
  const { headers } = await envoy.ask("/cookies/x", { method: "OPTIONS", headers: sent });
  const allowed = String(headers["access-control-allow-headers"]).split(",");
  expect([headers["access-control-allow-credentials"], allowed]).toEqual(["true", expect.arrayContaining(["authorization", "apikey", "content-type", "x-client-info"])]);
  const answer = await envoy.ask("/cookies/x", { headers: { origin: "https://app.example.com" } });
  expect([...allowed, ...String(answer.headers["access-control-expose-headers"]).split(",")]).not.toContain("*");
});

test("a signed-in user's token passes, signed either way; keys, strangers and old tokens do not", async () => {
  const ask = (token: string) => status("/user/x", { apikey: "sb_publishable_new", ...bearer(token) });
  expect([await ask(es256(userClaims)), await ask(hs256(userClaims)), await ask(es256({ ...userClaims, aud: ["x", "authenticated"] }))]).toEqual([200, 200, 200]);
  expect([await ask(hs256({ role: "anon", exp: inAnHour })), await ask(es256({ ...userClaims, role: "service_role" })), await ask(es256({ ...userClaims, sub: "" })), await ask(es256({ ...userClaims, aud: "x" }))]).toEqual([403, 403, 403, 403]);
  const tampered = es256(userClaims).split(".");
  for (const token of [hs256(userClaims, "another-secret-of-thirty-two-characters"), es256({ ...userClaims, exp: 1 }), [tampered[0], encode({ ...userClaims, sub: "x" }), tampered[2]].join("."), `${encode({ alg: "none" })}.${encode(userClaims)}.`, "sb_secret_one"]) expect(await ask(token)).toBe(401);
  expect([await status("/user/x"), await status(`/user/x?access_token=${es256(userClaims)}`)]).toEqual([401, 401]);
});

test("each kind of access lets in whom it names", async () => {
  const table = async (path: string) => Promise.all([{}, { apikey: keys.anon }, { apikey: "sb_publishable_old" }, { apikey: "sb_publishable_new" }, { apikey: keys.secret }, { apikey: keys.serviceRole }].map((headers) => status(path, headers as Record<string, string>)));
  expect(await table("/opaque/x")).toEqual([401, 401, 200, 200, 200, 401]);
  expect(await table("/service/x")).toEqual([401, 403, 403, 403, 200, 200]);
  expect(await table("/denied/x")).toEqual([403, 403, 403, 403, 403, 403]);
  expect(await table("/storage/v1/x")).toEqual([403, 403, 403, 403, 403, 403]);
  const login = await envoy.ask("/login/x", { headers: { authorization: `Basic ${Buffer.from("bob:pw-b").toString("base64")}` } });
  expect([login.status, echoOf(login).headers.authorization, await status("/login/x")]).toEqual([200, undefined, 401]);
});

test("what Try it says of each caller is what the gateway does", async () => {
  const withKey = (key: string) => ({ apikey: key, ...bearer(key) });
  const sent: Record<Caller, Record<string, string>> = {
    nobody: {}, anon: withKey(keys.anon), publishable: withKey("sb_publishable_new"), secret: withKey(keys.secret), service: withKey(keys.serviceRole),
    user: { apikey: "sb_publishable_new", ...bearer(es256(userClaims)) }, dashboard: { authorization: `Basic ${Buffer.from("ann:pw-a").toString("base64")}` },
  };
  const paths = ["/user/x", "/opaque/x", "/service/x", "/login/x", "/denied/x", "/listed/x", "/plain/x", "/headers/x", "/rest/v1/", "/rest/v1/x", "/pg/x", "/mcp", "/api/mcp", "/functions/v1/x", "/storage/v1/x", "/auth/v1/x", "/auth/v1/verify", "/realtime/v1/api/tenants/x", "/", "/pg%2fx", "/nowhere"];
  const { routes, publicUrl } = input();
  for (const path of paths) {
    for (const caller of callers) {
      const tried = tryRequest(routes, { method: "GET", target: path, headers: sent[caller] }, caller, { publicUrl, nowMs: Date.now(), clientAddress: "127.0.0.1" });
      const expected = tried.explanation.outcome === "rejected" ? 400 : (tried.verdict?.status ?? 200);
      expect(await status(path, sent[caller]), `${path} as ${caller}`).toBe(expected);
    }
  }
});

test("headers are set and taken off on both ways, and an expression's rewrite replaces the whole path", async () => {
  const reply = await envoy.ask("/headers/x", { headers: { "x-gone": "1", "x-set": "client" } });
  expect(echoOf(reply).headers).toMatchObject({ "x-set": "50%" });
  expect([echoOf(reply).headers["x-gone"], reply.headers["x-out"], reply.headers["x-powered-by"]]).toEqual([undefined, "1", undefined]);
  expect(echoOf(await envoy.ask("/v2/ping?a=1")).url).toBe("/pong?a=1");
});

test("a 503 is tried again for safe methods alone, and nobody outside can ask for it", async () => {
  attempts = 0;
  expect([(await envoy.ask("/retry/flaky")).status, attempts]).toEqual([200, 3]);
  attempts = 0;
  expect([(await envoy.ask("/retry/flaky", { method: "POST", body: "x" })).status, attempts]).toEqual([503, 1]);
  attempts = 0;
  const asking = { "x-envoy-retry-on": "5xx", "x-envoy-max-retries": "5", "x-envoy-retriable-status-codes": "503" };
  expect([await status("/once/flaky", asking), attempts]).toEqual([503, 1]);
});

test("a body is as large as the route takes, declared or not", async () => {
  const post = async (size: number, isDeclared: boolean, path = "/small/x") => {
    const headers: Record<string, string> = isDeclared ? { "content-length": String(size) } : { "transfer-encoding": "chunked" };
    return (await envoy.ask(path, { method: "POST", headers: { apikey: keys.secret, ...headers }, body: Buffer.alloc(size) })).status;
  };
  expect([await post(1000, true), await post(1001, true), await post(1000, false), await post(1001, false), await post(60_000, false)]).toEqual([200, 413, 200, 413, 413]);
  expect([await post(10, true, "/rest/v1/x"), await post(11, true, "/rest/v1/x"), await status("/small/x")]).toEqual([200, 413, 200]);
});

test("nothing of the caller's leaves for an external origin unless it was asked for", async () => {
  const headers = { apikey: keys.secret, authorization: "Bearer user.own.token", cookie: "a=1; basehold.session=x", "x-kept": "1" };
  const plain = echoOf(await envoy.ask("/plain/x?a=1&apikey=sb_secret_one&%61pikey=sb_secret_one", { headers }));
  expect(plain).toMatchObject({ service: "outside", url: "/x?a=1", headers: { host: `good.test:${outsidePort}`, "x-kept": "1" } });
  expect([plain.headers.apikey, plain.headers.authorization, plain.headers.cookie, plain.headers["x-api-key"]]).toEqual([undefined, undefined, undefined, undefined]);
  expect(await status("/plain/x")).toBe(401);
  expect(echoOf(await envoy.ask("/outside/x", { headers })).headers).toMatchObject({ authorization: "Bearer ours" });
  const trusting = echoOf(await envoy.ask("/trusting/x", { headers }));
  expect(trusting.headers).toMatchObject({ apikey: keys.secret, authorization: "Bearer user.own.token", cookie: "a=1" });
  expect(JSON.stringify([plain, trusting])).not.toContain(keys.serviceRoleToken);
});

test("an external origin with another name in its certificate, or that leads inside, is not reached", async () => {
  expect(await status("/wrong-name/x")).toBe(503);
  expect(await status("/rebound/x")).toBe(503);
  const clusters = await envoy.admin("/clusters");
  for (const address of ["127.0.0.1:" + String(outsidePort), "169.254.169.254", "10.0.0.1"]) expect(clusters).not.toContain(address);
});

test("an MCP opening ends by the gateway's own clock", async () => {
  const ended = renderEnvoy(input({ mcp: { isOpen: true, ipAllow: ["203.0.113.7"], expiresAt: "2020-01-01T00:00:00Z", requiresServiceKey: false } }));
  await envoy.apply(trustOwnAuthority(ended));
  expect(await status("/mcp", { "x-forwarded-for": "203.0.113.7" })).toBe(403);
  await envoy.apply(trustOwnAuthority(renderEnvoy(input())));
});

test("without the project's keys a route for signed-in users refuses everybody, and a switched-off legacy key is unknown", async () => {
  const { jwks: _, ...withoutKeys } = input();
  await envoy.apply(trustOwnAuthority(renderEnvoy({ ...withoutKeys, keys: { ...keys, anon: null } })));
  expect(await status("/rest/v1/x", { apikey: keys.anon })).toBe(401);
  await expect.poll(() => status("/user/x", bearer(es256(userClaims))), { timeout: 20_000 }).toBe(403);
  await envoy.apply(trustOwnAuthority(renderEnvoy(input())));
  await expect.poll(() => status("/user/x", bearer(es256(userClaims))), { timeout: 20_000 }).toBe(200);
});

test("the log says which kind of key was sent and never which", async () => {
  const kinds = () => new Set(envoy.log().split("\n").filter((line) => line.startsWith("{")).map((line) => (JSON.parse(line) as { key: string | null }).key ?? "none"));
  await expect.poll(() => [...kinds()].sort(), { timeout: 20_000 }).toEqual(["legacy-anon", "legacy-service", "none", "publishable", "secret"]);
  for (const key of [keys.anon, keys.secret, ...keys.publishable]) expect(envoy.log()).not.toContain(key);
});
