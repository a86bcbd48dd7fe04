import { createHmac, randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Actor } from "@/lib/access/actor";
import type { VerbContext } from "@/lib/access/verb-context";
import { packTar, packTarGz } from "@/lib/adapters/archive/pack-tar";
import { migrateStore } from "@/lib/adapters/store/migrate";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Db, Store } from "@/lib/adapters/store/types";
import { FakeEngine } from "@/lib/engine/fake-engine";
import type { FaultPlan } from "@/lib/engine/fake/faults";
import { createFakeWorld, type FakeWorld } from "@/lib/engine/fake/world";
import type { ContractProbe } from "@/lib/gateway/contract";
import type { NameProbe } from "@/lib/gateway/name-probe";
import { listenersOf } from "@/lib/gateway/edge-version";
import { createFakeEdgeWorld, FakeEdge, type FakeEdgeOptions, type FakeEdgeWorld } from "@/lib/gateway/fake-edge";
import { OperationRunner } from "@/lib/operations/runner";
import { Clock, leaseMs, MortalStore, newId, silentLog } from "@/lib/operations/store.fixture";
import { secretRules } from "@/lib/stack/secret-rules";
import { Secret } from "@/lib/stack/secret-value";
import type { ProjectSecrets, SecretName } from "@/lib/stack/settings";
import { authorizeOperationActor } from "./authorize-operation";
import { createFakeNames, fakeDomainPorts, gatewayBehindName, plainKeys, type FakeNames } from "./domains/domain-scene.fixture";
import { EdgeKeeper } from "./edge/edge-keeper";
import { readImageSource, writeSetting } from "./installation";
import { projectWorkflows } from "./workflows/all-workflows";
import { settleUnreadable } from "./workflows/settle";
import type { SecretsPort, WorkflowTools } from "./workflows/tools";

/**
 * One installation as the tests of projects see it: a real SQLite file, a fake host, and workers on both that can be killed at any
 * point. The secrets stand in the store unencrypted; all the rest is the product's own code.
 */

export const instanceId = "scene0instance";
export const systemActor: Actor = { kind: "cli", name: "Test" };

const plainMark = "v1.plain.";
const sealedMark = "sealed.for-worker:";

/** What web's `seal` gives in these tests; `plainSecrets` opens it. */
export const seal = (text: string) => Promise.resolve(`for-worker:${Buffer.from(text).toString("base64")}`);

export function plainSecrets(store: Store, now: () => Date): SecretsPort {
  const readRows = (db: Db, projectId: string) => db.secretValue.findMany({ where: { projectId } });
  return {
    async readAll(db, projectId) {
      const entries = (await readRows(db, projectId)).filter((row) => row.name in secretRules).map((row) => {
        if (!row.ciphertext.startsWith(plainMark)) throw new Error(`The secret ${row.name} cannot be opened.`);
        return [row.name, new Secret(Buffer.from(row.ciphertext.slice(plainMark.length), "base64").toString())] as const;
      });
      if (entries.length === 0) throw new Error("The project has no secrets yet.");
      return { smtpPassword: null, publishableKeyPrevious: null, secretKeyPrevious: null, ...Object.fromEntries(entries) } as ProjectSecrets;
    },
    listNames: async (db, projectId) => (await readRows(db, projectId)).map((row) => row.name),
    async write(tx, projectId, name: SecretName, value) {
      const data = { ciphertext: plainMark + Buffer.from(value.reveal()).toString("base64"), updatedAt: now() };
      await tx.secretValue.upsert({ where: { projectId_name: { projectId, name } }, create: { id: newId(), projectId, name, createdAt: now(), ...data }, update: data });
    },
    unsealPending: (projectId) =>
      store.transaction(async (tx) => {
        for (const row of await readRows(tx, projectId)) {
          if (row.ciphertext.startsWith(sealedMark)) await tx.secretValue.update({ where: { id: row.id }, data: { ciphertext: plainMark + row.ciphertext.slice(sealedMark.length) } });
        }
      }),
    async readDashboardUsers(db, projectId, rows) {
      const stored = rows ?? (await db.dashboardUser.findMany({ where: { projectId }, orderBy: { username: "asc" } }));
      return stored.map(({ username, passwordCiphertext }) => ({ username, password: new Secret(passwordCiphertext.slice(plainMark.length)) }));
    },
    async writeDashboardUser(tx, { id, projectId, username, now: at }, password) {
      const passwordCiphertext = plainMark + password.reveal();
      await tx.dashboardUser.upsert({ where: { id }, create: { id, projectId, username, passwordCiphertext, createdAt: at, updatedAt: at }, update: { passwordCiphertext, updatedAt: at } });
    },
    openSealed: async (sealed) => new Secret(Buffer.from(sealed.slice("for-worker:".length), "base64").toString()),
  };
}

