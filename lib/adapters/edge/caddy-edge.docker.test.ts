import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { registryPort } from "@/lab/paths";
import { DockerEngine } from "@/lib/adapters/docker/docker-engine";
import { removeAll, testDocker } from "@/lib/adapters/docker/testing.fixture";
import { renderEdge, type RenderedEdge } from "@/lib/gateway/edge";
import type { EdgeProject } from "@/lib/gateway/edge-input";
import { describeEdgeContract } from "@/lib/gateway/edge-contract.fixture";
import { edgeNames } from "@/lib/gateway/edge-port";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { CaddyEdge } from "./caddy-edge";
import { EdgeScene, openDomain, openSocket, send, untilListenedOnce } from "./edge-scene.fixture";

const instanceId = randomBytes(8).toString("hex");
const names = edgeNames(instanceId);
const engine = new DockerEngine();
const docker = testDocker();
const edge = new CaddyEdge({ engine, instanceId, imagePrefix: () => Promise.resolve(`127.0.0.1:${String(registryPort)}/`) });
/** Upstreams only: its Caddy is not started. */
const scene = new EdgeScene();
let upstream = "";

const render = (projects: EdgeProject[]): RenderedEdge => renderEdge({ ...scene.input(projects), ...ownPaths });
const ownPaths = { adminSocket: names.adminSocket, liveFolder: names.liveFolder };
const container = () => docker.getContainer(names.container);

beforeAll(async () => {
  [scene.httpPort, scene.httpsPort] = [await freePort(), await freePort()];
  upstream = await scene.upstream("a");
});
beforeEach(() => edge.ensure());
afterAll(async () => {
  await removeAll(docker, instanceId);
  await scene.stop();
});

describe("the contract of the port", () => {
  describeEdgeContract(() => ({
    edge, freePort,
    base: { ...scene.input([]), ...ownPaths },
    hold: async (port) => {
      const holder = createServer().listen(port, "127.0.0.1");
      await once(holder, "listening");
      return () => void holder.close();
    },
    crash: () => container().kill().then(() => undefined),
  }));
});

