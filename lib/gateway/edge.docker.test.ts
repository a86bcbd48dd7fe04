import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echoOf, EdgeScene, openDomain, openSocket, readAll, send, sendOverTls } from "@/lib/adapters/edge/edge-scene.fixture";
import { freePort } from "@/lib/adapters/host/free-port.fixture";

/** The real Caddy with documents that the product renders. No engine is needed; it runs with the docker tests because the lab builds it. */
const scene = new EdgeScene();
const proof = "p".repeat(64);
let upstreamA = "";
let upstreamB = "";

beforeAll(async () => {
  await scene.start();
  [upstreamA, upstreamB] = [await scene.upstream("a"), await scene.upstream("b")];
});
afterAll(() => scene.stop());

describe("where a request goes", () => {
  test("each project answers on its own address and its own names, and the panel on its name", async () => {
    const panel = await scene.upstream("panel");
    const a = await scene.project("a", upstreamA, { domains: [openDomain("a.test"), openDomain("*.wide.test")] });
    const b = await scene.project("b", upstreamB, { domains: [openDomain("b.test"), openDomain("own.wide.test")] });
    await scene.load([a, b], { panel: { hostname: "panel.wide.test", tls: { kind: "none" }, redirectsHttp: true, hsts: null, upstream: panel, proof } });
    const byName = async (host: string) => echoOf(await send({ port: scene.httpPort, host })).upstream;
    expect(await Promise.all(["a.test", "A.TEST", "b.test", "x.wide.test", "own.wide.test", "panel.wide.test"].map(byName))).toEqual(["a", "a", "b", "a", "b", "panel"]);
    expect(echoOf(await send({ port: a.localListen.port, host: "b.test" })).upstream).toBe("a");
    expect(echoOf(await send({ port: b.localListen.port, host: "anything" })).upstream).toBe("b");
  });

  test("the panel is told who asks, under which address and by whom, whatever a client claims of it", async () => {
    const panel = await scene.upstream("panel");
    await scene.load([], { panel: { hostname: "panel.test", tls: { kind: "none" }, redirectsHttp: true, hsts: null, upstream: panel, proof } });
    const forged = { "x-basehold-edge": "forged", "x-basehold-client-address": "6.6.6.6", "x-basehold-panel-url": "https://evil.test", "x-forwarded-for": "6.6.6.6" };
    const { headers } = echoOf(await send({ port: scene.httpPort, host: "panel.test", headers: { ...forged, cookie: "basehold.session=s" } }));
    expect(headers).toMatchObject({ host: "panel.test", "x-forwarded-host": "panel.test", "x-basehold-edge": proof, "x-basehold-client-address": "127.0.0.1", "x-basehold-panel-url": "https://panel.test", cookie: "basehold.session=s" });
  });

  test("an unknown name is nobody's: 404 over HTTP, no handshake or 421 over TLS", async () => {
    const a = await scene.project("a", upstreamA, { domains: [openDomain("a.test", { tls: { kind: "internal" } })] });
    const b = await scene.project("b", upstreamB, { domains: [openDomain("b.test", { tls: { kind: "internal" } })] });
    await scene.load([a, b]);
    for (const host of ["unknown.test", "127.0.0.1", "a.test.evil.test", "a.test@b.test", ""]) {
      const { status, body } = await send({ port: scene.httpPort, host });
      expect([400, 404], host).toContain(status);
      expect(body, host).not.toContain("upstream");
    }
    await expect(sendOverTls(scene.httpsPort, "unknown.test")).rejects.toThrow();
    await waitForCertificate("a.test");
    expect((await sendOverTls(scene.httpsPort, "a.test")).head).toContain('"upstream":"a"');
    expect((await sendOverTls(scene.httpsPort, "a.test", "b.test")).status).toBe(421);
    expect((await sendOverTls(scene.httpsPort, "a.test", "unknown.test")).status).toBe(421);
  });

  test("a domain that is not open yet reaches no gateway", async () => {
    const a = await scene.project("a", upstreamA, { domains: [openDomain("a.test", { isOpen: false })] });
    await scene.load([a]);
    expect(await send({ port: scene.httpPort, host: "a.test" })).toMatchObject({ status: 503, body: "This address is being set up.\n" });
  });

  test("plain HTTP is redirected where asked for, and HSTS is said over TLS only", async () => {
    const hsts = { maxAgeSeconds: 600, includesSubdomains: true };
    const redirected = openDomain("to-tls.test", { tls: { kind: "internal" }, hsts });
    const both = openDomain("both.test", { tls: { kind: "internal" }, hsts, redirectsHttp: false });
    await scene.load([await scene.project("a", upstreamA, { domains: [redirected, both] })]);
    const answer = await send({ port: scene.httpPort, host: "to-tls.test", path: "/rest/v1/x?select=a", method: "POST" });
    expect(answer).toMatchObject({ status: 308, headers: { location: `https://to-tls.test:${String(scene.httpsPort)}/rest/v1/x?select=a` } });
    const plain = await send({ port: scene.httpPort, host: "both.test" });
    expect([plain.status, plain.headers["strict-transport-security"]]).toEqual([200, undefined]);
    await waitForCertificate("both.test");
    expect((await sendOverTls(scene.httpsPort, "both.test")).head).toContain("Strict-Transport-Security: max-age=600; includeSubDomains");
  });
});

