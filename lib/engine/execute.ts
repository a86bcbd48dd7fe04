import { ContainerWakes } from "./container-wakes";
import { describeFailure, type PlanFailure } from "./plan-failure";
import { filesMarkerPath, LABEL } from "./observed";
import { EngineError, type EnginePort } from "./port";
import { ProbeGate } from "./probe-gate";
import type { ContainerTarget, Plan, PlanOp } from "./plan";
import { opSentence } from "./plan-text";
import { reloadableFiles } from "@/lib/stack/spec-hash";
import { waitReady } from "./wait-ready";

/** How many may run at the same time. The engine serialises much of its calls; more would only lengthen its queue. Waiting costs nothing. */
const laneSizes = { pull: 3, call: 4, wait: Number.POSITIVE_INFINITY };
type Lane = keyof typeof laneSizes;

/** Shared by all plans that this process executes: what is to be spared is the one engine's processor. */
const probes = new ProbeGate(2);

export type PlanEvent = {
  /** `left`: what was to go is still there, and nothing hangs on it. */
  kind: "started" | "progress" | "left" | "done" | "failed";
  op: number;
  type: PlanOp["type"];
  resource: string;
  service: string | null;
  sentence: string;
  /** With `done` and `failed`. */
  durationMs?: number;
  /** Bytes, with `progress` of a pull. */
  current?: number;
  total?: number;
};

export type PlanOutcome = { failure: PlanFailure | null };

export type ExecuteOptions = {
  engine: EnginePort;
  /** Stands in the `operation` label of what is created. */
  operationId: string;
  signal: AbortSignal;
  onEvent: (event: PlanEvent) => void;
  nowMs?: () => number;
  /** Told of each container whose own probe has succeeded. */
  onReady?: (containerId: string) => void;
};

type Run = Required<ExecuteOptions> & { plan: Plan; createdIds: Map<number, string>; wakes: ContainerWakes; /** Aborts what only waits, once something failed. */ waits: AbortSignal };

/**
 * Executes a plan without deciding anything: an operation starts when all it depends on has succeeded. After a failure nothing new is
 * started, pulls and waits are given up, and calls under way are awaited. The first failure is returned with the container's last log lines.
 * @throws the abort reason when `signal` aborts.
 */
export async function executePlan(plan: Plan, options: ExecuteOptions): Promise<PlanOutcome> {
  options.signal.throwIfAborted();
  const failed = new AbortController();
  const run: Run = {
    nowMs: Date.now,
    onReady: () => undefined,
    ...options,
    plan,
    createdIds: new Map(),
    wakes: new ContainerWakes(options.engine, plan.instanceId),
    waits: AbortSignal.any([options.signal, failed.signal]),
  };
  try {
    const failure = await runAll(run, () => failed.abort(new Error("Another operation failed.")));
    options.signal.throwIfAborted();
    return { failure };
  } finally {
    run.wakes.close();
  }
}

async function runAll(run: Run, giveUpWaits: () => void): Promise<PlanFailure | null> {
  const waiting = new Set(mostAwaitedFirst(run.plan.ops));
  const done = new Set<number>();
  const lanes: Record<Lane, number> = { pull: 0, call: 0, wait: 0 };
  const running = new Map<number, Promise<void>>();
  let first: { op: PlanOp; error: unknown } | null = null;
  const finish = async (op: PlanOp): Promise<void> => {
    try {
      await runOp(run, op);
      done.add(op.id);
    } catch (error) {
      if (op.isBestEffort && !run.signal.aborted) done.add(op.id);
      else if (first === null) {
        first = { op, error };
        giveUpWaits();
      }
    } finally {
      lanes[laneOf(op)]--;
      running.delete(op.id);
    }
  };
  const startRunnable = (): void => {
    if (first !== null || run.signal.aborted) return;
    for (const op of waiting) {
      const lane = laneOf(op);
      if (lanes[lane] >= laneSizes[lane] || !op.dependsOn.every((id) => done.has(id))) continue;
      waiting.delete(op);
      lanes[lane]++;
      running.set(op.id, finish(op));
    }
  };
  for (startRunnable(); running.size > 0; startRunnable()) await Promise.race(running.values());
  const failure = first as { op: PlanOp; error: unknown } | null;
  if (failure !== null && !run.signal.aborted) return describeFailure(run.engine, failure.op, failure.error, "target" in failure.op ? lookUp(run, failure.op.target) : undefined);
  if (waiting.size > 0 && !run.signal.aborted) throw new Error(`The plan cannot go on: ${[...waiting].map((op) => op.id).join(", ")} wait for what never comes.`);
  return null;
}

