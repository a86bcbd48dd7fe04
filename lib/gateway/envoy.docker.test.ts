import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { contractKeys as keys, failedContract, startContractUpstreams, type ContractUpstreams } from "./contract-upstreams.fixture";
import { renderEnvoy, renderEnvoyForValidation } from "./envoy";
import { startEnvoy, validateEnvoy, type Echo, type Reply, type RunningEnvoy, type Sent } from "./envoy-process.fixture";
import type { RouteConfigurationInput } from "./envoy-routes";
import { matchRoute } from "./match";
import { builtInRoutes } from "./routes";

const release = { restrictsMetaCors: true };
const routes = builtInRoutes({ enabledServices: allServices, release });
const input: RouteConfigurationInput = { routes, keys, publicUrl: "http://127.0.0.1:8123" };

let upstreams: ContractUpstreams;
let envoy: RunningEnvoy;

const ask = (path: string, sent: Sent = {}) => envoy.ask(path, sent);
const echoOf = (reply: Reply) => JSON.parse(reply.body) as Echo;

beforeAll(async () => {
  upstreams = await startContractUpstreams();
  envoy = await startEnvoy(renderEnvoy(input), upstreams.ports);
});

afterAll(async () => {
  await envoy?.stop();
  upstreams?.stop();
});