export type SceneOptions = { world?: FakeWorld; storeFile?: string; /** Address of an empty database, instead of a SQLite file. */ storeUrl?: string; clock?: Clock };

export type WorkerOptions = { faults?: FaultPlan; /** Name of a crash point of the runner, or `edge-load:before` and the like, at which the worker dies. */ dieAt?: string; onPoint?: (point: string) => void; tools?: Partial<WorkflowTools>; parallel?: number };

export type SceneWorker = { engine: FakeEngine; tools: WorkflowTools; died: Promise<void>; freeze(): void; thaw(): void; stop(): Promise<void> };

export type Scene = Awaited<ReturnType<typeof openScene>>;

/** Opens an installation: new, or going on from a store file and a world of an earlier one. */
export async function openScene(options: SceneOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), "basehold-projects-"));
  const path = join(folder, "store", "basehold.sqlite");
  mkdirSync(join(folder, "store"));
  if (options.storeFile !== undefined) copyFileSync(options.storeFile, path);
  const url = options.storeUrl ?? `file:${path}`;
  if (options.storeFile === undefined) await migrateStore({ url, backupsFolder: join(folder, "backups") });
  const store = await openStore({ url });
  const parts: SceneParts = { store, world: options.world ?? createFakeWorld(), clock: options.clock ?? new Clock(), exports: new Map(), gateway: { isBroken: false, waitedMs: 0 }, edgeWorld: createFakeEdgeWorld(), outside: createFakeNames(), commits: new Set() };
  const workers: SceneWorker[] = [];
  if (options.storeFile === undefined) await insertInstallation(store, parts.clock);
  return Object.assign(parts, {
    path,
    ctx: (actor: Actor = systemActor): VerbContext => ({ store, actor, now: parts.clock.now, newId, seal }),
    tools: () => makeTools(parts, store, new FakeEngine(parts.world)),
    startWorker: (worker: WorkerOptions = {}): SceneWorker => {
      const started = startSceneWorker(parts, worker);
      workers.push(started);
      return started;
    },
    /** The operation with its steps, once it has ended. */
    ended: (operationId: string) => whenEnded(parts, operationId),
    project: (ref: string) => store.db.project.findUnique({ where: { ref }, include: { ports: true, subnet: true, functions: true } }),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
    /** Takes store and host back to an earlier state, without the cost of opening the store anew. */
    async resetTo(storeFile: string, world: FakeWorld, edgeWorld: FakeEdgeWorld = createFakeEdgeWorld()): Promise<void> {
      await copyTables(store, storeFile);
      Object.assign(parts, { world: structuredClone(world), edgeWorld: structuredClone(edgeWorld), exports: new Map(), gateway: { isBroken: false, waitedMs: 0 }, outside: createFakeNames() });
    },
  });
}

