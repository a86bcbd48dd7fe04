import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registryPort } from "@/lab/paths";
import type { VerbContext } from "@/lib/access/verb-context";
import { removeAll, testDocker } from "@/lib/adapters/docker/testing.fixture";
import { migrateStore } from "@/lib/adapters/store/migrate";
import { openStore } from "@/lib/adapters/store/open-store";
import { LABEL } from "@/lib/engine/observed";
import { edgeNames } from "@/lib/gateway/edge-port";
import { OperationRunner } from "@/lib/operations/runner";
import { authorizeOperationActor } from "@/lib/projects/authorize-operation";
import { createProject } from "@/lib/projects/create-project";
import { enlistProjects } from "@/lib/projects/edge/enlist-projects";
import { turnEdgeOff, turnEdgeOn } from "@/lib/projects/edge/turn-edge";
import { imageSourceKey, writeSetting } from "@/lib/projects/installation";
import { pauseProject } from "@/lib/projects/pause-project";
import { resumeProject } from "@/lib/projects/resume-project";
import { projectWorkflows } from "@/lib/projects/workflows/all-workflows";
import { settleUnreadable } from "@/lib/projects/workflows/settle";
import { openLog } from "./log";
import { newId, wireWorker, type WorkerParts } from "./wire";

/** Turning the edge on and off under a project of the lab's real components, with the worker's own wiring. */
const docker = testDocker();
const folder = mkdtempSync(join(tmpdir(), "basehold-edge-move-"));
const stop = new AbortController();
let parts: WorkerParts;
let ctx: VerbContext;
let running: Promise<void>;

beforeAll(async () => {
  const storeUrl = `file:${join(folder, "basehold.sqlite")}`;
  await migrateStore({ url: storeUrl, backupsFolder: join(folder, "backups") });
  const first = await openStore({ url: storeUrl });
  await writeSetting(first.db, imageSourceKey, { kind: "lab", prefix: `127.0.0.1:${String(registryPort)}/` }, new Date());
  await first.close();
  mkdirSync(join(folder, "worker"));
  const log = openLog("silent");
  parts = await wireWorker({ dataFolder: folder, storeUrl, keyFilePath: join(folder, "key-file"), socketPath: join(folder, "worker.sock"), webUid: null, panelUpstream: "127.0.0.1:3000", webSecretPath: join(folder, "web-secret"), parallelOperations: 2, leaseMs: 30_000, crashAt: null }, log);
  const { store, tools } = parts;
  ctx = { store, actor: { kind: "cli", name: "Test" }, now: () => new Date(), newId, seal: () => Promise.reject(new Error("Nothing is sealed here.")) };
  const runner = new OperationRunner({ store, workflows: projectWorkflows(tools), authorizeActor: authorizeOperationActor(store), settleUnreadable, workerId: "test", leaseMs: 30_000, parallel: 2, now: tools.now, newId, log });
  running = runner.run(stop.signal);
});

afterAll(async () => {
  stop.abort();
  await running;
  await removeAll(docker, parts.tools.instanceId);
  await parts.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ended(asked: Promise<{ operationId: string | null }>): Promise<void> {
  const { operationId } = await asked;
  await expect.poll(() => parts.store.db.operation.findUniqueOrThrow({ where: { id: operationId ?? "" } }).then(({ finishedAt }) => finishedAt !== null), { timeout: 120_000, interval: 100 }).toBe(true);
  const { status, errorJson } = await parts.store.db.operation.findUniqueOrThrow({ where: { id: operationId ?? "" } });
  expect([status, errorJson]).toEqual(["done", null]);
}

async function moved(): Promise<void> {
  await enlistProjects(parts.store, () => new Date());
  const { id } = await parts.store.db.operation.findFirstOrThrow({ where: { kind: { in: ["edge.join", "edge.leave"] } }, orderBy: { createdAt: "desc" } });
  await ended(Promise.resolve({ operationId: id }));
}

async function gatewayDoors(): Promise<string[]> {
  const [found] = await docker.listContainers({ filters: { label: [`${LABEL.instance}=${parts.tools.instanceId}`, `${LABEL.service}=api-gw`] } });
  return (found?.Ports ?? []).filter(({ PublicPort }) => PublicPort !== undefined).map(({ IP, PublicPort }) => `${IP}:${String(PublicPort)}`);
}

test("the address of a project moves to the edge and back, proven by the contract each time; paused it answers 503", { timeout: 300_000 }, async () => {
  await ended(createProject(ctx, { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] }));
  const { ports } = await parts.store.db.project.findFirstOrThrow({ include: { ports: true } });
  const port = ports.find(({ purpose }) => purpose === "gateway")?.port ?? 0;
  const ask = () => fetch(`http://127.0.0.1:${String(port)}/auth/v1/health`);
  expect(await gatewayDoors()).toEqual([`127.0.0.1:${String(port)}`]);

  await ended(turnEdgeOn(ctx));
  await moved();
  expect(await gatewayDoors()).toEqual([expect.stringMatching(/^127\.0\.0\.1:27\d{3}$/)]);
  expect((await ask()).headers.get("via")).toContain("Caddy");

  await ended(pauseProject(ctx, { ref: "shop" }));
  expect([(await ask()).status, await (await ask()).json()]).toEqual([503, { message: "This project is paused." }]);
  await ended(resumeProject(ctx, { ref: "shop" }));

  await ended(turnEdgeOff(ctx));
  await moved();
  expect(await gatewayDoors()).toEqual([`127.0.0.1:${String(port)}`]);
  expect((await ask()).headers.get("via")).toBeNull();
  await expect(docker.getContainer(edgeNames(parts.tools.instanceId).container).inspect()).rejects.toMatchObject({ statusCode: 404 });
});