describe("a real Envoy with the rendered configuration", () => {
  test("accepts the configuration with routes inlined, and refuses one that names a missing field", async () => {
    expect(await validateEnvoy(renderEnvoyForValidation(input))).toBe("");
    expect(await validateEnvoy(renderEnvoyForValidation(input).replace("prefix_rewrite", "prefix_rewritten"))).not.toBe("");
  });

  test("gives every request of the contract the answer it must get", async () => {
    expect(await failedContract(envoy.ask, allServices)).toEqual([]);
  });

  test("exchanges opaque keys for internal tokens, in the header and in the query", async () => {
    const anon = echoOf(await ask("/rest/v1/todos?select=id", { headers: { apikey: keys.publishable, authorization: `Bearer ${keys.publishable}` } }));
    expect(anon).toMatchObject({ service: "rest", url: "/todos?select=id", headers: { apikey: keys.anonToken, authorization: `Bearer ${keys.anonToken}` } });
    const service = echoOf(await ask("/rest/v1/", { headers: { apikey: keys.secret } }));
    expect(service).toMatchObject({ url: "/", headers: { authorization: `Bearer ${keys.serviceRoleToken}` } });
    const query = echoOf(await ask(`/auth/v1/user?a=1&apikey=${keys.publishable}&b=2`));
    expect(query).toMatchObject({ url: `/user?a=1&apikey=${keys.anonToken}&b=2`, headers: { apikey: keys.anonToken, authorization: `Bearer ${keys.anonToken}` } });
  });

  test("keeps a user's own token and passes legacy keys as they are", async () => {
    const user = echoOf(await ask("/rest/v1/todos", { headers: { apikey: keys.publishable, authorization: "Bearer user.own.token" } }));
    expect(user.headers).toMatchObject({ apikey: keys.anonToken, authorization: "Bearer user.own.token" });
    const legacy = echoOf(await ask("/rest/v1/todos", { headers: { apikey: keys.anon } }));
    expect(legacy.headers).toMatchObject({ apikey: keys.anon, authorization: `Bearer ${keys.anon}` });
  });

  test("does not take internal tokens, two keys at once or an empty key from outside", async () => {
    for (const apikey of [keys.anonToken, keys.serviceRoleToken, "", [keys.publishable, keys.secret]]) {
      expect((await ask("/rest/v1/todos", { headers: { apikey } })).status).toBe(401);
    }
    expect((await ask("/pg/query", { headers: { apikey: keys.serviceRoleToken } })).status).toBe(401);
  });

  test("leaves the key headers of a function call untouched", async () => {
    const call = echoOf(await ask("/functions/v1/hello/deep?apikey=x", { headers: { apikey: keys.secret, authorization: "Bearer sb_secret_x" } }));
    expect(call).toMatchObject({ service: "functions", url: "/hello/deep?apikey=x", headers: { apikey: keys.secret, authorization: "Bearer sb_secret_x" } });
  });

  test("storage translates a key without asking for one, and leaves an S3 signature alone", async () => {
    expect(echoOf(await ask("/storage/v1/bucket", { headers: { apikey: keys.secret } })).headers.authorization).toBe(`Bearer ${keys.serviceRoleToken}`);
    const signed = echoOf(await ask("/storage/v1/s3/bucket", { headers: { apikey: keys.anon, authorization: "AWS4-HMAC-SHA256 Credential=x" } }));
    expect(signed).toMatchObject({ url: "/s3/bucket", headers: { authorization: "AWS4-HMAC-SHA256 Credential=x", "x-forwarded-prefix": "/storage/v1" } });
  });

  test("the panel's cookie reaches no upstream and no upstream can plant one", async () => {
    const cookie = "own=1; __Host-basehold.session=a; __Secure-basehold.session-token.0=b; basehold.csrf=c; other=basehold.x";
    const paths = ["/functions/v1/hello", "/storage/v1/bucket", "/auth/v1/verify", `/rest/v1/x?apikey=${keys.anon}`];
    for (const path of paths) {
      const reply = await ask(path, { headers: { cookie } });
      expect(echoOf(reply).headers.cookie).toBe("own=1; other=basehold.x");
      expect(reply.headers["set-cookie"]).toEqual(["own=1"]);
    }
    const doubled = await ask("/functions/v1/hello", { headers: { cookie: ["basehold.a=1", "own=2"] } });
    expect(echoOf(doubled).headers.cookie).toBe("own=2");
    expect(echoOf(await ask("/functions/v1/hello", { headers: { cookie: "basehold.a=1" } })).headers.cookie).toBeUndefined();
  });

  test("Studio sees neither the password nor a request without one", async () => {
    const authorization = `Basic ${Buffer.from("supabase:dashboard4password").toString("base64")}`;
    const reply = await ask("/project/default", { headers: { authorization } });
    expect(reply.status).toBe(307);
    expect(echoOf(reply)).toMatchObject({ service: "studio", url: "/project/default" });
    expect(echoOf(reply).headers.authorization).toBeUndefined();
    expect((await ask("/anything")).headers["www-authenticate"]).toContain("Basic");
  });

  test("hostile paths and headers are refused before any upstream sees them", async () => {
    for (const path of ["/rest/v1%2fx", "/functions/v1/..%2f..%2fpg"]) expect((await ask(path)).status).toBe(400);
    expect((await ask("/auth/v1/verify", { headers: { api_key: "x" } })).status).toBe(400);
    for (const path of ["/functions/v1/../../pg/schemas", "//pg//schemas", "/pg/./schemas"]) expect((await ask(path)).status, path).toBe(401);
    expect((await ask("/rest//v1/", { headers: { apikey: keys.anon } })).status).toBe(403);
    expect((await ask("/rest/v1/?select=x", { headers: { apikey: keys.anon } })).status).toBe(403);
    expect((await ask("/realtime/v1/api/tenants/../tenants/x", { headers: { apikey: keys.secret } })).status).toBe(403);
  });

  test("upstreams learn the address that the client used", async () => {
    const echo = echoOf(await ask("/auth/v1/verify", { headers: { host: "api.example.com" } }));
    expect(echo.headers).toMatchObject({ "x-forwarded-host": "api.example.com", "x-forwarded-port": "8123", "x-forwarded-prefix": "/auth/v1" });
    const socket = echoOf(await ask("/realtime/v1/api/ping", { headers: { apikey: keys.anon } }));
    expect(socket).toMatchObject({ url: "/api/ping", headers: { host: "realtime-dev.supabase-realtime" } });
    expect(echoOf(await ask("/graphql/v1", { method: "POST", headers: { apikey: keys.anon } }))).toMatchObject({ url: "/rpc/graphql", headers: { "content-profile": "graphql_public" } });
  });

  test("browsers of any origin may call the API, and only the project's own address may read database administration", async () => {
    const preflight = (path: string, origin: string) => ask(path, { method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } });
    expect((await preflight("/rest/v1/todos", "https://app.example.com")).headers["access-control-allow-origin"]).toBe("https://app.example.com");
    for (const origin of ["http://127.0.0.1:8123", "http://localhost:3000"]) expect((await preflight("/pg/query", origin)).headers["access-control-allow-origin"]).toBe(origin);
    expect((await preflight("/pg/query", "https://app.example.com")).headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("an open socket survives a change of routes and keys, and the new key counts at once", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${envoy.port}/realtime/v1/websocket?vsn=1.0.0&apikey=${keys.publishable}`);
    const first = await new Promise<Echo>((resolve, reject) => socket.once("message", (data) => resolve(JSON.parse(data.toString()) as Echo)).once("error", reject));
    expect(first).toMatchObject({ url: `/socket/websocket?vsn=1.0.0&apikey=${keys.anonToken}`, headers: { host: "realtime-dev.supabase-realtime", "x-api-key": keys.anonToken } });
    const rotated = renderEnvoy({ ...input, keys: { ...keys, publishable: "sb_publishable_eeeeeeeeeeeeeeeeeeeeee_ffffffff" } });
    await envoy.apply(rotated);
    expect((await ask("/auth/v1/settings", { headers: { apikey: "sb_publishable_eeeeeeeeeeeeeeeeeeeeee_ffffffff" } })).status).toBe(200);
    expect((await ask("/auth/v1/settings", { headers: { apikey: keys.publishable } })).status).toBe(401);
    const echoed = new Promise<string>((resolve) => socket.once("message", (data) => resolve(data.toString())));
    socket.send("still here");
    expect(await echoed).toBe("still here");
    socket.close();
    const restored = renderEnvoy(input);
    await envoy.apply(restored);
  });

  test("a connection to a service is let go before the service closes it: no request meets a closed one", async () => {
    await ask("/auth/v1/verify");
    await expect.poll(() => envoy.admin("/stats?filter=^cluster.auth.upstream_cx_idle_timeout$"), { timeout: 20_000 }).not.toContain(": 0");
    expect(await envoy.admin("/stats?filter=^cluster.auth.upstream_cx_destroy_remote$")).toContain(": 0");
  });

  test("routes requests as the matcher says", async () => {
    const paths = ["/", "/x", "/auth/v1/verify?token=abc", "/auth/v1/verifyx", "/auth/v1/.well-known/jwks.json", "/auth/v1", "/rest/v1/", "/rest/v1", "/rest/v1/a", "/graphql/v1x", "/realtime/v1/api", "/realtime/v1/api/openapi.json", "/realtime/v1/x", "/storage/v1/a", "/functions/v1/a", "/pg/x", "/pg", "/mcp", "/api/mcp/x", "/.well-known/oauth-authorization-server/a"];
    for (const path of paths) await ask(path, { headers: { "x-request-id": `probe-${path}` } });
    const lines = () => envoy.log().split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, string>);
    await expect.poll(() => lines().some((line) => line.path === "/.well-known/oauth-authorization-server/a"), { timeout: 20_000 }).toBe(true);
    for (const path of paths) {
      const line = lines().filter((candidate) => candidate.path === path.split("?")[0]).at(-1);
      expect(line?.route, path).toBe(matchRoute(routes, path)?.id);
    }
  });

  test("no key and no query is in the access log", async () => {
    await expect.poll(() => envoy.log().includes('"/auth/v1/user"'), { timeout: 20_000 }).toBe(true);
    for (const secret of Object.values(keys)) expect(envoy.log().split("\n").filter((line) => line.includes(secret))).toEqual([]);
    expect(envoy.log().split("\n").filter((line) => line.includes("token=abc"))).toEqual([]);
  });

  test("a project with four services says what it runs without", async () => {
    const services = ["db", "api-gw", "auth", "rest"] as const;
    const small = renderEnvoy({ ...input, routes: builtInRoutes({ enabledServices: services, release }) });
    await envoy.apply(small);
    expect(await failedContract(envoy.ask, services)).toEqual([]);
  });
});
