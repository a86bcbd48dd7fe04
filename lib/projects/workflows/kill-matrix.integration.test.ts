import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atCall } from "@/lib/engine/fake/faults";
import { createFakeWorld, type FakeWorld } from "@/lib/engine/fake/world";
import { LABEL } from "@/lib/engine/observed";
import { listenersOf } from "@/lib/gateway/edge-version";
import type { FakeEdgeWorld } from "@/lib/gateway/fake-edge";
import { leaseMs } from "@/lib/operations/store.fixture";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "../create-project";
import { deleteProject, purgeProject, undoDeleteProject } from "../delete-project";
import { deployFunction } from "../deploy-function";
import { addDomain } from "../domains/add-domain";
import { attachDomain, removeDomain } from "../domains/attach-domain";
import { changeDomain } from "../domains/change-domain";
import { editProject } from "../edit-project";
import { editEdge } from "../edge/edit-edge";
import { readEdgeSetting } from "../edge/edge-setting";
import { enlistProjects } from "../edge/enlist-projects";
import { turnEdgeOff, turnEdgeOn } from "../edge/turn-edge";
import { exportProject } from "../export-project";
import { applyGatewayDraft } from "../gateway/apply-draft";
import { saveGatewayDraft } from "../gateway/save-draft";
import { endGatewayBeside, previewGatewaySwitch, switchGateway } from "../gateway/switch-gateway";
import { endKeyOverlap, rotateJwtSecret, rotateKey, switchLegacyKeys } from "../keys/rotate-keys";
import { pauseProject } from "../pause-project";
import { reconcileProject } from "../reconcile-project";
import { restartService } from "../restart-service";
import { resumeProject } from "../resume-project";
import { openScene, type Scene } from "../scene.fixture";
import { addStudioUser, changeStudioSettings, changeStudioUser, removeStudioUser, renewFirstStudioUser } from "../studio/change-studio";
import { cancelOperation } from "../steer-operation";
import { planStack } from "./apply-stack";

/**
 * A worker dies at every point of every workflow (before and after each step, after each change on the engine), another takes over, and
 * the end must be the one of an undisturbed run. What differs by nature (ids, counters, generated values) is left out of the comparison.
 */

const ref = "shop";
const services = ["db", "api-gw", "auth", "rest", "functions"] as const;

type Ask = (scene: Scene) => Promise<{ operationId: string | null }>;
type Case = { name: string; given: Ask[]; ask: Ask; /** How it must end; `done` where nothing is said. */ ends?: string; prepare?: (scene: Scene) => void };

const create: Ask = (scene) => createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
const createWithStudio: Ask = (scene) => createProject(scene.ctx(), { displayName: "Shop", services: [...services, "meta", "studio"] });
const pause: Ask = (scene) => pauseProject(scene.ctx(), { ref });
const remove: Ask = (scene) => deleteProject(scene.ctx(), { ref, confirmName: ref });
const hello = { path: "index.ts", contentBase64: Buffer.from("Deno.serve(() => new Response('hi'))").toString("base64") };
const deploy: Ask = (scene) => deployFunction(scene.ctx(), { ref, name: "hello", files: [hello] });
const edit: Ask = (scene) => editProject(scene.ctx(), { ref, siteUrl: "https://shop.example.com", gatewayPort: 8555, services: ["db", "api-gw", "auth", "rest", "functions", "meta"] });
const breakOneContainer = (scene: Scene) => void (scene.world.containers = scene.world.containers.filter((container) => container.labels[LABEL.service] !== "rest"));

const hooks: GatewaySettings = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute()] };
const applyRoutes = (settings: GatewaySettings): Ask => async (scene) => {
  const { version } = await saveGatewayDraft(scene.ctx(), { ref, settings, version: null });
  return applyGatewayDraft(scene.ctx(), { ref, version: version ?? "" });
};
const otherRoutes: GatewaySettings = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ id: "own-other", upstream: { kind: "external", origin: "https://api.example.com", forwardsCredentials: false } })] };