async function copyTables({ db }: Store, storeFile: string): Promise<void> {
  const tables = await db.$queryRawUnsafe<{ name: string }[]>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  await db.$executeRawUnsafe("PRAGMA foreign_keys = OFF");
  await db.$executeRawUnsafe(`ATTACH DATABASE '${storeFile}' AS earlier`);
  for (const { name } of tables) {
    await db.$executeRawUnsafe(`DELETE FROM main."${name}"`);
    await db.$executeRawUnsafe(`INSERT INTO main."${name}" SELECT * FROM earlier."${name}"`);
  }
  await db.$executeRawUnsafe("DETACH DATABASE earlier");
  await db.$executeRawUnsafe("PRAGMA foreign_keys = ON");
}

type SceneParts = { store: Store; world: FakeWorld; clock: Clock; exports: Map<string, Uint8Array>; gateway: { isBroken: boolean; waitedMs: number }; edgeWorld: FakeEdgeWorld; /** Where names lead, beyond the machine. */ outside: FakeNames; /** Called after each commit of a worker. */ commits: Set<() => void> };

async function whenEnded({ store, commits }: SceneParts, operationId: string) {
  for (;;) {
    let tell: () => void = () => undefined;
    const changed = new Promise<void>((resolve) => (tell = resolve));
    commits.add(tell);
    const operation = await store.db.operation.findUniqueOrThrow({ where: { id: operationId }, include: { steps: { orderBy: { ordinal: "asc" } } } });
    if (operation.finishedAt === null) await changed;
    commits.delete(tell);
    if (operation.finishedAt !== null) return operation;
  }
}

async function insertInstallation(store: Store, clock: Clock): Promise<void> {
  const now = clock.now();
  await writeSetting(store.db, "instanceId", instanceId, now);
  await store.db.host.create({ data: { id: "host1", name: "local", endpoint: "", createdAt: now } });
}

function makeTools({ world, clock, exports, gateway, edgeWorld, outside }: SceneParts, store: Store, engine: FakeEngine, beforeEdge?: EdgeHook): WorkflowTools {
  return {
    edge: new EdgeKeeper({ store, edge: new FakeEdge(edgeWorld, { around: beforeEdge, now: () => clock.now().getTime() }), keys: plainKeys, instanceId, panel: { upstream: "127.0.0.1:3000", proof: "p".repeat(64) } }),
    store,
    engine,
    secrets: plainSecrets(store, clock.now),
    probe: fakeProbe(world, gateway, edgeWorld),
    names: fakeNames(gateway, edgeWorld),
    domains: fakeDomainPorts(outside, edgeWorld, () => void (gateway.waitedMs += 20_000)),
    certificateKeys: plainKeys,
    isPortFree: async (hostIp, port) => !world.portsHeldByOthers.includes(port) && !(edgeWorld.state === "running" && listenersOf(edgeWorld.document).includes(`${hostIp}:${port}`)),
    resolveHost: async (host) => (host.endsWith(".example.com") ? ["93.184.216.34"] : []),
    hostRoutes: async () => ["192.168.0.0/24", "10.200.0.0/24"],
    hash: (text) => createHmac("sha256", "scene").update(text).digest("hex").slice(0, 32),
    randomBytes: (length) => randomBytes(length),
    newId,
    // Waiting for the gateway takes time, during which the worker is well and renews its lease.
    now: () => new Date(clock.now().getTime() + gateway.waitedMs),
    pause: async (durationMs, signal) => {
      gateway.waitedMs += durationMs;
      await setImmediate();
      signal.throwIfAborted();
    },
    instanceId,
    imageSource: () => readImageSource(store.db),
    packTar,
    packTarGz,
    readyContainers: new Set<string>(),
    saveExport: async (operationId, _name, archive) => {
      exports.set(operationId, archive);
      return { sizeBytes: archive.byteLength };
    },
  };
}

/** Port of the gateway to which the edge passes what comes in on this address; undefined where it does not listen. */
function gatewayBehind({ state, document, liveFiles }: FakeEdgeWorld, address: string): number | undefined {
  if (state !== "running") return undefined;
  const servers = (document?.apps["http"] as { servers?: Record<string, { listen: string[] }> } | undefined)?.servers ?? {};
  const [name] = Object.entries(servers).find(([, { listen }]) => listen.includes(address)) ?? [];
  const upstream = Object.entries(liveFiles).find(([path]) => name !== undefined && name.endsWith(`-${path.split("/").at(-1) ?? ""}`))?.[1];
  return upstream === undefined ? undefined : Number(upstream.split(":")[1]);
}

