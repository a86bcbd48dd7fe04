import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import fc from "fast-check";
import { caddyProgram, ensureGoProgram } from "@/lab/go-programs";
import { run } from "@/lab/run";
import { echoOf, EdgeScene, openDomain, openSocket, send, sendOverTls } from "@/lib/adapters/edge/edge-scene.fixture";
import { startPebble, type Pebble } from "@/lib/adapters/edge/pebble.fixture";
import { renderEdge } from "./edge";
import { install, type Pem } from "./edge-install.fixture";
import type { EdgeForwardAuth, EdgeStudio } from "./edge-input";
import { studioOffHeader } from "./studio-rules";

const scene = new EdgeScene();
let upstream = "";
let pebble: Pebble;

beforeAll(async () => {
  await scene.start();
  upstream = await scene.upstream("a");
  pebble = await startPebble(scene.folder, scene);
});
afterAll(async () => {
  await pebble.stop();
  await scene.stop();
});

describe.each([["in the document", false], ["in a live file", true]])("Studio at the edge, with own API paths %s", (_where, isLive) => {
  const questions: { url: string; headers: IncomingHttpHeaders }[] = [];
  let forwardAuth: EdgeForwardAuth;

  beforeAll(async () => {
    const panel = await scene.upstream("panel", (request, response) => {
      questions.push({ url: request.url ?? "", headers: request.headers });
      const cookie = request.headers.cookie ?? "";
      if (cookie.includes("basehold.studio=good")) response.writeHead(200, { "x-studio-authorization": "Basic ZGFzaGJvYXJkOnNlY3JldA==" }).end();
      else if (cookie.includes("basehold.studio=plain")) response.writeHead(204).end();
      else response.writeHead(302, { location: "https://panel.test/sign-in", "set-cookie": "basehold.studio=asked" }).end();
    });
    forwardAuth = { upstream: panel, path: "/internal/studio", headers: { "x-edge-secret": "s3cret" }, copyHeaders: [{ from: "x-studio-authorization", to: "authorization" }, { from: "x-studio-user", to: "x-studio-user" }], letsBasicAuthPass: true };
  });
  beforeEach(() => void questions.splice(0));

  const apiRoutes: EdgeStudio["apiRoutes"] = [{ kind: "prefix", path: "/rest/v1/" }, { kind: "prefix", path: "/auth/v1/" }, { kind: "prefix", path: "/.well-known/" }];
  const ownApiRoutes: EdgeStudio["apiRoutes"] = [{ kind: "exact", path: "/hook" }, { kind: "prefix", path: "/in(b+c)ox", methods: ["POST"] }, { kind: "regex", path: "/pro(duct|ject-list)s?/[0-9]{1,3}|/v[0-9]" }];
  const inputParts = () => (isLive ? { liveFolder: scene.liveFolder } : {});
  const studio = (parts: Partial<EdgeStudio> = {}): EdgeStudio => ({ apiRoutes, ownApiRoutes, isOnApiNames: true, isOnLocalAddress: true, allowedNetworks: null, forwardAuth, ...parts });
  const open = async (parts: Partial<EdgeStudio> = {}) => {
    const a = await scene.project("a", upstream, { studio: studio(parts), domains: [openDomain("studio.test", { kind: "studio" }), openDomain("api.test")] });
    await scene.load([a], inputParts());
    return a.localListen.port;
  };

  test.runIf(isLive)("a path becomes the API's, and Studio's again, while the document stays; without the file no path is anybody's", async () => {
    const a = await scene.project("a", upstream, { studio: studio({ ownApiRoutes: [] }) });
    await scene.load([a], inputParts());
    const render = (paths: EdgeStudio["apiRoutes"]) => renderEdge(scene.input([{ ...a, studio: studio({ ownApiRoutes: paths }) }], inputParts()));
    const statusOf = async (method = "GET") => (await send({ port: a.localListen.port, path: "/late", method })).status;
    expect(await statusOf()).toBe(302);
    scene.writeLive(render([{ kind: "exact", path: "/late", methods: ["GET", "PUT"] }]).liveFiles);
    expect([await statusOf(), await statusOf("PUT"), await statusOf("POST")]).toEqual([200, 200, 302]);
    scene.writeLive(render([]).liveFiles);
    expect(await statusOf()).toBe(302);
    rmSync(join(scene.liveFolder, "paths"), { recursive: true });
    expect(await statusOf()).toBe(500);
    expect((await send({ port: a.localListen.port, path: "/rest/v1/x" })).status).toBe(200);
  });

  test("a ticket opens it: the panel is asked, and its header goes on instead of the browser's", async () => {
    const port = await open();
    const answer = echoOf(await send({ port, host: "a.test", path: "/project/default?x=1", method: "POST", body: "kept", headers: { cookie: "basehold.studio=good; own=1", "x-studio-user": "forged" } }));
    expect(answer).toMatchObject({ url: "/project/default?x=1", method: "POST", body: "kept", headers: { authorization: "Basic ZGFzaGJvYXJkOnNlY3JldA==", cookie: "own=1" } });
    expect(answer.headers).not.toHaveProperty("x-studio-user");
    expect(questions).toEqual([{ url: "/internal/studio", headers: expect.objectContaining({ "x-edge-secret": "s3cret", "x-basehold-project": "aaaaaaaaaaaa", "x-forwarded-method": "POST", "x-forwarded-uri": "/project/default?x=1", "x-forwarded-host": "a.test" }) }]);
  });

  test("a browser's own authorization does not pass in place of the panel's", async () => {
    const port = await open();
    const answer = echoOf(await send({ port, headers: { cookie: "basehold.studio=plain", authorization: "Bearer own" } }));
    expect(answer.headers).not.toHaveProperty("authorization");
  });

  test("without a ticket the panel's answer is what the browser gets, cookie and all, and the gateway is not reached", async () => {
    const port = await open();
    const answer = await send({ port, path: "/" });
    expect(answer).toMatchObject({ status: 302, headers: { location: "https://panel.test/sign-in", "set-cookie": ["basehold.studio=asked"] } });
  });

  test("the dashboard's password goes straight to the gateway where that is allowed", async () => {
    const headers = { authorization: "Basic eDp5" };
    expect(echoOf(await send({ port: await open(), headers })).headers.authorization).toBe("Basic eDp5");
    expect(questions).toEqual([]);
    expect((await send({ port: await open({ forwardAuth: { ...forwardAuth, letsBasicAuthPass: false } }), headers })).status).toBe(302);
  });

  test("requests of the API are not asked about, and no spelling of a path passes as one", async () => {
    const port = await open();
    for (const path of ["/rest/v1/todos?select=*", "/auth/v1/", "/.well-known/x", "/hook", "/hook?a=/../", "/products/12?x=/", "/project-list/1", "/v2", "/rest/v1/?q=%2f//"]) expect(echoOf(await send({ port, path })).url).toBe(path);
    expect(echoOf(await send({ port, path: "/in(b+c)ox/1", method: "POST" })).url).toBe("/in(b+c)ox/1");
    expect(questions).toEqual([]);
    const tricks = ["/", "/project/default", "/products/1234", "/products/12/x", "/x/v2", "/hook/", "/hookx", "/in(b+c)ox", "/inbbcox", "/?x=/rest/v1/", "/auth/v1", "/REST/v1/x", "/rest/v1x", "/rest/v1/../../", "/rest/v1/..%2f..%2f", "/rest/v1/%2e%2e/%2e%2e/", "//rest/v1/x", "/rest//v1/../../project", "/x/../rest/v1/", "/rest/v1/..", "/rest/v1\\..\\..\\", "/rest/v1/%5c..", "/%72est/v1%2f..", "/xwell-known/x"];
    for (const path of tricks) expect((await send({ port, path })).status, path).not.toBe(200);
  });

  test("a socket is asked about without being opened at the panel, and then opened at the gateway", async () => {
    const port = await open();
    const socket = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13", origin: "http://a.test" };
    expect((await send({ port, host: "a.test", path: "/socket", headers: socket })).status).toBe(302);
    expect(questions[0]?.headers).not.toHaveProperty("upgrade");
    expect(questions[0]?.headers).toMatchObject({ origin: "http://a.test" });
    const open101 = await openSocket(`ws://127.0.0.1:${String(port)}/socket`, { cookie: "basehold.studio=good" });
    expect(await open101.say("hello")).toBe("a:hello");
    open101.close();
  });

  test("while the panel is down Studio is closed and the API answers", async () => {
    const port = await open({ forwardAuth: { ...forwardAuth, upstream: "127.0.0.1:9" } });
    expect((await send({ port, path: "/project/default", headers: { cookie: "basehold.studio=good" } })).status).toBe(502);
    expect((await send({ port, path: "/rest/v1/x" })).status).toBe(200);
  });

  test("off one of the API's addresses it is served at the other, and off both under its own name only, where everything is asked about", async () => {
    const headers = { cookie: "basehold.studio=good" };
    const local = await open({ isOnApiNames: false });
    expect((await send({ port: local, path: "/project", headers })).status).toBe(200);
    expect((await send({ port: scene.httpPort, host: "api.test", path: "/project", headers })).status).toBe(404);
    const apiOnly = await open({ isOnLocalAddress: false });
    expect((await send({ port: apiOnly, path: "/project", headers })).status).toBe(404);
    expect((await send({ port: scene.httpPort, host: "api.test", path: "/project", headers })).status).toBe(200);
    const port = await open({ isOnApiNames: false, isOnLocalAddress: false });
    expect((await send({ port, path: "/project/default", headers: { cookie: "basehold.studio=good" } })).status).toBe(404);
    expect((await send({ port, path: "/rest/v1/x" })).status).toBe(200);
    expect((await send({ port: scene.httpPort, host: "studio.test", path: "/rest/v1/x" })).status).toBe(302);
    expect((await send({ port: scene.httpPort, host: "studio.test", path: "/project", headers: { cookie: "basehold.studio=good" } })).status).toBe(200);
  });

  test("where it does not answer the gateway is told, of what is taken for the API as well, and no client tells it", async () => {
    const port = await open({ isOnLocalAddress: false });
    const toldOf = async (askedPort: number, host: string) => echoOf(await send({ port: askedPort, host, path: "/hook", headers: { [studioOffHeader]: "0" } })).headers[studioOffHeader];
    expect([await toldOf(port, "a.test"), await toldOf(scene.httpPort, "api.test")]).toEqual(["1", undefined]);
  });

  test("an IP list stands before it, and a forged address does not pass it", async () => {
    const port = await open({ allowedNetworks: ["203.0.113.0/24"] });
    const headers = { cookie: "basehold.studio=good", "x-forwarded-for": "203.0.113.5" };
    expect((await send({ port, headers })).status).toBe(403);
    expect((await send({ port, path: "/rest/v1/x", headers })).status).toBe(200);
    const a = await scene.project("a", upstream, { studio: studio({ allowedNetworks: ["203.0.113.0/24"] }) });
    await scene.load([a], { ...inputParts(), trustedProxies: ["127.0.0.1/32"] });
    expect((await send({ port: a.localListen.port, headers })).status).toBe(200);
  });
});

