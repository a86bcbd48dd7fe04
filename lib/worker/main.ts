import { setMaxListeners } from "node:events";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { historySchedule } from "@/lib/operations/retention";
import { OperationRunner } from "@/lib/operations/runner";
import { followSchedules } from "@/lib/operations/schedules";
import { authorizeOperationActor } from "@/lib/projects/authorize-operation";
import { besideSchedule } from "@/lib/projects/gateway/beside-schedule";
import { overlapSchedule } from "@/lib/projects/keys/overlap-schedule";
import { trashSchedule } from "@/lib/projects/trash-schedule";
import { projectWorkflows } from "@/lib/projects/workflows/all-workflows";
import { settleUnreadable } from "@/lib/projects/workflows/settle";
import { readWorkerConfig, type WorkerConfig } from "./config";
import { crashHook } from "./crash-hook";
import { followUpstreams } from "./follow-upstreams";
import { GatewayTraffic } from "./gateway-traffic";
import { beat } from "./heartbeat";
import { housekeep } from "./housekeeping";
import { EdgeLoop } from "./keep-edge";
import { openLog, type Log } from "./log";
import { Observer } from "./observe-loop";
import { succeed } from "./predecessor";
import { listen } from "./socket/listen";
import { createSocketServer } from "./socket/socket-server";
import { UsageRecorder } from "./usage";
import { version } from "./version";
import { doorTools, newId, wireWorker } from "./wire";

/** A step that starts eleven services at once listens to its signal more often than Node finds usual. */
setMaxListeners(200);

/** The runner winds down within 25 s and leaves what still runs to the next worker; whatever hangs after that is cut off. */
const stopLimitMs = 28_000;

async function main(): Promise<void> {
  const log = openLog();
  try {
    const stop = stopOnSignals(log);
    await runWorker(readWorkerConfig(), log, stop);
    process.exit(0);
  } catch (error) {
    log.fatal({ err: error }, error instanceof Error ? error.message : "the worker cannot start");
    process.exit(1);
  }
}

async function runWorker(config: WorkerConfig, log: Log, stop: AbortSignal): Promise<void> {
  const parts = await wireWorker(config, log);
  const { store, vault, tools, exports } = parts;
  const usage = new UsageRecorder(tools.engine);
  const traffic = new GatewayTraffic({ ...tools, log });
  const server = createSocketServer({ ...tools, ...doorTools(), usage, traffic, exports, recoveryKit: vault.recoveryKit }, log);
  await listen(server, config);
  const workerId = `${hostname().slice(0, 40)}-${newId().slice(0, 8)}`;
  await succeed({ store, runFolder: dirname(config.socketPath), workerId, leaseMs: config.leaseMs, now: tools.now, log });
  const observer = new Observer(tools, usage, log);
  const edgeLoop = new EdgeLoop({ tools, log });
  const runner = new OperationRunner({
    store,
    workflows: projectWorkflows(tools),
    authorizeActor: authorizeOperationActor(store),
    settleUnreadable,
    workerId,
    leaseMs: config.leaseMs,
    parallel: config.parallelOperations,
    now: tools.now,
    newId,
    log,
    onCrashPoint: crashHook(config.crashAt),
    onEnded: (projectId) => {
      edgeLoop.touch();
      if (projectId !== null) observer.touch(projectId);
    },
  });
  log.info({ workerId, instanceId: tools.instanceId, socket: config.socketPath }, "the worker is ready");
  await Promise.all([
    runner.run(stop),
    beat({ store, engine: tools.engine, workerId, version, webUid: config.webUid, parallelOperations: config.parallelOperations, now: tools.now, log }, stop),
    observer.run(stop),
    traffic.run(stop),
    edgeLoop.run(stop),
    followUpstreams({ tools, log }, stop),
    followSchedules({ store, schedules: [trashSchedule, overlapSchedule, besideSchedule, historySchedule], now: tools.now, log }, stop),
    housekeep({ store, exports, now: tools.now, log }, stop),
  ]);
  server.close();
  server.closeAllConnections();
  await parts.close();
  log.info({ workerId }, "the worker has stopped");
}

function stopOnSignals(log: Log): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.once(name, () => {
      log.info({ signal: name }, "the worker stops");
      stop.abort(new Error("The worker is stopping."));
      setTimeout(() => process.exit(1), stopLimitMs).unref();
    });
  }
  return stop.signal;
}

void main();