/**
 * What most of the others wait for comes first where lanes are short: the database is on its way before services that nobody waits for
 * are made. Operations on which equally long chains hang keep the plan's order.
 */
function mostAwaitedFirst(ops: readonly PlanOp[]): PlanOp[] {
  const chains = new Map<number, number>();
  for (const op of [...ops].reverse()) {
    const own = (chains.get(op.id) ?? 0) + 1;
    chains.set(op.id, own);
    for (const id of op.dependsOn) chains.set(id, Math.max(chains.get(id) ?? 0, own));
  }
  return [...ops].sort((a, b) => (chains.get(b.id) ?? 0) - (chains.get(a.id) ?? 0));
}

function isAwaited({ plan }: Run, op: PlanOp): boolean {
  return plan.ops.some((other) => other.type === "startContainer" && other.dependsOn.includes(op.id));
}

function laneOf(op: PlanOp): Lane {
  return op.type === "pullImage" ? "pull" : op.type === "waitReady" ? "wait" : "call";
}

async function runOp(run: Run, op: PlanOp): Promise<void> {
  const base = { op: op.id, type: op.type, resource: op.resource, service: op.service, sentence: opSentence(op) };
  const startedAtMs = run.nowMs();
  run.onEvent({ ...base, kind: "started" });
  try {
    await callEngine(run, op);
  } catch (error) {
    if (!run.waits.aborted) run.onEvent({ ...base, kind: "failed", sentence: `${base.sentence}: ${error instanceof Error ? error.message : String(error)}`, durationMs: run.nowMs() - startedAtMs });
    throw error;
  }
  run.onEvent({ ...base, kind: "done", durationMs: run.nowMs() - startedAtMs });
}

async function callEngine(run: Run, op: PlanOp): Promise<void> {
  const { engine } = run;
  // One of its own for each call: what listens to it goes with it, and never adds up on a signal that lives long.
  const signal = AbortSignal.any([run.signal]);
  switch (op.type) {
    case "pullImage":
      return pullImage(run, op);
    case "createNetwork":
      return void (await engine.createNetwork({ name: op.networkName, subnet: op.subnet, labels: labels(run, { [LABEL.network]: op.shortName }) }, signal));
    case "removeNetwork":
      return removeNetwork(run, op, signal);
    case "createVolume":
      return engine.createVolume({ name: op.volumeName, labels: labels(run, { [LABEL.volume]: op.shortName }) }, signal);
    case "removeVolume":
      return engine.removeVolume(op.volumeName, signal);
    case "createContainer":
      return void run.createdIds.set(op.id, await createContainer(run, op, signal));
    case "uploadFiles":
      return uploadFiles(run, op, signal);
    case "startContainer":
      return engine.startContainer(idOf(run, op.target), signal);
    case "waitReady":
      return waitUntilReady(run, op);
    case "stopContainer":
      return engine.stopContainer(idOf(run, op.target), { graceMs: op.graceMs }, signal);
    case "removeContainer":
      return engine.removeContainer(idOf(run, op.target), signal);
    case "renameContainer":
      return engine.renameContainer(idOf(run, op.target), op.containerName, signal);
  }
}

