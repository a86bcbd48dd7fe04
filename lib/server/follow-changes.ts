import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Actor } from "@/lib/access/actor";
import type { Db, Store } from "@/lib/adapters/store/types";
import { heartbeatLateMs } from "@/lib/projects/get-installation";
import { openOperationStatuses } from "@/lib/projects/list-projects";
import { visibleProjectIds } from "@/lib/projects/visible";
import type { SseMessage } from "./sse";

const kinds = ["operation", "project", "installation"] as const;
type Prints = Record<(typeof kinds)[number], string>;

const longestWaitMs = 10_000;
/** Progress is written many times a second; who listens is told once. */
const quietMs = 1000;

/**
 * Says what kind of thing changed that the actor may see. The id of each message is a print of all of it, so that a browser which
 * comes back is told at once what changed meanwhile, and nothing when nothing did.
 */
export async function* followChanges(store: Store, reload: () => Promise<Actor>, lastId: string | null, signal: AbortSignal): AsyncGenerator<SseMessage> {
  let token = await store.changeToken();
  let prints = await takePrints(store.db, await reload());
  const seen = parseId(lastId);
  if (seen === null) yield { event: "hello", id: toId(prints), data: {} };
  else yield* differences(seen, prints);
  while (!signal.aborted) {
    const next = await store.waitForChange(token, { signal, timeoutMs: longestWaitMs });
    if (next !== token) await delay(quietMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    token = await store.changeToken();
    const now = await takePrints(store.db, await reload());
    yield* differences(prints, now);
    prints = now;
  }
}

function* differences(before: Prints, after: Prints): Generator<SseMessage> {
  for (const kind of kinds) if (before[kind] !== after[kind]) yield { event: kind, id: toId(after), data: { kind } };
}

function toId(prints: Prints): string {
  return kinds.map((kind) => prints[kind]).join(".");
}

function parseId(id: string | null): Prints | null {
  const [, operation, project, installation] = /^([0-9a-f]{16})\.([0-9a-f]{16})\.([0-9a-f]{16})$/.exec(id ?? "") ?? [];
  if (operation === undefined || project === undefined || installation === undefined) return null;
  return { operation, project, installation };
}

async function takePrints(db: Db, actor: Actor): Promise<Prints> {
  const visible = visibleProjectIds(actor);
  const ofProject = visible === null ? {} : { projectId: { in: visible } };
  const [operations, projects, installation] = await Promise.all([
    Promise.all([
      db.operation.groupBy({ by: ["status"], where: ofProject, _count: true, _max: { createdAt: true, startedAt: true, finishedAt: true, cancelRequestedAt: true }, orderBy: { status: "asc" } }),
      db.operationStep.groupBy({ by: ["status"], where: { operation: { ...ofProject, status: { in: openOperationStatuses } } }, _count: true, orderBy: { status: "asc" } }),
    ]),
    Promise.all([
      db.project.groupBy({ by: ["state", "wish"], where: visible === null ? {} : { id: { in: visible } }, _count: true, _sum: { revision: true }, _max: { createdAt: true, readyAt: true, deletedAt: true }, orderBy: [{ state: "asc" }, { wish: "asc" }] }),
      db.observedSnapshot.aggregate({ where: ofProject, _max: { takenAt: true }, _count: true }),
      db.contractRun.aggregate({ where: ofProject, _max: { at: true } }),
      db.edgeFunction.aggregate({ where: ofProject, _max: { createdAt: true, deployedAt: true } }),
      db.auditEntry.aggregate({ where: visible === null ? { projectId: { not: null } } : { projectId: { in: visible } }, _max: { at: true } }),
    ]),
    takeInstallationPrint(db, actor),
  ]);
  return { operation: print(operations), project: print(projects), installation: print(installation) };
}

async function takeInstallationPrint(db: Db, actor: Actor): Promise<unknown> {
  const [worker, audited] = await Promise.all([
    db.workerHeartbeat.findFirst({ orderBy: { heartbeatAt: "desc" }, select: { heartbeatAt: true, startedAt: true } }),
    "installationRole" in actor && actor.installationRole === "none" ? null : db.auditEntry.aggregate({ where: { projectId: null }, _max: { at: true } }),
  ]);
  const isLate = worker === null || Date.now() - worker.heartbeatAt.getTime() > heartbeatLateMs;
  return [isLate, worker?.startedAt ?? null, audited];
}

function print(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
