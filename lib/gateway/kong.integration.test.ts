import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { Secret } from "@/lib/stack/secret-value";
import type { ServiceName } from "@/lib/stack/desired";
import { parseAccessLog, type KeyKind } from "./access-log";
import { contractRequests, judgeContract, prepareRequest, type ContractAnswer, type ContractRequest } from "./contract";
import { renderKong } from "./kong";
import type { KongKeys } from "./kong-consumers";
import { readKongMetrics } from "./kong-metrics";
import { sampleKeys, startKong, type Echo, type RunningKong } from "@/lab/stand-ins/kong/running-kong.fixture";
import { freePort, send, type Reply } from "./envoy-process.fixture";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { effectiveRoutes } from "./precedence";
import { adaptContract } from "./route-probes";
import { defaultGatewaySettings, type GatewaySettings } from "./route-model";

const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const publicUrl = "http://127.0.0.1:8123";
const configOf = (settings: Partial<GatewaySettings> = {}, enabledServices: readonly ServiceName[] = allServices, keys: KongKeys = sampleKeys) =>
  renderKong({ routes: effectiveRoutes({ ...defaultGatewaySettings, ...settings }, { ...options, enabledServices }), keys, publicUrl }).config;
const config = configOf();

const credentials = {
  anonKey: new Secret(sampleKeys.anon), serviceRoleKey: new Secret(sampleKeys.serviceRole), publishableKey: new Secret(sampleKeys.publishable[0] ?? ""), secretKey: new Secret(sampleKeys.secret[0] ?? ""),
  dashboardUsername: new Secret("supabase"), dashboardPassword: new Secret("dashboard4password"),
};
const [publishable = "", secret = ""] = [sampleKeys.publishable[0], sampleKeys.secret[0]];
const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
const echoOf = (reply: Reply) => JSON.parse(reply.body) as Echo;

let kong: RunningKong;

beforeAll(async () => {
  kong = await startKong(config);
});

afterAll(() => kong.stop());

async function answer(request: ContractRequest): Promise<ContractAnswer> {
  const prepared = prepareRequest(request, credentials);
  const reply = await kong.ask(prepared.path, { method: prepared.method, headers: { ...prepared.headers, ...(prepared.isWebSocket ? upgrade : {}) }, body: prepared.body });
  return { status: reply.status, bodySnippet: reply.body.slice(0, 2000), durationMs: 0 };
}

async function failedRequests(enabledServices: readonly ServiceName[]): Promise<string[]> {
  const requests = contractRequests({ enabledServices, release: "v0.8.2", gateway: "kong" });
  const results = judgeContract(await Promise.all(requests.map(async (request) => ({ request, answer: await answer(request) }))));
  return results.filter(({ isPassed }) => !isPassed).map(({ id, expected, received }) => `${id}: ${expected} / ${received}`);
}

/** With a document of its own in force, and the default one again afterwards. */
async function whileApplied(text: string, prove: () => Promise<void>): Promise<void> {
  const applied = await kong.apply(text);
  expect(applied.status, applied.body).toBe(201);
  try {
    await prove();
  } finally {
    await kong.apply(config);
  }
}

