import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { atCall } from "@/lib/engine/fake/faults";
import { createFakeWorld, type FakeWorld } from "@/lib/engine/fake/world";
import { LABEL } from "@/lib/engine/observed";
import { listenersOf } from "@/lib/gateway/edge-version";
import type { FakeEdgeWorld } from "@/lib/gateway/fake-edge";
import { leaseMs } from "@/lib/operations/store.fixture";
import { readEdgeSetting } from "../edge/edge-setting";
import { openScene, type Scene } from "../scene.fixture";
import { planStack } from "./apply-stack";
import { ref, type Ask, type Case } from "./kill-matrix-cases.fixture";

/** Runs until the operation ends, without faults. */
async function runToEnd(scene: Scene, ask: Ask) {
  const { operationId } = await ask(scene);
  const worker = scene.startWorker();
  const operation = await scene.ended(operationId ?? "");
  await worker.stop();
  return operation;
}

export type Start = { file: string; world: FakeWorld; edgeWorld: FakeEdgeWorld };

/** The state in which the operation under test finds the installation, kept to be copied for each point. */
export async function makeStart(folder: string, { name, given, prepare }: Case): Promise<Start> {
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

/** Of these points as many as this run takes, spread over them. */
export function spread<T>(points: readonly T[]): T[] {
  const every = Math.max(1, points.length / pointsMax);
  return points.filter((_point, index) => Math.floor(index / every) !== Math.floor((index - 1) / every));
}

/** What must be the same after every way to the end. */
export async function endState(scene: Scene, operationId: string) {
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

/** How many changes the plan of a ready project still has: none, where all was finished. */
export async function leftToDo(scene: Scene): Promise<number> {
  const project = await scene.project(ref);
  if (project === null || project.state !== "ready") return 0;
  const { plan } = await planStack(scene.tools(), { projectId: project.id, goal: "run" }, new AbortController().signal);
  return plan.ops.length;
}

export type Death = { dieAt?: string; afterCall?: number };

/** A worker that works until it dies there. */
export async function workAndDie(scene: Scene, death: Death): Promise<void> {
  const worker = scene.startWorker({ dieAt: death.dieAt, faults: death.afterCall === undefined ? undefined : atCall(death.afterCall, { kind: "kill-after" }) });
  await worker.died;
  await worker.stop();
  scene.clock.advance(2 * leaseMs);
}

/** Dies at one point, is succeeded by another worker, and gives the end. */
export async function dieAndRecover(scene: Scene, start: Start, ask: Ask, death: Death) {
  await scene.resetTo(start.file, start.world, start.edgeWorld);
  const { operationId } = await ask(scene);
  await workAndDie(scene, death);
  const second = scene.startWorker();
  await scene.ended(operationId ?? "");
  await second.stop();
  return { ...(await endState(scene, operationId ?? "")), leftToDo: await leftToDo(scene) };
}