const addUser: Ask = (scene) => addStudioUser(scene.ctx(), { ref, username: "ann" });
const limitStudio: Ask = (scene) => changeStudioSettings(scene.ctx(), { ref, allowedNetworks: ["10.0.0.0/8"] });
const rotate: Ask = (scene) => rotateKey(scene.ctx(), { ref, kind: "secret", overlapHours: 24 });
const breakFunctions = (scene: Scene) => void (scene.world.programs["functions"] = { exitsWith: 1 });

const switchTo = (to: "envoy" | "kong"): Ask => async (scene) => switchGateway(scene.ctx(), { ref, to, acknowledged: (await previewGatewaySwitch(scene.ctx(), { ref })).report.differences.map(({ id }) => id) });
const breakKong = (scene: Scene) => void (scene.world.programs["kong"] = { exitsWith: 1 });

const turnOn: Ask = (scene) => turnEdgeOn(scene.ctx());
const turnOff: Ask = (scene) => turnEdgeOff(scene.ctx());
/** The move that the edge's setting asks for, as the worker's loop enlists it. */
const move: Ask = async (scene) => {
  await enlistProjects(scene.store, scene.clock.now);
  const { id } = await scene.store.db.operation.findFirstOrThrow({ where: { kind: { in: ["edge.join", "edge.leave"] }, finishedAt: null } });
  return { operationId: id };
};
const takeAddress = (scene: Scene) => void scene.edgeWorld.portsHeldByOthers.push("127.0.0.1:8100");

const namePanel: Ask = (scene) => editEdge(scene.ctx(), { panelHost: { hostname: "panel.example.com", tls: "internal" } }, { panelPort: 3000 });
const takePublicPort = (scene: Scene) => void scene.edgeWorld.portsHeldByOthers.push(":443");

const hostname = "api.example.com";
const attach: Ask = async (scene) => {
  await addDomain(scene.ctx(), { ref, hostname }, { panelUrl: null });
  return attachDomain(scene.ctx(), { ref, hostname });
};
const refuseCertificate = (directoryUrl: string) => (scene: Scene) => void scene.edgeWorld.refusals.push({ hostname, directoryUrl, detail: "HTTP 429 urn:ietf:params:acme:error:rateLimited" });