/** Answers for every name that the edge's document holds. Time passes while it does not. */
function fakeNames(gateway: SceneParts["gateway"], edgeWorld: FakeEdgeWorld): NameProbe {
  return {
    async ask({ hostname, address }) {
      const isServed = edgeWorld.state === "running" && listenersOf(edgeWorld.document).includes(`:${address.port}`) && JSON.stringify(edgeWorld.document).includes(`"${hostname}"`);
      if (isServed && !gateway.isBroken) return { status: 200, body: '{"status":"ok"}', error: null };
      gateway.waitedMs += 30_000;
      return { status: null, body: "", error: "connection refused" };
    },
  };
}

type EdgeHook = NonNullable<FakeEdgeOptions["around"]>;

/** Answers as the contract asks when a running container publishes the port and no service of the project is down. Time passes while it does not. */
function fakeProbe(world: FakeWorld, gateway: SceneParts["gateway"], edgeWorld: FakeEdgeWorld): ContractProbe {
  return {
    async send(baseUrl, request, _credentials, _signal, route) {
      const { host, hostname } = new URL(baseUrl);
      const port = route === undefined ? (gatewayBehind(edgeWorld, host) ?? Number(new URL(baseUrl).port)) : gatewayBehindName(edgeWorld, hostname);
      const front = world.containers.find((container) => container.state === "running" && container.ports.some((published) => published.hostPort === port));
      const services = world.containers.filter((container) => container.networkName === front?.networkName);
      const isUp = !gateway.isBroken && front !== undefined && services.every((container) => container.state === "running");
      const isDead = world.deadRoutes.some((id) => request.id.startsWith(id));
      if (!isUp || isDead) gateway.waitedMs += 3_000;
      if (isUp && isDead) return { status: 503, bodySnippet: "no healthy upstream", durationMs: 1 };
      return isUp ? { status: request.expected.statuses[0] ?? null, bodySnippet: request.expected.bodyIncludes ?? "", durationMs: 1 } : { status: null, bodySnippet: "", durationMs: 1, error: "connection refused" };
    },
  };
}

function startSceneWorker(parts: SceneParts, options: WorkerOptions): SceneWorker {
  const mortal = new MortalStore(parts.store, () => parts.commits.forEach((tell) => tell()));
  const controller = new AbortController();
  const engine = new FakeEngine(parts.world, { faults: options.faults, onKill: () => mortal.freeze() });
  const beforeEdge: EdgeHook = (method, moment) => {
    const point = `edge-${method}:${moment}`;
    if (!engine.isKilled) options.onPoint?.(point);
    if (point === options.dieAt) engine.kill();
    return engine.isKilled ? new Promise<never>(() => undefined) : Promise.resolve();
  };
  const tools = { ...makeTools(parts, mortal.store, engine, beforeEdge), ...options.tools };
  const runner = new OperationRunner({
    store: mortal.store,
    workflows: projectWorkflows(tools),
    authorizeActor: authorizeOperationActor(parts.store),
    settleUnreadable,
    workerId: newId(),
    leaseMs,
    parallel: options.parallel ?? 5,
    now: parts.clock.now,
    newId,
    log: silentLog,
    onCrashPoint: (point) => {
      options.onPoint?.(point);
      if (point !== options.dieAt) return undefined;
      engine.kill();
      return new Promise<never>(() => undefined);
    },
  });
  const ended = runner.run(controller.signal);
  return {
    engine,
    tools,
    died: engine.killed,
    freeze: () => mortal.freeze(),
    thaw: () => mortal.thaw(),
    stop: async () => {
      controller.abort();
      if (!engine.isKilled) await ended;
    },
  };
}
