import { z } from "zod";
import { authorizeInstallation } from "@/lib/access/authorize";
import type { AccessContext, VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { releaseNames } from "@/lib/stack/releases";
import { readImageSource, readSetting, type ImageSource } from "./installation";

/** Three of the worker's heartbeats: after that it is late. */
export const heartbeatLateMs = 30_000;

export type WorkerPulse = { isLate: boolean; heartbeatAt: string | null };

/** What every page of the panel shows around itself; it says nothing of any project. */
export type FrameView = { isLab: boolean; worker: WorkerPulse; isRecoveryKitMissing: boolean };

/** Facts for the frame of the panel. The recovery kit is nagged for at those who may save it. */
export async function getFrame(ctx: VerbContext, options: { mayRecover: boolean }): Promise<FrameView> {
  const { db } = ctx.store;
  const [source, worker, savedAt] = await Promise.all([readImageSource(db), newestWorker(db), options.mayRecover ? readRecoveryKitSavedAt(db) : Promise.resolve("")]);
  return { isLab: source.kind === "lab", worker: toPulse(worker, ctx.now()), isRecoveryKitMissing: savedAt === null };
}

const workerStatus = z.object({
  engine: z.object({ isReachable: z.boolean(), version: z.string().nullish(), apiVersion: z.string().nullish(), problem: z.string().nullish() }).nullish(),
  /** `user`: web runs under a uid of its own; `process`: both run as the same user. */
  separation: z.enum(["user", "process"]).nullish(),
  parallelOperations: z.number().nullish(),
});
export type WorkerStatus = z.infer<typeof workerStatus>;

export type InstallationView = {
  instanceId: string | null;
  imageSource: ImageSource;
  worker: WorkerPulse & { startedAt: string | null; version: string | null; hostname: string | null; status: WorkerStatus };
  dialect: "sqlite" | "postgres";
  recoveryKitSavedAt: string | null;
  releases: string[];
  counts: { projects: number; people: number };
};

/** The installation as its page shows it. */
export async function getInstallation(ctx: VerbContext | AccessContext): Promise<InstallationView> {
  await authorizeInstallation(ctx, "installation.settings");
  const { db } = ctx.store;
  const [imageSource, worker, recoveryKitSavedAt, instanceId, projects, people] = await Promise.all([
    readImageSource(db),
    newestWorker(db),
    readRecoveryKitSavedAt(db),
    readSetting(db, "instanceId", String),
    db.project.count({ where: { state: { not: "deleted" } } }),
    db.user.count({ where: { removedAt: null } }),
  ]);
  return {
    instanceId: instanceId ?? null,
    imageSource,
    worker: {
      ...toPulse(worker, ctx.now()),
      startedAt: worker?.startedAt.toISOString() ?? null,
      version: worker?.version ?? null,
      hostname: worker?.hostname ?? null,
      status: parseStatus(worker?.statusJson),
    },
    dialect: ctx.store.dialect,
    recoveryKitSavedAt,
    releases: releaseNames(),
    counts: { projects, people },
  };
}

function newestWorker(db: Db) {
  return db.workerHeartbeat.findFirst({ orderBy: { heartbeatAt: "desc" } });
}

function toPulse(worker: { heartbeatAt: Date } | null, now: Date): WorkerPulse {
  if (worker === null) return { isLate: true, heartbeatAt: null };
  return { isLate: now.getTime() - worker.heartbeatAt.getTime() > heartbeatLateMs, heartbeatAt: worker.heartbeatAt.toISOString() };
}

/** A status of a worker of another version may lack fields; what cannot be read counts as unknown. */
function parseStatus(json: string | undefined): WorkerStatus {
  if (json === undefined) return {};
  const parsed = workerStatus.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : {};
}

async function readRecoveryKitSavedAt(db: Db): Promise<string | null> {
  return (await readSetting(db, "recoveryKitSavedAt", (value) => (typeof value === "string" ? value : null))) ?? null;
}
