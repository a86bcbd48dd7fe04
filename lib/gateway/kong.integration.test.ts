import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { allServices } from "@/lib/stack/sample-input.fixture";
import type { ServiceName } from "@/lib/stack/desired";
import { parseAccessLog, type KeyKind } from "./access-log";
import { contractRequests, judgeContract } from "./contract";
import { readKongMetrics } from "./kong-metrics";
import { sampleKeys, startKong, type Echo, type RunningKong } from "@/lab/stand-ins/kong/running-kong.fixture";
import { send } from "./envoy-process.fixture";
import { actsOf, config, configOf, echoOf, publishable, routeOptions, secret } from "./kong-lab.fixture";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { adaptContract } from "./route-probes";
import { defaultGatewaySettings } from "./route-model";

/** The contract, who is let through, and which key a request counts for. How requests are carried is `kong-serving.integration.test.ts`. */

let kong: RunningKong;
beforeAll(async () => void (kong = await startKong(config)));
afterAll(() => kong.stop());

const { answer, failedRequests, whileApplied } = actsOf(() => kong);

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
    expect(first).toMatchObject({ url: `/socket/websocket?apikey=${sampleKeys.anonToken}&vsn=1.0.0`, headers: { "x-api-key": sampleKeys.anonToken } });
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

  test("the metrics count by route, and by kind of key, so that legacy keys can be told apart", async () => {
    await kong.ask("/auth/v1/settings", { headers: { apikey: sampleKeys.anon } });
    await expect.poll(async () => (await send(kong.statusPort, "/metrics")).body, { timeout: 20_000 }).toMatch(/kong_http_requests_total\{service="auth-v1-protected",route="auth-v1-protected",code="200"[^}]*consumer="anon"\} \d+/);
  });

  test("the panel's own checks count by route and for no key, answered, refused or for a WebSocket, and the next request counts for its own", async () => {
    const counted = async () => {
      const { requests = [] } = readKongMetrics((await send(kong.statusPort, "/metrics")).body) ?? {};
      const of = (isCounted: (key: KeyKind) => boolean) => requests.reduce((sum, { key, count }) => sum + (isCounted(key) ? count : 0), 0);
      return { legacy: of((key) => key.startsWith("legacy-")), others: of((key) => !key.startsWith("legacy-")) };
    };
    const checks = contractRequests({ enabledServices: allServices, release: "v0.8.2", gateway: "kong" }).filter(({ credential }) => credential === "anon" || credential === "service");
    expect([checks.some(({ isWebSocket }) => isWebSocket), checks.some(({ expected }) => expected.statuses[0] === 403)]).toEqual([true, true]);
    // Kong tells its counts late. What came before this route is told with it.
    await whileApplied(configOf({ ownRoutes: [sampleOwnRoute({ id: "own-last", name: "last", match: pathOf("prefix", "/last/") })] }), async () => {
      await kong.ask("/last/a");
      await expect.poll(async () => (await send(kong.statusPort, "/metrics")).body, { timeout: 20_000 }).toContain('route="own-last"');
    });
    const before = await counted();
    for (const request of checks) await answer(request);
    await expect.poll(counted, { timeout: 20_000 }).toEqual({ legacy: before.legacy, others: before.others + checks.length });
    await kong.ask("/auth/v1/settings", { headers: { apikey: sampleKeys.anon, "user-agent": "app/1" } });
    await expect.poll(counted, { timeout: 20_000 }).toEqual({ legacy: before.legacy + 1, others: before.others + checks.length });
  });

  test("no key, no password and no query is in the access log", async () => {
    expect(parseAccessLog(kong.log().split("\n").find((line) => line.includes('"path":"/auth/v1/user"')) ?? "")).toMatchObject({ method: "GET", status: 200, key: "none" });
    for (const key of [sampleKeys.anon, publishable, secret, sampleKeys.anonToken, "dashboard4password", "vsn=1.0.0"]) expect(kong.log()).not.toContain(key);
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
      const requests = adaptContract(contractRequests({ enabledServices: allServices, release: "v0.8.2", gateway: "kong" }), defaultGatewaySettings, { ...routeOptions, isLegacyOff: true });
      const results = judgeContract(await Promise.all(requests.map(async (request) => ({ request, answer: await answer(request) }))));
      expect(results.filter(({ isPassed }) => !isPassed).map(({ id, expected, received }) => `${id}: ${expected} / ${received}`)).toEqual([]);
    });
  });
});
