import type { RouteNumbers } from "@/lib/gateway/route-meter";
import { randomBytes } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { addSession, openScene } from "@/lib/access/people.fixture";
import { createToken } from "@/lib/access/tokens";
import { clientAddressHeader, claimToHeader } from "@/lib/access/worker-protocol";
import type { Claim } from "@/lib/access/load-actor";
import { createFakeNames, fakeDomainPorts } from "@/lib/projects/domains/domain-scene.fixture";
import { packTar, packTarGz } from "@/lib/adapters/archive/pack-tar";
import { HttpContractProbe } from "@/lib/adapters/probe/contract-probe";
import { makeFolder } from "@/lib/adapters/store/store-file.fixture";
import { openVault } from "@/lib/adapters/vault/vault";
import { FakeEngine } from "@/lib/engine/fake-engine";
import { createFakeWorld } from "@/lib/engine/fake/world";
import { sampleSecrets } from "@/lib/stack/sample-input.fixture";
import type { SecretName } from "@/lib/stack/settings";
import type { Secret } from "@/lib/stack/secret-value";
import { createFakeEdgeWorld, FakeEdge } from "@/lib/gateway/fake-edge";
import { EdgeKeeper } from "@/lib/projects/edge/edge-keeper";
import { pause } from "@/lib/projects/workflows/pause";
import { ExportsFolder } from "../exports-folder";
import { ensureInstallation } from "../installation";
import { openLog } from "../log";
import { createSocketServer } from "./socket-server";
import { listen } from "./listen";

export type Answer = { status: number; headers: http.IncomingHttpHeaders; text: string; json: unknown };
export type Sent = { claim?: Claim | string; query?: Record<string, string>; body?: unknown; signal?: AbortSignal; onChunk?(chunk: string): void };

/** A worker's socket over a real store and vault and a made-up engine, with a project and the people who want something of it. */
export async function openSocketScene() {
  const scene = await openScene();
  onTestFinished(() => scene.close());
  const folder = makeFolder();
  const world = createFakeWorld();
  const edgeWorld = createFakeEdgeWorld();
  const newId = () => randomBytes(10).toString("hex");
  const now = () => new Date(scene.clock.now);
  const projectId = await scene.addProject("shop");
  const instanceId = await ensureInstallation(scene.store, now(), newId);
  const vault = await openVault({ store: scene.store, keyFilePath: join(folder, "key-file") });
  const exports = new ExportsFolder(join(folder, "exports"));
  const samples: { service: string; samples: { atMs: number; memoryBytes: number; cpuCores: number | null }[] }[] = [];
  const numbers: Record<string, RouteNumbers> = {};
  /** What trying the doors gives: `address port` → whether it answers. */
  const probed = new Map<string, boolean>();
  const engine = new FakeEngine(world);
  const probe = new HttpContractProbe();
  onTestFinished(() => probe.close());
  const tools = {
    store: scene.store, engine, edge: new EdgeKeeper({ store: scene.store, edge: new FakeEdge(edgeWorld), keys: vault.certificateKeys, instanceId, panel: null }), secrets: vault.secrets, certificateKeys: vault.certificateKeys, domains: fakeDomainPorts(createFakeNames(), createFakeEdgeWorld()), probe, names: { ask: () => Promise.resolve({ status: null, body: "", error: "no answer" }) }, isPortFree: () => Promise.resolve(true), resolveHost: () => Promise.resolve([]), hostRoutes: () => Promise.resolve([]), hash: vault.hash,
    randomBytes: (length: number) => randomBytes(length), newId, now, pause, instanceId, imageSource: () => Promise.resolve({ kind: "official" as const, prefix: "" as const }), packTar, packTarGz, readyContainers: new Set<string>(),
    saveExport: exports.save.bind(exports), exports, usage: { seriesOf: () => samples }, traffic: { numbersOf: () => numbers }, recoveryKit: vault.recoveryKit,
    hostAddresses: () => ["192.168.1.5"], probeDoors: () => Promise.resolve(probed),
  };
  const server = createSocketServer(tools, openLog("silent"));
  const socketPath = join(folder, "run/worker.sock");
  await listen(server, { socketPath, webUid: null });
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  await scene.store.transaction(async (tx) => {
    for (const [name, value] of Object.entries(sampleSecrets) as [SecretName, Secret | null][]) if (value !== null) await vault.secrets.write(tx, projectId, name, value);
  });
  return {
    ...scene, world, edgeWorld, engine, tools, exports, samples, numbers, probed, projectId, socketPath, instanceId,
    ask: (method: string, path: string, sent: Sent = {}) => ask(socketPath, method, path, sent),
    /** A session of somebody with a role in the installation, or in the project alone. */
    session: async (role: Parameters<typeof scene.addPerson>[1], inProject?: "viewer" | "operator" | "admin"): Promise<Claim> => {
      const userId = await scene.addPerson(`p${newId()}`, role, inProject === undefined ? {} : { [projectId]: inProject });
      return { kind: "session", sid: await addSession(scene.store, now(), userId) };
    },
    token: async (scopes: ("reveal" | "export" | "delete" | "roles")[]): Promise<Claim> => {
      const owner = await scene.signedIn(await scene.addPerson(`t${newId()}`, "owner"));
      return { kind: "token", token: (await createToken(owner, { name: "ci", role: "admin", projectRefs: null, scopes, expiresInDays: 7 })).token };
    },
    audited: (action: string) => scene.store.db.auditEntry.findMany({ where: { action } }),
  };
}

function ask(socketPath: string, method: string, path: string, { claim, query, body, signal, onChunk }: Sent): Promise<Answer> {
  const authorization = claim === undefined ? {} : { authorization: typeof claim === "string" ? claim : claimToHeader(claim) };
  const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  return new Promise((resolve, reject) => {
    const outgoing = http.request({ socketPath, method, path: `${path}${search}`, headers: { ...authorization, [clientAddressHeader]: "198.51.100.9" }, signal }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        onChunk?.(chunk);
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: parse(text) }));
      answer.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A program that stands where the project's gateway would listen; returns what was asked of it. */
export async function standInGateway(scene: Awaited<ReturnType<typeof openSocketScene>>, answer: (request: http.IncomingMessage) => { status: number; body: string }): Promise<{ asked: { method: string; url: string; apikey: string }[] }> {
  const asked: { method: string; url: string; apikey: string }[] = [];
  const server = http.createServer((request, response) => {
    asked.push({ method: request.method ?? "", url: request.url ?? "", apikey: String(request.headers["apikey"]) });
    const { status, body } = answer(request);
    response.writeHead(status, { "content-type": "text/plain" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  const { port } = server.address() as AddressInfo;
  await scene.store.db.portAllocation.updateMany({ where: { projectId: scene.projectId, purpose: "gateway" }, data: { port } });
  return { asked };
}