const cases: Case[] = [
  { name: "create", given: [], ask: create },
  { name: "pause", given: [create], ask: pause },
  { name: "resume", given: [create, pause], ask: (scene) => resumeProject(scene.ctx(), { ref }) },
  { name: "restart", given: [create], ask: (scene) => restartService(scene.ctx(), { ref, service: "auth" }) },
  { name: "reconcile", given: [create], prepare: breakOneContainer, ask: (scene) => reconcileProject(scene.ctx(), { ref }) },
  { name: "edit", given: [create], ask: edit },
  { name: "edit that fails and goes back", given: [create], prepare: (scene) => void (scene.world.programs["meta"] = { exitsWith: 1 }), ask: edit, ends: "undone" },
  { name: "delete", given: [create], ask: remove },
  { name: "undo-delete", given: [create, deploy, remove], ask: (scene) => undoDeleteProject(scene.ctx(), { ref }) },
  { name: "purge", given: [create, remove], ask: (scene) => purgeProject(scene.ctx(), { ref, confirmName: ref }) },
  { name: "export", given: [create, deploy], ask: (scene) => exportProject(scene.ctx(), { ref }) },
  { name: "function deploy", given: [create], ask: deploy },
  { name: "gateway apply", given: [create, applyRoutes(hooks)], ask: applyRoutes(otherRoutes) },
  { name: "gateway apply that is refused and goes back", given: [create, applyRoutes(hooks)], prepare: (scene) => void (scene.world.refusesConfiguration = true), ask: applyRoutes(otherRoutes), ends: "undone" },
  { name: "gateway apply that is not proven and goes back", given: [create, applyRoutes(hooks)], prepare: (scene) => void scene.world.deadRoutes.push("own-other"), ask: applyRoutes(otherRoutes), ends: "undone" },
  { name: "switch of the gateway", given: [create], ask: switchTo("kong") },
  { name: "switch of the gateway that fails and goes back", given: [create], prepare: breakKong, ask: switchTo("kong"), ends: "undone" },
  { name: "switch of the gateway that its checker refuses and goes back", given: [create], prepare: (scene) => void (scene.world.refusesConfiguration = true), ask: switchTo("kong"), ends: "undone" },
  { name: "switch of the gateway behind the edge", given: [turnOn, create], ask: switchTo("kong") },
  { name: "switch of the gateway behind the edge that is not proven and goes back", given: [turnOn, create], prepare: (scene) => void scene.world.deadRoutes.push("rest"), ask: switchTo("kong"), ends: "undone" },
  { name: "switch back to the kept gateway", given: [turnOn, create, switchTo("kong")], ask: switchTo("envoy") },
  { name: "end of the kept gateway", given: [create, switchTo("kong")], ask: (scene) => endGatewayBeside(scene.ctx(), { ref }) },
  { name: "gateway apply with Kong", given: [create, switchTo("kong")], ask: applyRoutes(hooks) },
  { name: "gateway apply that Kong refuses and goes back", given: [create, switchTo("kong")], prepare: (scene) => void (scene.world.refusesConfiguration = true), ask: applyRoutes(hooks), ends: "undone" },
  { name: "key rotation with an overlap", given: [create], ask: rotate },
  { name: "key rotation that ends the old key at once", given: [create], ask: (scene) => rotateKey(scene.ctx(), { ref, kind: "publishable", overlapHours: 0 }) },
  { name: "key rotation that fails and goes back", given: [create], prepare: breakFunctions, ask: rotate, ends: "undone" },
  { name: "end of an overlap", given: [create, rotate], ask: (scene) => endKeyOverlap(scene.ctx(), { ref, kind: "secret" }) },
  { name: "legacy keys switched off", given: [create], ask: (scene) => switchLegacyKeys(scene.ctx(), { ref, isOff: true }) },
  { name: "legacy keys that cannot be switched off and stay on", given: [create], prepare: breakFunctions, ask: (scene) => switchLegacyKeys(scene.ctx(), { ref, isOff: true }), ends: "undone" },
  { name: "JWT secret rotation", given: [create], ask: (scene) => rotateJwtSecret(scene.ctx(), { ref, confirmName: ref, withSigningPair: true }) },
  { name: "JWT secret rotation that fails and goes back", given: [create], prepare: breakFunctions, ask: (scene) => rotateJwtSecret(scene.ctx(), { ref, confirmName: ref }), ends: "undone" },
  { name: "a user of Studio added", given: [createWithStudio], ask: addUser },
  { name: "a user of Studio added who is let in by nobody", given: [createWithStudio], prepare: (scene) => void scene.world.deadRoutes.push("studio-user"), ask: addUser, ends: "undone" },
  { name: "another password of a user of Studio", given: [createWithStudio, addUser], ask: (scene) => changeStudioUser(scene.ctx(), { ref, username: "ann", password: "another long password" }) },
  { name: "a user of Studio removed", given: [createWithStudio, addUser], ask: (scene) => removeStudioUser(scene.ctx(), { ref, username: "ann" }) },
  { name: "another password of the first user of Studio", given: [createWithStudio], ask: (scene) => renewFirstStudioUser(scene.ctx(), { ref }) },
  { name: "another password of the first user of Studio that nobody gets in with", given: [createWithStudio], prepare: (scene) => void scene.world.deadRoutes.push("studio-user"), ask: (scene) => renewFirstStudioUser(scene.ctx(), { ref }), ends: "undone" },
  { name: "networks before Studio", given: [createWithStudio], ask: limitStudio },
  { name: "networks before Studio that cannot be proven", given: [turnOn, createWithStudio], prepare: (scene) => void scene.world.deadRoutes.push("studio-"), ask: limitStudio, ends: "undone" },
  { name: "move behind the edge", given: [create, turnOn], ask: move },
  { name: "move behind the edge that fails and goes back", given: [create, turnOn], prepare: takeAddress, ask: move, ends: "undone" },
  { name: "creation behind the edge", given: [turnOn], ask: create },
  { name: "another address at the edge", given: [turnOn, create], ask: edit },
  { name: "the panel given a name at the edge", given: [create, turnOn], ask: namePanel },
  { name: "the panel given a name that cannot be served and goes back", given: [create, turnOn], prepare: takePublicPort, ask: namePanel, ends: "undone" },
  { name: "attaching a domain", given: [turnOn, create], ask: attach },
  { name: "attaching a domain whose rehearsal is refused", given: [turnOn, create], prepare: refuseCertificate("https://acme-staging-v02.api.letsencrypt.org/directory"), ask: attach, ends: "undone" },
  { name: "attaching a domain whose certificate is refused", given: [turnOn, create], prepare: refuseCertificate("https://acme-v02.api.letsencrypt.org/directory"), ask: attach, ends: "undone" },
  { name: "attaching a domain that is not proven and goes back", given: [turnOn, create], prepare: (scene) => void scene.world.deadRoutes.push("rest-root-none"), ask: attach, ends: "undone" },
  { name: "changing a domain that is open", given: [turnOn, create, attach], ask: (scene) => changeDomain(scene.ctx(), { ref, hostname, hstsSeconds: 86_400 }) },
  { name: "removing a domain", given: [turnOn, create, attach], ask: (scene) => removeDomain(scene.ctx(), { ref, hostname }) },
  { name: "removing a domain that cannot be proven and stays", given: [turnOn, create, attach], prepare: (scene) => void scene.world.deadRoutes.push("rest-root-none"), ask: (scene) => removeDomain(scene.ctx(), { ref, hostname }), ends: "undone" },
  { name: "move away from the edge", given: [turnOn, create, turnOff], ask: move },
];

