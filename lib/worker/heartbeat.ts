import { hostname } from "node:os";
import type { Store } from "@/lib/adapters/store/types";
import { EngineError, type EngineInfo, type EnginePort } from "@/lib/engine/port";
import type { Log } from "./log";
import { pause } from "./pause";

export const heartbeatIntervalMs = 10_000;
const forgottenAfterMs = 24 * 3_600_000;

type HeartbeatOptions = {
  store: Store;
  engine: Pick<EnginePort, "info">;
  workerId: string;
  version: string;
  webUid: number | null;
  parallelOperations: number;
  now(): Date;
  log: Pick<Log, "warn">;
};

/** Tells the pages that the worker lives, and what it sees of the engine. Ends, and takes its row away, when `signal` aborts. */
export async function beat(options: HeartbeatOptions, signal: AbortSignal): Promise<void> {
  const startedAt = options.now();
  while (!signal.aborted) {
    await writeBeat(options, startedAt, signal).catch((error: unknown) => {
      if (!signal.aborted) options.log.warn({ err: error }, "the heartbeat could not be written");
    });
    await pause(heartbeatIntervalMs, signal);
  }
  await options.store.db.workerHeartbeat.deleteMany({ where: { id: options.workerId } });
}

async function writeBeat(options: HeartbeatOptions, startedAt: Date, signal: AbortSignal): Promise<void> {
  const { info, problem } = await askEngine(options.engine, signal);
  const now = options.now();
  const status = {
    engine: { isReachable: info !== null, version: info?.engineVersion ?? null, apiVersion: info?.apiVersion ?? null, problem },
    separation: options.webUid !== null && options.webUid !== process.getuid?.() ? "user" : "process",
    parallelOperations: options.parallelOperations,
    uid: process.getuid?.() ?? null,
  };
  const row = { heartbeatAt: now, version: options.version, hostname: hostname(), statusJson: JSON.stringify(status) };
  await options.store.transaction(async (tx) => {
    await tx.workerHeartbeat.upsert({ where: { id: options.workerId }, create: { id: options.workerId, startedAt, ...row }, update: row });
    await tx.workerHeartbeat.deleteMany({ where: { heartbeatAt: { lt: new Date(now.getTime() - forgottenAfterMs) } } });
    if (info !== null) await tx.host.updateMany({ where: { name: "local" }, data: { infoJson: JSON.stringify(info), infoAt: now } });
  });
}

async function askEngine(engine: Pick<EnginePort, "info">, signal: AbortSignal): Promise<{ info: EngineInfo | null; problem: string | null }> {
  try {
    return { info: await engine.info(signal), problem: null };
  } catch (error) {
    return { info: null, problem: error instanceof EngineError ? error.message : "The Docker engine does not answer." };
  }
}