describe("the lab's Kong with the rendered document", () => {
  test("gives every request of the contract the answer it must get", async () => {
    expect(await failedRequests(allServices)).toEqual([]);
  });

  test("says what a project with few services runs without", async () => {
    const few: ServiceName[] = ["db", "api-gw", "auth", "rest"];
    await whileApplied(configOf({}, few), async () => expect(await failedRequests(few)).toEqual([]));
  });

  test.each(["auth", "rest", "realtime", "storage", "meta", "functions", "studio"] as const)("answers the contract of a project without %s", async (left) => {
    const services = allServices.filter((name) => name !== left);
    await whileApplied(configOf({}, services), async () => expect(await failedRequests(services)).toEqual([]));
  });

  test("a service that does not run fails on its own routes only", async () => {
    const port = String(await freePort());
    const stopped = kong.place(config).replaceAll(/"name":"storage-v1-all","protocol":"http","host":"127\.0\.0\.1","port":\d+/g, `"name":"storage-v1-all","protocol":"http","host":"127.0.0.1","port":${port}`);
    await whileApplied(stopped, async () => {
      expect((await kong.ask("/storage/v1/bucket")).status).toBe(502);
      expect((await kong.ask("/auth/v1/verify")).status).toBe(200);
    });
  });

  test("a large body arrives whole, in both directions", async () => {
    const body = "0123456789abcdef".repeat(200_000);
    const echo = echoOf(await kong.ask("/functions/v1/upload", { method: "POST", body }));
    expect(echo.body.length).toBe(body.length);
    expect(echoOf(await kong.ask("/functions/v1/upload", { method: "POST", headers: { "transfer-encoding": "chunked" }, body })).body === body).toBe(true);
  });

  test("no request fails while documents change under it", async () => {
    const statuses = new Set<number>();
    let isDone = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!isDone) statuses.add((await kong.ask("/auth/v1/verify")).status);
    });
    for (let turn = 0; turn < 10; turn++) {
      const ownRoutes = [sampleOwnRoute({ id: `own-${turn}`, name: `${turn}` })];
      expect((await kong.apply(configOf({ ownRoutes }))).status).toBe(201);
    }
    isDone = true;
    await Promise.all(clients);
    expect([...statuses]).toEqual([200]);
    await kong.apply(config);
  });

  test("a client that leaves in the middle of its request leaves the others served", async () => {
    const small = sampleOwnRoute({ id: "own-small", name: "small", match: pathOf("prefix", "/small/"), maxBodyBytes: 1000 });
    const leave = (head: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(kong.port, "127.0.0.1", () => socket.write(`POST ${head}\r\nhost: a\r\n`, () => socket.write("\r\n5\r\nabc", () => socket.destroy())));
        socket.on("close", () => resolve());
      });
    await whileApplied(configOf({ ownRoutes: [small] }), async () => {
      for (const head of ["/small/a HTTP/1.1\r\ntransfer-encoding: chunked", "/functions/v1/a HTTP/1.1\r\ntransfer-encoding: chunked", "/functions/v1/a HTTP/1.1\r\ncontent-length: 5000", "/rest/v1/a HTTP/1.1\r\ncontent-length: 5000"]) await leave(head);
      await leave("/realtime/v1/websocket?apikey=x HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket");
      expect((await kong.ask("/auth/v1/verify")).status).toBe(200);
    });
  });

  test("behind a proxy that it was told to trust, the client is the one behind it", async () => {
    const own = sampleOwnRoute({ id: "own-closed", name: "closed", match: pathOf("prefix", "/closed/"), ipAllow: ["203.0.113.0/24"] });
    const behind = await startKong(configOf({ ownRoutes: [own] }), { KONG_TRUSTED_IPS: "127.0.0.0/8" });
    const ask = (forwarded: string) => behind.ask("/closed/a", { headers: { "x-forwarded-for": forwarded, "x-forwarded-proto": "https", "x-forwarded-host": "api.example.com" } });
    expect((await ask("203.0.113.7")).status).toBe(200);
    expect((await ask("203.0.113.7, 198.51.100.1")).status).toBe(403);
    expect(echoOf(await ask("203.0.113.7")).headers).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-host": "api.example.com" });
    await behind.stop();
  });

  test("its command line checks a file, says whether it runs, and names what it does not have", async () => {
    const file = join(kong.folder, "broken.json");
    writeFileSync(file, config.replace('"acl"', '"acid"'));
    const [good, broken] = [await kong.command("config", "parse", join(kong.folder, "kong.json")), await kong.command("config", "parse", file)];
    expect([good.exitCode, good.output.trim(), broken.exitCode]).toEqual([0, "parse successful", 1]);
    expect(broken.output).toContain("plugin 'acid' not enabled");
    expect((await kong.command("health")).exitCode).toBe(0);
    expect((await kong.command("migrations")).exitCode).toBe(1);
  });

  test("exchanges opaque keys for internal tokens, keeps a user's own token and sends legacy keys on", async () => {
    const anon = echoOf(await kong.ask("/rest/v1/todos?select=id", { headers: { apikey: publishable, authorization: `Bearer ${publishable}` } }));
    expect(anon).toMatchObject({ service: "rest", url: "/todos?select=id", headers: { apikey: sampleKeys.anonToken, authorization: `Bearer ${sampleKeys.anonToken}` } });
    expect(echoOf(await kong.ask("/rest/v1/", { headers: { apikey: secret } }))).toMatchObject({ url: "/", headers: { authorization: `Bearer ${sampleKeys.serviceRoleToken}` } });
    const user = echoOf(await kong.ask("/rest/v1/todos", { headers: { apikey: publishable, authorization: "Bearer user.own.token" } }));
    expect(user.headers).toMatchObject({ apikey: sampleKeys.anonToken, authorization: "Bearer user.own.token" });
    expect(echoOf(await kong.ask("/rest/v1/todos", { headers: { apikey: sampleKeys.anon } })).headers).toMatchObject({ apikey: sampleKeys.anon, authorization: `Bearer ${sampleKeys.anon}` });
    const inQuery = echoOf(await kong.ask(`/auth/v1/user?apikey=${publishable}`));
    expect(inQuery.headers).toMatchObject({ apikey: sampleKeys.anonToken, authorization: `Bearer ${sampleKeys.anonToken}` });
  });

  test("takes no internal token, no two keys at once and no empty key from outside", async () => {
    for (const apikey of [sampleKeys.anonToken, sampleKeys.serviceRoleToken, "", [publishable, secret]]) expect((await kong.ask("/rest/v1/todos", { headers: { apikey } })).status).toBe(401);
    expect((await kong.ask("/pg/query", { headers: { apikey: sampleKeys.serviceRoleToken } })).status).toBe(401);
  });

  test("leaves a function's key headers and an S3 signature alone, and sends Storage no empty authorization", async () => {
    const call = echoOf(await kong.ask("/functions/v1/hello/deep?apikey=x", { headers: { apikey: secret, authorization: "Bearer sb_secret_x" } }));
    expect(call).toMatchObject({ service: "functions", url: "/hello/deep?apikey=x", headers: { apikey: secret, authorization: "Bearer sb_secret_x" } });
    const signed = echoOf(await kong.ask("/storage/v1/s3/bucket", { headers: { authorization: "AWS4-HMAC-SHA256 Credential=x" } }));
    expect(signed).toMatchObject({ url: "/s3/bucket", headers: { authorization: "AWS4-HMAC-SHA256 Credential=x" } });
    const presigned = echoOf(await kong.ask("/storage/v1/s3/bucket?X-Amz-Signature=1"));
    expect(presigned.headers).not.toHaveProperty("authorization");
    expect(presigned.headers).not.toHaveProperty("apikey");
  });

  test("the panel's cookie reaches no upstream and no upstream can plant one", async () => {
    const cookie = "own=1; __Host-basehold.session=a; __Secure-basehold.session-token.0=b; basehold.csrf=c; other=basehold.x";
    for (const path of ["/functions/v1/hello", "/storage/v1/bucket", "/auth/v1/verify", `/rest/v1/x?apikey=${sampleKeys.anon}`]) {
      const reply = await kong.ask(path, { headers: { cookie } });
      expect(echoOf(reply).headers.cookie).toBe("own=1; other=basehold.x");
      expect(reply.headers["set-cookie"]).toEqual(["own=1"]);
    }
  });

  test("Studio opens to each of several users and sees no password", async () => {
    const dashboardUsers = [{ username: "one", password: "first:password" }, { username: "two", password: "second" }];
    await whileApplied(configOf({}, allServices, { ...sampleKeys, dashboardUsers }), async () => {
      for (const { username, password } of dashboardUsers) {
        const reply = await kong.ask("/project/default", { headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` } });
        expect([reply.status, echoOf(reply).headers.authorization]).toEqual([307, undefined]);
      }
      expect((await kong.ask("/", { headers: { authorization: `Basic ${Buffer.from("one:second").toString("base64")}` } })).status).toBe(401);
    });
  });

  test("hidden slashes are refused, and dots and doubled slashes open nothing", async () => {
    for (const path of ["/rest/v1%2fx", "/functions/v1/..%2f..%2fpg", "/functions/v1/..%5c..%5cpg"]) expect((await kong.ask(path)).status, path).toBe(400);
    for (const path of ["/functions/v1/../../pg/schemas", "//pg//schemas", "/pg/./schemas", "/%70g/schemas"]) expect((await kong.ask(path)).status, path).toBe(401);
    expect((await kong.ask("/rest//v1/", { headers: { apikey: sampleKeys.anon } })).status).toBe(403);
    expect((await kong.ask("/realtime/v1/api/tenants/../tenants/x", { headers: { apikey: secret } })).status).toBe(403);
  });

  test("no spelling of a protected path gets through without its key, and none opens what is closed to everybody", async () => {
    const spellings = (path: string) => {
      const [first = "", ...rest] = path.slice(1).split("/");
      const encoded = `%${first.charCodeAt(0).toString(16)}${first.slice(1)}`;
      const tail = rest.join("/");
      return [path, `/${encoded}/${tail}`, `//${first}//${tail}`, `/x/../${first}/${tail}`, `/./${first}/./${tail}`, `/${first}/x/..//${tail}`, `/storage/v1/..%2f..%2f${first}/${tail}`, `/functions/v1/../../${first}/${tail}`, `/functions/v1/..%5c..%5c${first}/${tail}`, `/${first.toUpperCase()}/${tail}`, `${path}/`, `${path}%00`, `${path}?apikey=`];
    };
    for (const path of ["/pg/schemas", "/rest/v1/todos", "/auth/v1/user", "/graphql/v1", "/realtime/v1/api/ping"]) {
      for (const spelling of spellings(path)) expect([400, 401], spelling).toContain((await kong.ask(spelling)).status);
    }
    for (const path of ["/realtime/v1/api/tenants", "/realtime/v1/api/openapi", "/mcp", "/api/mcp"]) {
      for (const spelling of spellings(path)) expect([400, 401, 403], spelling).toContain((await kong.ask(spelling, { headers: { apikey: secret } })).status);
    }
  });

  test("neither a second key, a forged address, an underscore nor a Host opens anything", async () => {
    expect((await kong.ask(`/pg/schemas?apikey=${secret}`, { headers: { apikey: publishable } })).status).toBe(403);
    expect((await kong.ask("/pg/schemas", { headers: { host: "meta:8080" } })).status).toBe(401);
    const underscored = echoOf(await kong.ask("/auth/v1/verify", { headers: { x_api_key: secret, "x-tenant": "1" } }));
    expect(underscored.headers).toMatchObject({ "x-tenant": "1" });
    expect(JSON.stringify(underscored.headers)).not.toContain(secret);
    const closed = sampleOwnRoute({ id: "own-closed", name: "closed", match: pathOf("prefix", "/closed/"), ipAllow: ["203.0.113.0/24"] });
    await whileApplied(configOf({ ownRoutes: [closed] }), async () => {
      for (const name of ["x-forwarded-for", "x-real-ip", "forwarded"]) expect((await kong.ask("/closed/a", { headers: { [name]: "203.0.113.7" } })).status, name).toBe(403);
    });
    const forged = echoOf(await kong.ask("/auth/v1/verify", { headers: { host: "api.example.com", "x-forwarded-host": "evil.example.com", "x-forwarded-proto": "https", "x-forwarded-prefix": "/evil" } }));
    expect(forged.headers).toMatchObject({ "x-forwarded-host": "api.example.com", "x-forwarded-proto": "http", "x-forwarded-port": "8123", "x-forwarded-prefix": "/auth/v1/verify", host: "api.example.com" });
  });

  test("an open socket survives a change of keys, and the new key counts at once", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${kong.port}/realtime/v1/websocket?vsn=1.0.0&apikey=${publishable}`);
    const first = await new Promise<Echo>((resolve, reject) => socket.once("message", (data: Buffer) => resolve(JSON.parse(data.toString()) as Echo)).once("error", reject));
    expect(first).toMatchObject({ url: `/socket/websocket?vsn=1.0.0&apikey=${sampleKeys.anonToken}`, headers: { "x-api-key": sampleKeys.anonToken } });
    const next = "sb_publishable_eeeeeeeeeeeeeeeeeeeeee_ffffffff";
    await whileApplied(configOf({}, allServices, { ...sampleKeys, publishable: [next] }), async () => {
      expect((await kong.ask("/auth/v1/settings", { headers: { apikey: next } })).status).toBe(200);
      expect((await kong.ask("/auth/v1/settings", { headers: { apikey: publishable } })).status).toBe(401);
      const echoed = new Promise<string>((resolve) => socket.once("message", (data: Buffer) => resolve(data.toString())));
      socket.send("still here");
      expect(await echoed).toBe("still here");
    });
    socket.close();
  });

  test("own routes keep their policies: addresses, rate, size, headers, CORS, rewrite and end", async () => {
    const own = (id: string, path: string, parts: Parameters<typeof sampleOwnRoute>[0]) => sampleOwnRoute({ id: `own-${id}`, name: id, match: pathOf("prefix", path), ...parts });
    const ownRoutes = [
      own("closed", "/closed/", { ipAllow: ["203.0.113.0/24"] }),
      own("local", "/local/", { ipAllow: ["127.0.0.0/8"], rewrite: "/moved/" }),
      own("limited", "/limited/", { rateLimit: { requestsPerSecond: 1, burst: 2, per: "ip" } }),
      own("small", "/small/", { maxBodyBytes: 4 }),
      own("headers", "/headers/", { requestHeaders: { set: [{ name: "x-price", value: "$(os.exit()) #1" }], remove: ["x-gone"] }, responseHeaders: { set: [{ name: "x-frame-options", value: "DENY" }], remove: ["x-powered-by"] } }),
      own("cors", "/cors/", { cors: { origins: ["https://app.example.com"], methods: ["POST"], headers: ["x-tenant"], allowsCredentials: true } }),
      sampleOwnRoute({ id: "own-exact", name: "exact", match: pathOf("exact", "/exact"), rewrite: "/deep/er/" }),
      sampleOwnRoute({ id: "own-regex", name: "regex", match: pathOf("regex", "/order/[0-9]+"), rewrite: "/order" }),
    ];
    await whileApplied(configOf({ ownRoutes }), async () => {
      expect((await kong.ask("/closed/a")).status).toBe(403);
      expect(echoOf(await kong.ask("/local/a?b=1"))).toMatchObject({ service: "functions", url: "/moved/a?b=1" });
      const limited = await Promise.all(Array.from({ length: 6 }, () => kong.ask("/limited/a")));
      expect(limited.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(2);
      expect((await kong.ask("/small/a", { method: "POST", body: "1234" })).status).toBe(200);
      expect((await kong.ask("/small/a", { method: "POST", body: "12345" })).status).toBe(413);
      expect((await kong.ask("/small/a", { method: "POST", headers: { "transfer-encoding": "chunked" }, body: "12345" })).status).toBe(413);
      const changed = await kong.ask("/headers/a", { headers: { "x-gone": "1" } });
      expect(echoOf(changed).headers).toMatchObject({ "x-price": "$(os.exit()) #1" });
      expect(echoOf(changed).headers).not.toHaveProperty("x-gone");
      expect([changed.headers["x-frame-options"], changed.headers["x-powered-by"]]).toEqual(["DENY", undefined]);
      const preflight = await kong.ask("/cors/a", { method: "OPTIONS", headers: { origin: "https://app.example.com", "access-control-request-method": "POST" } });
      expect(preflight.headers).toMatchObject({ "access-control-allow-origin": "https://app.example.com", "access-control-allow-methods": "POST", "access-control-allow-credentials": "true" });
      expect(echoOf(await kong.ask("/exact?x=1")).url).toBe("/deep/er/?x=1");
      expect(echoOf(await kong.ask("/order/12")).url).toBe("/order");
    });
  });

  test("an invalid document changes nothing, the same one again is told apart, and the status names what is in force", async () => {
    const hash = async () => (JSON.parse((await send(kong.statusPort, "/status")).body) as { configuration_hash: string }).configuration_hash;
    const before = await hash();
    const invalid = await kong.apply(config.replace('"key-auth"', '"key-author"'));
    expect([invalid.status, invalid.body.includes("key-author")]).toEqual([400, true]);
    expect((await kong.apply(config)).status).toBe(304);
    expect(await hash()).toBe(before);
    expect((await kong.ask("/rest/v1/x")).status).toBe(401);
  });

  test("the metrics count by route, and by kind of key, so that legacy keys can be told apart", async () => {
    await kong.ask("/auth/v1/settings", { headers: { apikey: sampleKeys.anon } });
    expect((await send(kong.statusPort, "/metrics")).body).toMatch(/kong_http_requests_total\{service="auth-v1-protected",route="auth-v1-protected",code="200"[^}]*consumer="anon"\} \d+/);
  });

  test("the panel's own checks count by route and for no key, answered, refused or for a WebSocket, and the next request counts for its own", async () => {
    const counted = async () => {
      const { requests = [] } = readKongMetrics((await send(kong.statusPort, "/metrics")).body) ?? {};
      const of = (isCounted: (key: KeyKind) => boolean) => requests.reduce((sum, { key, count }) => sum + (isCounted(key) ? count : 0), 0);
      return { legacy: of((key) => key.startsWith("legacy-")), others: of((key) => !key.startsWith("legacy-")) };
    };
    const checks = contractRequests({ enabledServices: allServices, release: "v0.8.2", gateway: "kong" }).filter(({ credential }) => credential === "anon" || credential === "service");
    expect([checks.some(({ isWebSocket }) => isWebSocket), checks.some(({ expected }) => expected.statuses[0] === 403)]).toEqual([true, true]);
    const before = await counted();
    for (const request of checks) await answer(request);
    await expect.poll(counted).toEqual({ legacy: before.legacy, others: before.others + checks.length });
    await kong.ask("/auth/v1/settings", { headers: { apikey: sampleKeys.anon, "user-agent": "app/1" } });
    await expect.poll(counted).toEqual({ legacy: before.legacy + 1, others: before.others + checks.length });
  });

  test("no key, no password and no query is in the access log", async () => {
    expect(parseAccessLog(kong.log().split("\n").find((line) => line.includes('"path":"/auth/v1/user"')) ?? "")).toMatchObject({ method: "GET", status: 200, key: "none" });
    for (const key of [sampleKeys.anon, publishable, secret, sampleKeys.anonToken, "dashboard4password", "vsn=1.0.0"]) expect(kong.log()).not.toContain(key);
  });

  test("browsers of any origin may call the API, and only the project's own address may read database administration", async () => {
    const preflight = (path: string, origin: string) => kong.ask(path, { method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } });
    expect((await preflight("/rest/v1/todos", "https://app.example.com")).headers["access-control-allow-origin"]).toBe("*");
    for (const origin of ["http://127.0.0.1:8123", "http://localhost:3000"]) expect((await preflight("/pg/query", origin)).headers["access-control-allow-origin"]).toBe(origin);
    for (const origin of ["https://app.example.com", "http://localhost:3000.example.com"]) expect((await preflight("/pg/query", origin)).headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("with the legacy keys off", () => {
  const { anon, serviceRole } = sampleKeys;
  const off = configOf({}, allServices, { ...sampleKeys, anon: null, serviceRole: null, revoked: [anon, serviceRole] });
  const escaped = [...anon].map((character) => `%${character.charCodeAt(0).toString(16)}`).join("");
  const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

  test("they are refused on every route and wherever they stand, and others pass as before", async () => {
    await whileApplied(off, async () => {
      const refused: [string, Parameters<RunningKong["ask"]>[1]][] = [
        ["/rest/v1/todos", { headers: { apikey: anon } }], ["/storage/v1/object/public/a", { headers: { apikey: serviceRole } }], ["/storage/v1/bucket", bearer(serviceRole)], ["/functions/v1/hello", bearer(anon)],
        ["/rest/v1/todos", { headers: { apikey: publishable, authorization: `Bearer ${serviceRole}` } }], ["/functions/v1/hello", { headers: { "x-api-key": anon } }], [`/functions/v1/hello?token=${anon}`, {}], [`/functions/v1/hello?%61pikey=${escaped}`, {}],
      ];
      for (const [path, sent] of refused) expect((await kong.ask(path, sent)).status, path).toBe(401);
      expect((await kong.ask("/functions/v1/hello", bearer("a.users.token"))).status).toBe(200);
      expect((await kong.ask("/storage/v1/bucket", { headers: { apikey: secret } })).status).toBe(200);
      const requests = adaptContract(contractRequests({ enabledServices: allServices, release: "v0.8.2", gateway: "kong" }), defaultGatewaySettings, { ...options, isLegacyOff: true });
      const results = judgeContract(await Promise.all(requests.map(async (request) => ({ request, answer: await answer(request) }))));
      expect(results.filter(({ isPassed }) => !isPassed).map(({ id, expected, received }) => `${id}: ${expected} / ${received}`)).toEqual([]);
    });
  });
});