describe("what a project is told", () => {
  test("cookies of the panel never reach a project, and every other cookie does, unchanged", async () => {
    const a = await scene.project("a", upstreamA);
    await scene.load([a]);
    const cookieSeen = async (cookie: string | string[]) => echoOf(await send({ port: a.localListen.port, headers: { cookie } })).headers.cookie;
    expect(await cookieSeen("basehold.session=s; sb-access=1; theme=dark")).toBe("sb-access=1; theme=dark");
    expect(await cookieSeen("sb-access=1; basehold.session=s; theme=dark; __Host-basehold.csrf=x")).toBe("sb-access=1; theme=dark");
    expect(await cookieSeen("basehold.a=1; basehold.b=2;__Secure-basehold.c=3; x=1")).toBe("x=1");
    expect(await cookieSeen("basehold.session=s")).toBeUndefined();
    expect(await cookieSeen(["basehold.session=s", "x=1"])).not.toContain("basehold");
    expect(await cookieSeen(["basehold.session=s", "x=1"])).toContain("x=1");
    expect(await cookieSeen('my.basehold.session=mine; q="a,b"; e=; =z')).toBe('my.basehold.session=mine; q="a,b"; e=; =z');
  });

  test("a project cannot plant a cookie of the panel", async () => {
    const a = await scene.project("a", upstreamA);
    await scene.load([a]);
    const planted = (await send({ port: a.localListen.port })).headers["set-cookie"] ?? [];
    expect(planted.filter((line) => line !== "")).toEqual(["own=1; Path=/"]);
  });

  test("forged forwarded headers are replaced by the truth, and believed from a trusted proxy alone", async () => {
    const a = await scene.project("a", upstreamA);
    const forged = { "x-forwarded-for": "9.9.9.9", "x-forwarded-proto": "https", "x-forwarded-host": "evil.test", "x-forwarded-prefix": "/evil", "x-real-ip": "9.9.9.9", forwarded: "for=9.9.9.9", "x-envoy-upstream-rq-timeout-ms": "1", "x_forwarded_for": "9.9.9.9", "x-basehold-project": "other" };
    const seen = async () => echoOf(await send({ port: a.localListen.port, host: "a.test", headers: forged })).headers;
    await scene.load([a]);
    const untrusted = await seen();
    expect(untrusted).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http", "x-forwarded-host": "a.test", host: "a.test" });
    expect(Object.keys(untrusted)).not.toEqual(expect.arrayContaining(["x-real-ip"]));
    expect(JSON.stringify(untrusted)).not.toMatch(/9\.9\.9\.9|evil|envoy|basehold/);
    await scene.load([a], { trustedProxies: ["127.0.0.0/8"] });
    expect(await seen()).toMatchObject({ "x-forwarded-for": "9.9.9.9", "x-forwarded-proto": "https", "x-forwarded-host": "evil.test" });
    expect(JSON.stringify(await seen())).not.toMatch(/x-envoy|x-basehold/);
  });

  test("keys, tokens, cookies and queries are in no line of the log", async () => {
    const broken = await scene.project("b", `127.0.0.1:${String(await brokenUpstream())}`);
    const a = await scene.project("a", upstreamA, { domains: [openDomain("a.test")] });
    await scene.load([a, broken]);
    const headers = { apikey: "secret-key-1", authorization: "Bearer secret-key-2", cookie: "c=secret-key-3", "x-api-key": "secret-key-4", referer: "http://x/?t=secret-key-5" };
    const path = "/marked/by/test?apikey=secret-key-6&token=secret-key-7";
    for (const ask of [{ port: a.localListen.port }, { port: broken.localListen.port }, { port: scene.httpPort, host: "unknown.test" }]) await send({ ...ask, path, headers });
    await expect.poll(() => scene.log.match(/marked\/by\/test/g)?.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    expect(scene.log).not.toContain("secret-key");
  });
});

describe("streams", () => {
  test("a socket stays open, and answers, while another project is added, changed and removed", async () => {
    const a = await scene.project("a", upstreamA, { domains: [openDomain("a.test")] });
    const b = await scene.project("b", upstreamB);
    await scene.load([a]);
    const local = await openSocket(`ws://127.0.0.1:${String(a.localListen.port)}/realtime/v1/websocket`);
    const named = await openSocket(`ws://127.0.0.1:${String(scene.httpPort)}/realtime/v1/websocket`, { host: "a.test" });
    for (const projects of [[a, b], [a, { ...b, domains: [openDomain("b.test")] }], [a]]) {
      await scene.load(projects);
      expect(await local.say("still here")).toBe("a:still here");
      expect(await named.say("still here")).toBe("a:still here");
    }
    local.close();
    named.close();
  });

  test("a socket lives on while its own gateway is exchanged, and new ones go to the new gateway", async () => {
    const a = await scene.project("a", upstreamA);
    await scene.load([a]);
    const before = await openSocket(`ws://127.0.0.1:${String(a.localListen.port)}/`);
    await scene.load([{ ...a, gatewayUpstream: upstreamB }]);
    const after = await openSocket(`ws://127.0.0.1:${String(a.localListen.port)}/`);
    expect([await before.say("x"), await after.say("x")]).toEqual(["a:x", "b:x"]);
    before.close();
    after.close();
  });

  test("events and chunks pass one by one, in both directions, before the end is known", async () => {
    const talking = await scene.upstream("talking", (request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      request.on("data", (chunk) => response.write(`data: ${String(chunk)}\n\n`));
      request.on("end", () => response.end());
    });
    const a = await scene.project("a", talking);
    await scene.load([a]);
    const sent = httpRequest({ host: "127.0.0.1", port: a.localListen.port, method: "POST", agent: false });
    sent.write("one");
    const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
    expect(String((await once(response, "data"))[0])).toContain("one");
    sent.write("two");
    expect(String((await once(response, "data"))[0])).toContain("two");
    sent.end();
    await readAll(response);
  });

  test("a request waits for a gateway that is being replaced, and one that reached it is never sent twice", async () => {
    const port = await freePort();
    const a = await scene.project("a", `127.0.0.1:${String(port)}`);
    await scene.load([a]);
    const waiting = send({ port: a.localListen.port, method: "POST", body: "kept" });
    await scene.upstream("late", undefined, port);
    expect(echoOf(await waiting)).toMatchObject({ upstream: "late", body: "kept" });

    const broken = await scene.project("b", `127.0.0.1:${String(await brokenUpstream())}`);
    await scene.load([broken]);
    for (const method of ["GET", "POST"]) {
      received = 0;
      const { status, body } = await send({ port: broken.localListen.port, method });
      expect([status, JSON.parse(body)]).toEqual([502, { message: expect.any(String) }]);
      expect(received, method).toBe(1);
    }
  });
});

let received = 0;

/** Takes a request and hangs up. */
async function brokenUpstream(): Promise<number> {
  const server = createServer((request) => {
    received += 1;
    request.socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return (server.address() as { port: number }).port;
}

/** The internal authority issues in the background. */
async function waitForCertificate(name: string): Promise<void> {
  await expect.poll(() => sendOverTls(scene.httpsPort, name).then(() => true, () => false), { timeout: 20_000, interval: 50 }).toBe(true);
}

test("nothing listens for administration but the socket", async () => {
  const socket = connect(2019, "127.0.0.1");
  await expect(once(socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
