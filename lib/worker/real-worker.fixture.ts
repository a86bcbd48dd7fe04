import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { registryPort } from "@/lab/paths";
import type { VerbContext } from "@/lib/access/verb-context";
import { removeAll, testDocker } from "@/lib/adapters/docker/testing.fixture";
import { untilListenedOnce } from "@/lib/adapters/edge/edge-scene.fixture";
import { migrateStore } from "@/lib/adapters/store/migrate";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { sealForPublishedKey } from "@/lib/adapters/vault/sealing";
import { OperationRunner } from "@/lib/operations/runner";
import { authorizeOperationActor } from "@/lib/projects/authorize-operation";
import { readEdgeSetting } from "@/lib/projects/edge/edge-setting";
import { enlistProjects } from "@/lib/projects/edge/enlist-projects";
import { imageSourceKey, writeSetting } from "@/lib/projects/installation";
import { projectWorkflows } from "@/lib/projects/workflows/all-workflows";
import { settleUnreadable } from "@/lib/projects/workflows/settle";
import type { WorkerConfig } from "./config";
import { openLog } from "./log";
import { newId, wireWorker } from "./wire";

export type RealWorker = Awaited<ReturnType<typeof startRealWorker>>;

/** Where the edge listens as soon as it serves anything. */
async function servedPorts({ db }: Store): Promise<number[]> {
  const [{ httpPort, httpsPort }, gateways] = await Promise.all([readEdgeSetting(db), db.portAllocation.findMany({ where: { purpose: "gateway" } })]);
  return [httpPort, httpsPort, ...gateways.map(({ port }) => port)];
}

/** An installation on the real engine with the lab's images, and the worker's own wiring. `close` removes all that it made. */
export async function startRealWorker(more: Partial<WorkerConfig> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "basehold-worker-"));
  const storeUrl = `file:${join(folder, "basehold.sqlite")}`;
  await migrateStore({ url: storeUrl, backupsFolder: join(folder, "backups") });
  const first = await openStore({ url: storeUrl });
  await writeSetting(first.db, imageSourceKey, { kind: "lab", prefix: `127.0.0.1:${String(registryPort)}/` }, new Date());
  await first.close();
  mkdirSync(join(folder, "worker"));
  const log = openLog("silent");
  const parts = await wireWorker({ dataFolder: folder, storeUrl, keyFilePath: join(folder, "key-file"), socketPath: join(folder, "worker.sock"), webUid: null, panelUpstream: "127.0.0.1:3000", webSecretPath: join(folder, "web-secret"), parallelOperations: 2, leaseMs: 30_000, crashAt: null, ...more }, log);
  const { store, tools } = parts;
  const ctx: VerbContext = { store, actor: { kind: "cli", name: "Test" }, now: () => new Date(), newId, seal: (text) => sealForPublishedKey(store.db, text) };
  const stop = new AbortController();
  const runner = new OperationRunner({ store, workflows: projectWorkflows(tools), authorizeActor: authorizeOperationActor(store), settleUnreadable, workerId: "test", leaseMs: 30_000, parallel: 2, now: tools.now, newId, log });
  const running = runner.run(stop.signal);

  const ended = async (asked: Promise<{ operationId: string | null }>, status = "done"): Promise<void> => {
    const { operationId } = await asked;
    const find = () => store.db.operation.findUniqueOrThrow({ where: { id: operationId ?? "" } });
    await expect.poll(() => find().then(({ finishedAt }) => finishedAt !== null), { timeout: 120_000, interval: 100 }).toBe(true);
    const end = await find();
    expect([end.status, status === "done" ? end.errorJson : null]).toEqual([status, null]);
    await untilListenedOnce(await servedPorts(store));
  };
  /** The move that the edge's setting asks for. */
  const moved = async (): Promise<void> => {
    await enlistProjects(store, () => new Date());
    const { id } = await store.db.operation.findFirstOrThrow({ where: { kind: { in: ["edge.join", "edge.leave"] } }, orderBy: { createdAt: "desc" } });
    await ended(Promise.resolve({ operationId: id }));
  };
  const close = async (): Promise<void> => {
    stop.abort();
    await running;
    await removeAll(testDocker(), tools.instanceId);
    await parts.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { parts, ctx, ended, moved, close };
}