/** Runs until the operation ends, without faults. */
async function runToEnd(scene: Scene, ask: Ask) {
  const { operationId } = await ask(scene);
  const worker = scene.startWorker();
  const operation = await scene.ended(operationId ?? "");
  await worker.stop();
  return operation;
}

type Start = { file: string; world: FakeWorld; edgeWorld: FakeEdgeWorld };

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "basehold-kill-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The state in which the operation under test finds the installation, kept to be copied for each point. */
async function makeStart({ name, given, prepare }: Case): Promise<Start> {
  const scene = await openScene({ world: createFakeWorld() });
  for (const ask of given) expect((await runToEnd(scene, ask)).status).toBe("done");
  prepare?.(scene);
  const file = join(folder, `${name}.sqlite`);
  const { world, path, edgeWorld } = scene;
  await scene.store.db.$queryRawUnsafe("PRAGMA wal_checkpoint(TRUNCATE)");
  copyFileSync(path, file);
  await scene.close();
  return { file, world, edgeWorld };
}

/** Without BASEHOLD_MATRIX=full (which `npm test` sets) a few points of each workflow, spread over it, have to do. */
const pointsMax = process.env["BASEHOLD_MATRIX"] === "full" ? Number.POSITIVE_INFINITY : 3;

function spread<T>(points: readonly T[]): T[] {
  const every = Math.max(1, points.length / pointsMax);
  return points.filter((_point, index) => Math.floor(index / every) !== Math.floor((index - 1) / every));
}