describe("the edge's container", () => {
  test("is made once, on the host's network, and is this installation's", async () => {
    const { Id, HostConfig, Config } = await container().inspect();
    await edge.ensure();
    expect((await container().inspect()).Id).toBe(Id);
    expect(HostConfig.NetworkMode).toBe("host");
    expect(Config.Labels).toMatchObject({ "io.basehold.instance": instanceId, "io.basehold.role": "edge" });
    expect(await edge.health()).toMatchObject({ state: "running", problem: null });
  });

  test("it serves on after a restart of its own, with no panel to tell it what", async () => {
    const a = await scene.project("a", upstream, { domains: [openDomain("a.test")] });
    const { version } = await edge.load(render([a]));
    await container().kill();
    await container().start();
    await expect.poll(() => send({ port: a.localListen.port }).then(({ status }) => status, () => 0), { timeout: 20_000 }).toBe(200);
    expect((await edge.inForce())?.version).toBe(version);
  });

  test("what it refuses leaves the last document in force, and the error says what", async () => {
    const a = await scene.project("a", upstream);
    const { version } = await edge.load(render([a]));
    const rendered = render([a]);
    const broken = { ...rendered, document: { ...rendered.document, apps: { nonsense: {} } } };
    await expect(edge.load(broken)).rejects.toMatchObject({ kind: "refused", detail: expect.stringContaining("nonsense") });
    expect(await edge.validate(broken)).toContain("nonsense");
    expect(await edge.validate(rendered)).toBeNull();
    expect((await edge.inForce())?.version).toBe(version);
    expect((await send({ port: a.localListen.port })).status).toBe(200);
  });

  test("a port that another program holds is named before anything changes, even one that would be shared", async () => {
    const a = await scene.project("a", upstream);
    const { version } = await edge.load(render([a]));
    const b = await scene.project("b", "127.0.0.1:9");
    const holder = createServer().listen({ port: b.localListen.port, host: "0.0.0.0", reusePort: true } as never);
    await once(holder, "listening");
    const address = `127.0.0.1:${String(b.localListen.port)}`;
    await expect(edge.load(render([a, b]))).rejects.toMatchObject({ kind: "port-taken", addresses: [address], message: expect.stringContaining(address) });
    holder.close();
    expect((await edge.inForce())?.version).toBe(version);
  });

  test("a socket through it stays open while another project is added", async () => {
    const a = await scene.project("a", upstream);
    await edge.load(render([a]));
    const socket = await openSocket(`ws://127.0.0.1:${String(a.localListen.port)}/realtime/v1/websocket`);
    await edge.load(render([a, await scene.project("b", "127.0.0.1:9")]));
    expect(await socket.say("x")).toBe("a:x");
    socket.close();
  });

  test("gateways are exchanged under load without one request lost, and a socket stays where it was", async () => {
    const other = await scene.upstream("other");
    const a = await scene.project("a", upstream);
    await edge.load(render([a]));
    const socket = await openSocket(`ws://127.0.0.1:${String(a.localListen.port)}/`);
    const answers = new Map<string, number>();
    let isOver = false;
    const senders = Array.from({ length: 8 }, async (_, index) => {
      while (!isOver) {
        const { status, body } = await send({ port: a.localListen.port, method: index % 2 === 0 ? "GET" : "POST", body: index % 2 === 0 ? undefined : "x" });
        const answer = `${String(status)} ${(JSON.parse(body) as { upstream?: string }).upstream ?? ""}`;
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    });
    for (const gatewayUpstream of [other, upstream, other, upstream]) expect((await edge.load(render([{ ...a, gatewayUpstream }]))).isReloaded).toBe(false);
    isOver = true;
    await Promise.all(senders);
    expect([...answers.keys()].sort()).toEqual(["200 a", "200 other"]);
    expect(await socket.say("x")).toBe("a:x");
    socket.close();
  });

  test("somebody else's change is seen, and healed by loading what is wanted", async () => {
    const a = await scene.project("a", upstream);
    const { version } = await edge.load(render([a]));
    const id = (await container().inspect()).Id;
    const foreign = JSON.stringify({ ...render([]).document, apps: {} });
    await engine.exec(id, ["caddy", "reload", "--config", "-", "--address", `unix/${names.adminSocket}`], { stdin: foreign, timeoutMs: 20_000 });
    expect((await edge.inForce())?.version).not.toBe(version);
    expect(await edge.heal(render([a]))).toEqual({ isChanged: true, isReloaded: true, version });
    await untilListenedOnce([a.localListen.port]);
    expect((await send({ port: a.localListen.port })).status).toBe(200);
  });
});

describe("bad days", () => {
  test("killed during a load, it is healed to what is wanted", async () => {
    const a = await scene.project("a", upstream);
    await edge.load(render([a]));
    const wanted = render([a, await scene.project("b", "127.0.0.1:9")]);
    const loading = edge.load(wanted).catch(() => null);
    await container().kill();
    await loading;
    await edge.heal(wanted);
    expect((await edge.inForce())?.document).toEqual(JSON.parse(JSON.stringify(wanted.document)));
    await untilListenedOnce([a.localListen.port]);
    expect((await send({ port: a.localListen.port })).status).toBe(200);
  });

  test("a saved document that was cut short does not keep it down", async () => {
    const a = await scene.project("a", upstream);
    await edge.load(render([a]));
    await container().stop({ t: 1 });
    const id = (await container().inspect()).Id;
    await engine.uploadFiles(id, [{ path: "/config/caddy/autosave.json", content: '{"apps":{"http":', mode: 0o600, uid: 0, gid: 0, reloadable: false }], { replaceByMove: false });
    await edge.heal(render([a]));
    expect((await send({ port: a.localListen.port })).status).toBe(200);
  });

  test("a port taken while it was down is named, and it serves the rest once that listener is left out", async () => {
    const [a, b] = [await scene.project("a", upstream), await scene.project("b", "127.0.0.1:9")];
    await edge.load(render([a, b]));
    await container().stop({ t: 1 });
    const holder = createServer().listen(b.localListen.port, "127.0.0.1");
    await once(holder, "listening");
    await expect(edge.heal(render([a, b]))).rejects.toMatchObject({ kind: "port-taken", addresses: [`127.0.0.1:${String(b.localListen.port)}`] });
    await edge.heal(render([a, { ...b, localListen: null }]));
    holder.close();
    expect((await send({ port: a.localListen.port })).status).toBe(200);
  });
});

test("certificates of the internal authority are listed with names, issuer and end, and its root is given", async () => {
  const a = await scene.project("a", upstream, { domains: [openDomain("a.test", { tls: { kind: "internal" } })] });
  await edge.load(render([a]));
  await expect.poll(() => edge.listCertificates(), { timeout: 20_000 }).toEqual([expect.objectContaining({ names: ["a.test"], source: "issued", issuer: expect.stringContaining("Basehold") })]);
  // Caddy writes the file down before it says so in its log.
  await expect.poll(async () => (await edge.issuance("a.test")).state, { timeout: 20_000 }).toBe("obtained");
  expect(await edge.internalRoot()).toContain("BEGIN CERTIFICATE");
});