test("a project that is open to some networks only is closed to the others", async () => {
  const a = await scene.project("a", upstream, { allowedNetworks: ["203.0.113.0/24"], domains: [openDomain("a.test")] });
  await scene.load([a]);
  expect((await send({ port: a.localListen.port })).status).toBe(403);
  expect((await send({ port: scene.httpPort, host: "a.test" })).status).toBe(403);
});

describe("certificates", () => {
  test("an ACME server's certificate is got for a domain that is not open yet, and is served once it is open", async () => {
    const acme = { directoryUrl: pebble.directoryUrl, stagingDirectoryUrl: null, email: "ops@example.com", caRootPem: null };
    // The container gets the root as a file that the document names; here it lies in the scene's folder.
    const root = join(scene.folder, "root.pem");
    writeFileSync(root, pebble.caRootPem);
    const document = async (isOpen: boolean) => {
      const a = await scene.project("a", upstream, { domains: [openDomain("shop.test", { tls: { kind: "acme", directory: "live" }, isOpen })] });
      const rendered = renderEdge(scene.input([a], { acme: { ...acme, caRootPem: pebble.caRootPem } }));
      return JSON.parse(JSON.stringify(rendered.document).replaceAll(rendered.files[0]?.path ?? "?", root)) as typeof rendered.document;
    };
    await scene.loadDocument(await document(false));
    await expect.poll(() => sendOverTls(scene.httpsPort, "shop.test").then(({ status }) => status, () => 0), { timeout: 30_000 }).toBe(503);
    const { certificate } = await sendOverTls(scene.httpsPort, "shop.test");
    expect(certificate?.subjectAltName).toBe("DNS:shop.test");
    expect(certificate?.issuer).toContain("Pebble");
    await scene.loadDocument(await document(true));
    expect((await sendOverTls(scene.httpsPort, "shop.test")).head).toContain('"upstream":"a"');
  }, 60_000);

  test("an uploaded certificate is served under its names, a wildcard's under each of them", async () => {
    const tls = { kind: "uploaded" as const, ...(await selfSigned()) };
    await scene.load([await scene.project("a", upstream, { domains: [openDomain("*.own.test", { tls })] })]);
    const { certificate, head } = await sendOverTls(scene.httpsPort, "any.own.test");
    expect([certificate?.subjectAltName, head.includes('"upstream":"a"')]).toEqual(["DNS:*.own.test", true]);
    await expect(sendOverTls(scene.httpsPort, "own.test")).rejects.toThrow();
  });
});

async function selfSigned(): Promise<Pem> {
  const [keyFile, certificateFile] = [join(scene.folder, "own.key"), join(scene.folder, "own.pem")];
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=Own", "-addext", "subjectAltName=DNS:*.own.test", "-keyout", keyFile, "-out", certificateFile]);
  return { certificatePem: readFileSync(certificateFile, "utf8"), keyPem: readFileSync(keyFile, "utf8") };
}

test("Caddy's own checker accepts what is rendered for any installation", async () => {
  const caddy = await ensureGoProgram(caddyProgram);
  const inputs = fc.sample(install(await selfSigned()), 24);
  for (const input of inputs) {
    const path = join(scene.folder, "install.json");
    writeFileSync(path, JSON.stringify(renderEdge(input).document));
    await run(caddy, ["validate", "--config", path], { env: { XDG_CONFIG_HOME: scene.folder, XDG_DATA_HOME: scene.folder } });
  }
});