/** What must be the same after every way to the end. */
async function endState(scene: Scene, operationId: string) {
  const operation = await scene.store.db.operation.findUniqueOrThrow({ where: { id: operationId }, include: { steps: { orderBy: { ordinal: "asc" } } } });
  const project = await scene.project(ref);
  const containers = scene.world.containers.map(({ name, labels, state, ports }) => ({ name: nameless(name), service: labels[LABEL.service], state, ports }));
  return {
    operation: { status: operation.status, lease: operation.leaseToken, steps: operation.steps.map((step) => `${step.key} ${step.status}`) },
    openOperations: await scene.store.db.operation.count({ where: { finishedAt: null } }),
    project: project === null ? null : { state: project.state, reason: project.stateReason, wish: project.wish, ports: project.ports.map(({ purpose, port }) => `${purpose} ${port}`).sort(), functions: project.functions.map((fn) => `${fn.name} ${fn.deployedAt !== null}`), settings: timeless(project.settingsJson), gatewayRevision: project.gatewayRevision },
    revisions: (await scene.store.db.gatewayRevision.findMany({ orderBy: { number: "asc" } })).map(({ number, state, settingsJson, addressesJson, failureJson }) => ({ number, state, settingsJson, addressesJson, hasFailed: failureJson !== null })),
    drafts: (await scene.store.db.gatewayDraft.findMany()).map(({ settingsJson, cause }) => ({ settingsJson, cause })),
    domains: (await scene.store.db.domain.findMany({ orderBy: { hostname: "asc" } })).map(({ hostname: name, state, stateReason, isMain, hstsSeconds, replacedJson }) => ({ name, state, stateReason, isMain, hstsSeconds, replacedJson })),
    gatewayFiles: scene.world.containers.filter(({ labels }) => labels[LABEL.service] === "api-gw").map(({ files }) => Object.keys(files).sort()),
    studioUsers: (await scene.store.db.dashboardUser.findMany({ orderBy: { username: "asc" } })).map(({ username }) => username),
    secrets: (await scene.store.db.secretValue.findMany({ orderBy: { name: "asc" } })).map(({ name }) => name),
    hasOwnSecrets: project === null || (await secretsFit(scene, project.id)),
    allocations: (await scene.store.db.portAllocation.count()) + (await scene.store.db.subnetAllocation.count()),
    containers: containers.sort((a, b) => (a.name < b.name ? -1 : 1)),
    networks: scene.world.networks.map(({ name, subnet }) => `${nameless(name)} ${subnet}`),
    volumes: scene.world.volumes.map(({ name, files }) => ({ name: nameless(name), files })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    exports: scene.exports.size,
    panelHost: (await readEdgeSetting(scene.store.db)).panelHost,
    edge: { state: scene.edgeWorld.state, listens: scene.edgeWorld.state === "running" ? listenersOf(scene.edgeWorld.document) : [], gateways: scene.edgeWorld.state === "running" ? Object.values(scene.edgeWorld.liveFiles) : [] },
  };
}

/** Times in settings are those of the moment at which an operation got there. */
const timeless = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");

/** Whether what containers hold is what the store holds: a half-done change of keys leaves one of them behind. */
async function secretsFit(scene: Scene, projectId: string): Promise<boolean> {
  if ((await scene.project(ref))?.state !== "ready") return true;
  const secrets = await scene.tools().secrets.readAll(scene.store.db, projectId);
  const functions = scene.world.containers.find(({ labels, state }) => labels[LABEL.service] === "functions" && state === "running");
  return functions?.environment["JWT_SECRET"] === secrets.jwtSecret.reveal() && (functions.environment["SUPABASE_SECRET_KEYS"] ?? "").includes(secrets.secretKey.reveal());
}

/** A Docker name without the ids in it. */
const nameless = (name: string) => name.replace(/^bh-[a-z0-9]{6}-[a-z0-9]{12}-/, "");

async function leftToDo(scene: Scene): Promise<number> {
  const project = await scene.project(ref);
  if (project === null || project.state !== "ready") return 0;
  const { plan } = await planStack(scene.tools(), { projectId: project.id, goal: "run" }, new AbortController().signal);
  return plan.ops.length;
}

type Death = { dieAt?: string; afterCall?: number };

/** A worker that works until it dies there. */
async function workAndDie(scene: Scene, death: Death): Promise<void> {
  const worker = scene.startWorker({ dieAt: death.dieAt, faults: death.afterCall === undefined ? undefined : atCall(death.afterCall, { kind: "kill-after" }) });
  await worker.died;
  await worker.stop();
  scene.clock.advance(2 * leaseMs);
}

/** Dies at one point, is succeeded by another worker, and gives the end. */
async function dieAndRecover(scene: Scene, start: Start, ask: Ask, death: Death) {
  await scene.resetTo(start.file, start.world, start.edgeWorld);
  const { operationId } = await ask(scene);
  await workAndDie(scene, death);
  const second = scene.startWorker();
  await scene.ended(operationId ?? "");
  await second.stop();
  return { ...(await endState(scene, operationId ?? "")), leftToDo: await leftToDo(scene) };
}

describe.each(cases)("a worker killed during $name", (tried) => {
  let start: Start;
  let scene: Scene;
  let expected: Awaited<ReturnType<typeof dieAndRecover>>;
  const points: string[] = [];
  let calls = 0;

  beforeAll(async () => {
    start = await makeStart(tried);
    scene = await openScene();
    await scene.resetTo(start.file, start.world, start.edgeWorld);
    const { operationId } = await tried.ask(scene);
    const worker = scene.startWorker({ onPoint: (point) => void points.push(point) });
    const operation = await scene.ended(operationId ?? "");
    expect(operation.status).toBe(tried.ends ?? "done");
    expected = { ...(await endState(scene, operationId ?? "")), leftToDo: await leftToDo(scene) };
    expect(expected.leftToDo).toBe(0);
    calls = worker.engine.calls.filter((call) => call.number !== null).length;
    await worker.stop();
  });

  afterAll(() => scene.close());

  it("before or after any step leaves the same end as an undisturbed run", { timeout: 300_000 }, async () => {
    expect(points.length).toBeGreaterThan(2);
    for (const dieAt of spread([...new Set(points)])) expect(await dieAndRecover(scene, start, tried.ask, { dieAt }), dieAt).toEqual(expected);
  });

  it("after any change on the engine leaves the same end as an undisturbed run", { timeout: 300_000 }, async () => {
    const all = Array.from({ length: calls }, (_nothing, index) => index + 1);
    for (const afterCall of spread(all)) expect(await dieAndRecover(scene, start, tried.ask, { afterCall }), `call ${afterCall}`).toEqual(expected);
  });
});

describe("a creation that is cancelled", () => {
  let scene: Scene;
  let start: Start;

  beforeAll(async () => {
    start = await makeStart({ name: "cancel", given: [], ask: create });
    scene = await openScene();
  });
  afterAll(() => scene.close());

  /** Created until the worker dies there, then cancelled. */
  async function cancelAfter(death: Death): Promise<string> {
    await scene.resetTo(start.file, start.world, start.edgeWorld);
    const operationId = (await create(scene)).operationId ?? "";
    await workAndDie(scene, death);
    await cancelOperation(scene.ctx(), { operationId });
    return operationId;
  }

  async function expectNothingLeft(operationId: string): Promise<void> {
    const worker = scene.startWorker();
    const operation = await scene.ended(operationId);
    await worker.stop();
    expect(operation.status).toBe("cancelled");
    expect([scene.world.containers, scene.world.networks, scene.world.volumes]).toEqual([[], [], []]);
    const rows = await Promise.all([scene.store.db.project.count(), scene.store.db.portAllocation.count(), scene.store.db.subnetAllocation.count(), scene.store.db.secretValue.count()]);
    expect(rows).toEqual([0, 0, 0, 0]);
  }

  it("while its worker is dead leaves nothing behind, wherever that died", { timeout: 300_000 }, async () => {
    for (const dieAt of spread(["reserve:before", "secrets:after", "images:after", "services:before", "services:after", "functions:after", "prove:before", "prove:after"])) await expectNothingLeft(await cancelAfter({ dieAt }));
    for (const afterCall of spread([5, 8, 11, 14, 17, 20, 22])) await expectNothingLeft(await cancelAfter({ afterCall }));
  });

  it("leaves nothing behind when the worker that takes it back dies as well", { timeout: 300_000 }, async () => {
    for (const dieAt of ["undo-services:before", "undo-services:after", "end:before"]) {
      const operationId = await cancelAfter({ dieAt: "functions:before" });
      await workAndDie(scene, { dieAt });
      await expectNothingLeft(operationId);
    }
    for (const afterCall of spread([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])) {
      const operationId = await cancelAfter({ dieAt: "functions:before" });
      await workAndDie(scene, { afterCall });
      await expectNothingLeft(operationId);
    }
  });
});
