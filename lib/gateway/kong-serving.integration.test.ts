import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startKong, type RunningKong } from "@/lab/stand-ins/kong/running-kong.fixture";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { send } from "./envoy-process.fixture";
import { actsOf, config, configOf, configWithStudioOff, echoOf } from "./kong-lab.fixture";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { studioOffHeader } from "./studio-rules";

let kong: RunningKong;
beforeAll(async () => void (kong = await startKong(config)));
afterAll(() => kong.stop());

const { whileApplied } = actsOf(() => kong);

describe("the lab's Kong with the rendered document", () => {
  test("a service that does not run fails on its own routes only", async () => {
    const port = String(await freePort());
    const stopped = kong.place(config).replaceAll(/"name":"storage-v1-all","protocol":"http","host":"127\.0\.0\.1","port":\d+/g, `"name":"storage-v1-all","protocol":"http","host":"127.0.0.1","port":${port}`);
    await whileApplied(stopped, async () => {
      expect((await kong.ask("/storage/v1/bucket")).status).toBe(502);
      expect((await kong.ask("/auth/v1/verify")).status).toBe(200);
    });
  });

  test("where the edge says that Studio is off its password opens nothing, and the API answers", async () => {
    const headers = { authorization: `Basic ${Buffer.from("supabase:dashboard4password").toString("base64")}` };
    await whileApplied(configWithStudioOff, async () => {
      const statusOf = async (path: string, more: Record<string, string> = {}) => (await kong.ask(path, { headers: { ...headers, ...more } })).status;
      const off = { [studioOffHeader]: "1" };
      expect([await statusOf("/project/default"), await statusOf("/project/default", off), await statusOf("/", off), await statusOf("/auth/v1/verify", off)]).toEqual([307, 403, 403, 200]);
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
    const behind = await startKong(configOf({ ownRoutes: [own] }), { KONG_TRUSTED_IPS: "127.0.0.0/8", KONG_REAL_IP_HEADER: "X-Forwarded-For", KONG_REAL_IP_RECURSIVE: "on" });
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
      const limited: number[] = [];
      // One after the other: Kong counts a request after it has answered it.
      while (limited.length < 6) limited.push((await kong.ask("/limited/a")).status);
      expect(limited.filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
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

  test("browsers of any origin may call the API, and only the project's own address may read database administration", async () => {
    const preflight = (path: string, origin: string) => kong.ask(path, { method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } });
    expect((await preflight("/rest/v1/todos", "https://app.example.com")).headers["access-control-allow-origin"]).toBe("*");
    for (const origin of ["http://127.0.0.1:8123", "http://localhost:3000"]) expect((await preflight("/pg/query", origin)).headers["access-control-allow-origin"]).toBe(origin);
    for (const origin of ["https://app.example.com", "http://localhost:3000.example.com"]) expect((await preflight("/pg/query", origin)).headers["access-control-allow-origin"]).toBeUndefined();
  });
});
