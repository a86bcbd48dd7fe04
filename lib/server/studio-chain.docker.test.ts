import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { edgeProof } from "@/lib/access/edge-proof";
import { addSession, openScene, type Scene } from "@/lib/access/people.fixture";
import { hashSecretText } from "@/lib/access/secret-text";
import { echoOf, EdgeScene, send, type Reply } from "@/lib/adapters/edge/edge-scene.fixture";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { renderEnvoy } from "@/lib/gateway/envoy";
import { startEchoUpstreams, startEnvoy, type Echo, type RunningEnvoy } from "@/lib/gateway/envoy-process.fixture";
import { htpasswdLine } from "@/lib/gateway/htpasswd";
import { effectiveRoutes } from "@/lib/gateway/precedence";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { toEdgeStudio } from "@/lib/projects/edge/edge-studio";
import { parseSettings } from "@/lib/projects/settings-schema";
import { ticketParameter } from "@/lib/projects/studio/studio-session";
import { sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { answerStudioAccess } from "@/lib/worker/socket/studio-access";
import { answerStudioQuestion } from "./answer-studio";
import { installClientAddress } from "./client-address";
import { useStore as putStore } from "./store";
import { prepareWebEnvironment } from "./web.fixture";

/** A browser's way to Studio with everything real on it: Caddy asks the panel, the panel asks the worker, Envoy asks for the password. */

const proof = edgeProof("w".repeat(64));
const password = sampleSecrets.dashboardPassword.reveal();
const username = sampleSecrets.dashboardUsername.reveal();
const scene = new EdgeScene();
const came: Echo[] = [];
let access: Scene;
let envoy: RunningEnvoy;
let upstreams: Awaited<ReturnType<typeof startEchoUpstreams>>;
let panel: Server;
let worker: Server;
let isWorkerUp = true;
let removeEnvironment: () => void;
const ids: Record<string, string> = {};
const ports: Record<string, number> = {};

beforeAll(async () => {
  removeEnvironment = prepareWebEnvironment();
  installClientAddress(() => false, proof);
  access = await openScene();
  access.clock.now = new Date();
  putStore(access.store);
  await scene.start();
  upstreams = await startEchoUpstreams((echo) => {
    came.push(echo);
    return undefined;
  });
  const keys = { anon: "h.anon.s", serviceRole: "h.service.s", publishable: "sb_publishable_one", secret: "sb_secret_one", anonToken: "i.anon.s", serviceRoleToken: "i.service.s", dashboardHtpasswd: [htpasswdLine(username, password), htpasswdLine("ann", "ann's long password")].join("\n") };
  const options = { enabledServices: ["rest", "studio", "meta"] as const, release: { restrictsMetaCors: true } };
  envoy = await startEnvoy(renderEnvoy({ routes: effectiveRoutes(defaultGatewaySettings, options), keys, publicUrl: "http://127.0.0.1:8000", trustedHops: 1, jwks: '{"keys":[]}' }), upstreams.ports);
  const socketPath = await startWorker();
  process.env["BASEHOLD_WORKER_SOCKET"] = socketPath;
  panel = createServer((request, response) => {
    void answerStudioQuestion({ get: (name) => String(request.headers[name] ?? "") || null }).then(async (answer) => {
      answer.headers.forEach((value, name) => response.setHeader(name, value));
      response.writeHead(answer.status).end(await answer.text());
    });
  });
  // A port that stays free while the panel is down: one of the kernel's own range would be given to a connection going out.
  const panelPort = await freePort();
  await new Promise<void>((resolve) => panel.listen(panelPort, "127.0.0.1", resolve));
  await openProjects();
});

/** The part of the worker that answers web's question, on a socket as the real one. */
async function startWorker(): Promise<string> {
  const secrets = { readAll: () => Promise.resolve(sampleSecrets) } as unknown as Parameters<typeof answerStudioAccess>[0]["secrets"];
  worker = createServer((request, response) => {
    if (!isWorkerUp) return void request.socket.destroy();
    const query = Object.fromEntries(new URL(request.url ?? "/", "http://worker").searchParams);
    answerStudioAccess({ store: access.store, secrets, now: () => new Date() }, { claim: request.headers.authorization, query }).then(
      (answer) => response.writeHead(200).end(JSON.stringify(answer)),
      () => response.writeHead(401).end(JSON.stringify({ error: { code: "unauthenticated", message: "Ended.", status: 401 } })),
    );
  });
  const socketPath = join(scene.folder, "worker.sock");
  await new Promise<void>((resolve) => worker.listen(socketPath, resolve));
  return socketPath;
}

async function openProjects(): Promise<void> {
  const projects = [];
  for (const ref of ["shop", "other"]) {
    const id = await access.addProject(ref);
    const row = await access.store.db.project.findUniqueOrThrow({ where: { id } });
    const settings = { ...parseSettings(row.settingsJson), services: ["db" as const, "api-gw" as const, "rest" as const, "meta" as const, "studio" as const] };
    const door = { upstream: `127.0.0.1:${(panel.address() as AddressInfo).port}`, proof };
    const gatewayUpstream = ref === "shop" ? `127.0.0.1:${envoy.port}` : await scene.upstream("other");
    const project = { ...(await scene.project("a", gatewayUpstream, { studio: toEdgeStudio({ ...row, settingsJson: JSON.stringify(settings) }, settings, { gateway: defaultGatewaySettings, door }) })), projectId: id };
    projects.push(project);
    Object.assign(ids, { [ref]: id });
    Object.assign(ports, { [ref]: project.localListen.port });
  }
  await scene.load(projects);
}

afterAll(async () => {
  await envoy?.stop();
  upstreams?.stop();
  await scene.stop();
  for (const server of [panel, worker]) server.close();
  await access.close();
  removeEnvironment();
});
beforeEach(() => {
  came.length = 0;
  isWorkerUp = true;
});

let count = 0;

/** A ticket as `openStudio` makes it. */
async function ticket(ref: string): Promise<string> {
  const text = `t${++count}`.padEnd(43, "x");
  const userId = await access.addPerson(`olga ${count}`, "none", { [ids[ref] ?? ""]: "operator" });
  await addSession(access.store, new Date(), userId);
  const session = await access.store.db.session.findFirstOrThrow({ where: { userId } });
  const now = new Date();
  await access.store.db.studioTicket.create({ data: { id: `ticket${count}`, projectId: ids[ref] ?? "", userId, sessionId: session.id, tokenHash: await hashSecretText(text), createdAt: now, redeemBy: new Date(now.getTime() + 60_000) } });
  return text;
}

const ask = (path: string, headers: Record<string, string> = {}, ref = "shop") => send({ port: ports[ref] ?? 0, host: `127.0.0.1:${String(ports[ref])}`, path, headers });
const cookieIn = ({ headers }: Reply) => String(headers["set-cookie"]).split(";")[0] ?? "";
const browser = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

async function signedIn(ref = "shop"): Promise<string> {
  return cookieIn(await ask(`/?${ticketParameter}=${await ticket(ref)}`, browser, ref));
}

test("a ticket becomes a cookie, the cookie opens Studio, and neither reaches the project", async () => {
  const opened = await ask(`/project/default?a=1&${ticketParameter}=${await ticket("shop")}`, { ...browser, "sec-fetch-site": "cross-site" });
  expect(opened).toMatchObject({ status: 302, headers: { location: "/project/default?a=1" } });
  expect(String(opened.headers["set-cookie"])).toMatch(new RegExp(`^basehold\\.studio\\.${ids["shop"] ?? ""}=[A-Za-z0-9]{43}; Path=/; HttpOnly; SameSite=Lax$`));
  expect(came).toEqual([]);
  const answer = await ask("/project/default?a=1", { ...browser, cookie: `${cookieIn(opened)}; own=1` });
  expect(answer.status).toBe(200);
  expect(came).toMatchObject([{ service: "studio", url: "/project/default?a=1", headers: { cookie: "own=1" } }]);
  expect(came[0]?.headers).not.toHaveProperty("authorization");
});

test("a ticket opens once, for its own project alone, and a made-up one never", async () => {
  const token = await ticket("shop");
  expect((await ask(`/?${ticketParameter}=${token}`, browser, "other")).status).toBe(401);
  expect((await ask(`/?${ticketParameter}=${token}`, browser)).status).toBe(302);
  const again = await ask(`/?${ticketParameter}=${token}`, browser);
  expect(again.status).toBe(401);
  expect(again.headers).not.toHaveProperty("set-cookie");
  expect(again.body).toContain("This link was used already");
  expect((await ask(`/?${ticketParameter}=${"a".repeat(43)}`, browser)).status).toBe(401);
  expect(came).toEqual([]);
});

test("a forged cookie, that of another project, and one that was ended are refused", async () => {
  const mine = await signedIn();
  const others = await signedIn("other");
  const value = others.split("=")[1] ?? "";
  const name = `basehold.studio.${ids["shop"] ?? ""}`;
  for (const cookie of [others, `${name}=${value}`, `${name}=${"f".repeat(43)}`, `${name}=`, "basehold.session=x"]) expect((await ask("/", { ...browser, cookie })).status, cookie).toBe(401);
  expect((await ask("/", { ...browser, cookie: mine })).status).toBe(200);
  await access.store.db.studioTicket.updateMany({ where: { projectId: ids["shop"] }, data: { endedAt: new Date() } });
  expect((await ask("/", { ...browser, cookie: mine })).status).toBe(401);
});

test("a browser is shown both ways in, a program is told, and neither learns of the gateway", async () => {
  const page = await ask("/project/default", browser);
  expect(page).toMatchObject({ status: 401, headers: { "content-type": "text/html; charset=utf-8" } });
  expect(page.headers).not.toHaveProperty("www-authenticate");
  expect(page.body).toContain("http://panel.localhost:3000/projects/shop/studio?to=%2Fproject%2Fdefault");
  expect(await ask("/api/platform/x", { accept: "*/*", "sec-fetch-mode": "cors" })).toMatchObject({ status: 401, headers: { "content-type": expect.stringContaining("application/json") } });
  expect(came).toEqual([]);
});

test("a user of Studio is asked for the password where it was chosen, and passes with it", async () => {
  const asked = await ask("/?basehold-sign-in=1", browser);
  expect(asked).toMatchObject({ status: 401, headers: { "www-authenticate": expect.stringContaining("Basic") } });
  const basic = (text: string) => ({ ...browser, authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  expect((await ask("/", basic("ann:ann's long password"))).status).toBe(200);
  expect((await ask("/", basic("ann:another"))).status).toBe(401);
  expect((await ask("/", basic("bob:ann's long password"))).status).toBe(401);
  expect(came).toHaveLength(1);
});

test("a page of another port cannot use the session that a browser adds by itself", async () => {
  const cookie = await signedIn();
  const post = (headers: Record<string, string>) => send({ port: ports["shop"] ?? 0, host: `127.0.0.1:${String(ports["shop"])}`, path: "/api/platform/pg-meta/default/query", method: "POST", body: "{}", headers: { cookie, ...headers } });
  expect((await post({ origin: "http://127.0.0.1:8101", "sec-fetch-site": "same-site" })).status).toBe(403);
  expect((await post({ origin: "http://127.0.0.1:8101" })).status).toBe(403);
  expect(came).toEqual([]);
  expect((await post({ origin: `http://127.0.0.1:${String(ports["shop"])}`, "sec-fetch-site": "same-origin" })).status).toBe(200);
});

test("the panel tells nobody but the edge what opens Studio", async () => {
  const value = (await signedIn()).split("=")[1] ?? "";
  const asked = { "x-basehold-project": ids["shop"] ?? "", "x-forwarded-uri": "/", "x-forwarded-method": "GET", cookie: `basehold.studio.${ids["shop"] ?? ""}=${value}` };
  const direct = (headers: Record<string, string>) => send({ port: (panel.address() as AddressInfo).port, path: "/api/edge/studio", headers });
  for (const headers of [asked, { ...asked, "x-basehold-edge": "f".repeat(64) }]) {
    const answer = await direct(headers);
    expect(answer.status).toBe(404);
    expect(answer.headers).not.toHaveProperty("x-basehold-studio-authorization");
  }
  expect((await direct({ ...asked, "x-basehold-edge": proof })).status).toBe(204);
});

test("the edge takes from nobody what only it may say", async () => {
  const forged = { "x-basehold-project": ids["other"] ?? "", "x-basehold-studio-authorization": "Basic x", authorization: "Bearer own", "x-forwarded-uri": `/?${ticketParameter}=${await ticket("shop")}`, ...browser };
  expect((await ask("/project", forged)).status).toBe(401);
  const cookie = await signedIn();
  await ask("/project", { ...browser, cookie, ...forged });
  expect(came).toMatchObject([{ service: "studio", url: "/project" }]);
  expect(came[0]?.headers).not.toHaveProperty("x-basehold-studio-authorization");
});

test("with the worker or the panel down Studio is closed, to whoever was in as well, and the API answers", async () => {
  const cookie = await signedIn();
  const api = () => ask("/rest/v1/todos", { apikey: "sb_publishable_one" });
  isWorkerUp = false;
  expect((await ask("/", { ...browser, cookie })).status).toBe(503);
  expect((await api()).status).toBe(200);
  const { port } = panel.address() as AddressInfo;
  panel.closeAllConnections();
  await new Promise((resolve) => panel.close(resolve));
  expect((await ask("/", { ...browser, cookie })).status).toBe(502);
  expect((await api()).status).toBe(200);
  await new Promise<void>((resolve) => panel.listen(port, "127.0.0.1", resolve));
  isWorkerUp = true;
  expect((await ask("/", { ...browser, cookie })).status).toBe(200);
});

test("no path opens Studio, or the database's administration, to nobody", async () => {
  const paths = ["/", "/project/default", "/api/platform/projects", "/api/pg-meta/default/tables", "/pg/tables", "/mcp", "/api/mcp", "//", "/rest/v1/../", "/rest/v1/..%2f", "/./", "/%2e/", "/rest/v1//../../project", "/?apikey=sb_secret_one", "/rest/v1", "/REST/v1/x", "/pg"];
  for (const path of paths) expect([401, 403, 400, 404], path).toContain((await ask(path)).status);
  expect(came.filter(({ service }) => service === "studio" || service === "meta")).toEqual([]);
  expect(echoOf(await ask("/rest/v1/todos", { apikey: "sb_publishable_one" }))).toMatchObject({ service: "rest" });
});