async function removeNetwork(run: Run, op: Extract<PlanOp, { type: "removeNetwork" }>, signal: AbortSignal): Promise<void> {
  if ((await run.engine.removeNetwork(op.networkId, signal)) === "removed") return;
  const sentence = `The engine does not let go of the network ${op.networkName}, although nothing is attached to it. It was left: remove it after the engine's next restart with \`docker network rm ${op.networkName}\`.`;
  run.onEvent({ kind: "left", op: op.id, type: op.type, resource: op.resource, service: null, sentence });
}

function pullImage(run: Run, op: Extract<PlanOp, { type: "pullImage" }>): Promise<void> {
  const base = { kind: "progress", op: op.id, type: op.type, resource: op.resource, service: null } as const;
  return run.engine.pullImage(op.imageRef, ({ phase, downloadedBytes, totalBytes }) => run.onEvent({ ...base, sentence: `${op.imageRef}: ${phase}`, current: downloadedBytes, total: totalBytes }), AbortSignal.any([run.waits]));
}

function createContainer(run: Run, op: Extract<PlanOp, { type: "createContainer" }>, signal: AbortSignal): Promise<string> {
  const service = op.desired;
  const hashes = { [LABEL.specHash]: op.specHash, ...(reloadableFiles(service).length === 0 ? {} : { [LABEL.filesHash]: op.filesHash }) };
  return run.engine.createContainer(
    {
      name: op.containerName,
      imageRef: op.imageRef,
      networkName: op.networkName,
      volumeNames: op.volumeNames,
      service,
      labels: labels(run, { [LABEL.service]: service.name, ...hashes, ...(run.plan.revision === null ? {} : { [LABEL.revision]: String(run.plan.revision) }) }),
    },
    signal,
  );
}

async function waitUntilReady(run: Run, op: Extract<PlanOp, { type: "waitReady" }>): Promise<void> {
  const id = idOf(run, op.target);
  const wait = { id, service: op.service ?? op.target.name, readiness: op.readiness, nowMs: run.nowMs, wakes: run.wakes, probes, isAwaited: isAwaited(run, op) };
  await waitReady(run.engine, wait, AbortSignal.any([run.waits]));
  run.onReady(id);
}

/** The marker goes last: killed before it, the files are written once more, never believed to be there. */
async function uploadFiles(run: Run, op: Extract<PlanOp, { type: "uploadFiles" }>, signal: AbortSignal): Promise<void> {
  const id = idOf(run, op.target);
  const marker = { path: filesMarkerPath, content: op.filesHash, mode: 0o444, uid: 0, gid: 0, reloadable: false };
  const hasMarker = op.files.some((file) => file.reloadable);
  // An archive is unpacked in its order, so before the start both go in one: each upload is a process of the engine.
  await run.engine.uploadFiles(id, hasMarker && !op.replaceByMove ? [...op.files, marker] : op.files, { replaceByMove: op.replaceByMove }, signal);
  if (op.reload !== undefined) await reload(run, id, op.reload, signal);
  if (hasMarker && op.replaceByMove) await run.engine.uploadFiles(id, [marker], { replaceByMove: false }, signal);
}

const reloadLimitMs = 30_000;

async function reload(run: Run, id: string, argv: readonly string[], signal: AbortSignal): Promise<void> {
  const { exitCode, stdout, stderr } = await run.engine.exec(id, [...argv], { timeoutMs: reloadLimitMs, maxOutputBytes: 65_536 }, signal);
  if (exitCode !== 0) throw new EngineError("other", "its program did not take the new configuration", `${stdout}\n${stderr}`.trim());
}

function labels(run: Run, own: Record<string, string>): Record<string, string> {
  return { [LABEL.instance]: run.plan.instanceId, [LABEL.project]: run.plan.projectId, [LABEL.operation]: run.operationId, ...own };
}

function lookUp(run: Run, target: ContainerTarget): string | undefined {
  return target.kind === "existing" ? target.id : run.createdIds.get(target.by);
}

function idOf(run: Run, target: ContainerTarget): string {
  const id = lookUp(run, target);
  if (id === undefined) throw new Error(`The container ${target.name} has not been created yet.`);
  return id;
}
