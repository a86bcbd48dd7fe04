import type { Readiness } from "@/lib/stack/desired";
import type { ContainerWakes } from "./container-wakes";
import { EngineError, type EnginePort } from "./port";
import type { ProbeGate } from "./probe-gate";

const pausePerProbeTime = 3;
/** For a service that others wait for each moment counts; for the rest a probe that comes too early only takes time from the starts. */
const pauses = { awaited: { firstMs: 150, growth: 1, longestMs: 2_000 }, other: { firstMs: 300, growth: 1.6, longestMs: 4_000 } };
/** Long: on a busy machine a probe that is given up and begun again costs more than one that is waited for. */
const probeTimeoutMs = 10_000;
/** The state is looked at between probes even when they seem to work: a frozen or gone container is found out. */
const inspectEveryProbes = 8;
const restartsUntilGivenUp = 3;

export type NotReadyCode = "exited" | "out-of-memory" | "crash-loop" | "not-ready";

export class NotReadyError extends Error {
  constructor(readonly code: NotReadyCode, message: string, readonly exitCode: number | null = null) {
    super(message);
    this.name = "NotReadyError";
  }
}

export type Wait = {
  id: string;
  service: string;
  readiness: Readiness;
  nowMs: () => number;
  wakes: Pick<ContainerWakes, "sleep">;
  probes: ProbeGate;
  /** Other services start only after this one answers. */
  isAwaited: boolean;
};

type Engine = Pick<EnginePort, "exec" | "inspectContainer">;

/**
 * Runs the service's own probe inside its container until it succeeds. On a busy machine probes come further apart: they must not
 * take the time that the service needs.
 * @throws NotReadyError when the container exits, keeps restarting or does not answer by its deadline; the abort reason on cancel.
 */
export async function waitReady(engine: Engine, wait: Wait, signal: AbortSignal): Promise<void> {
  const deadlineMs = wait.nowMs() + wait.readiness.deadlineMs;
  const { firstMs, growth, longestMs } = wait.isAwaited ? pauses.awaited : pauses.other;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const { answer, durationMs } = await wait.probes.run(() => probe(engine, wait, deadlineMs, signal), { isUrgent: wait.isAwaited, signal });
    if (answer === "ready") return;
    if (answer === "unreached" || attempt % inspectEveryProbes === 0) await requireAlive(engine, wait, signal);
    const nowMs = wait.nowMs();
    if (nowMs >= deadlineMs) throw new NotReadyError("not-ready", `${wait.service} runs but did not answer within ${Math.round(wait.readiness.deadlineMs / 1000)} s.`);
    const pauseMs = Math.min(longestMs, Math.max(firstMs * growth ** (attempt - 1), pausePerProbeTime * durationMs));
    await wait.wakes.sleep(wait.id, pauseMs, signal);
  }
}

type Answer = "ready" | "not-yet" | "unreached";

async function probe(engine: Engine, wait: Wait, deadlineMs: number, signal: AbortSignal): Promise<{ answer: Answer; durationMs: number }> {
  const askedAtMs = wait.nowMs();
  const answer = await ask(engine, wait, Math.max(1, Math.min(probeTimeoutMs, deadlineMs - askedAtMs)), signal);
  return { answer, durationMs: wait.nowMs() - askedAtMs };
}

async function ask(engine: Engine, wait: Wait, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
  try {
    const result = await engine.exec(wait.id, wait.readiness.argv, { timeoutMs, maxOutputBytes: 1_024 }, signal);
    return result.exitCode === 0 ? "ready" : "not-yet";
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof EngineError)) throw error;
    if (error.kind === "timeout") return "not-yet";
    // A container that is down, or between two restarts, refuses an exec; whether it is down for good is found out by its state.
    if (["conflict", "other", "not-found", "invalid"].includes(error.kind)) return "unreached";
    throw error;
  }
}

/** Throws when the container will not come up by itself. */
async function requireAlive(engine: Engine, wait: Wait, signal: AbortSignal): Promise<void> {
  const container = await engine.inspectContainer(wait.id, signal);
  if (container === null) throw new NotReadyError("exited", `The container of ${wait.service} is gone.`);
  const { exitCode, restartCount, state } = container;
  const code = exitCode ?? "unknown";
  const isDown = state === "exited" || state === "dead" || state === "restarting";
  if (isDown && container.isOomKilled) throw new NotReadyError("out-of-memory", `${wait.service} was ended because it used more memory than it may.`, exitCode);
  if (state === "exited" || state === "dead") throw new NotReadyError("exited", `${wait.service} ended right after its start with exit code ${code}.`, exitCode);
  if (state === "paused") throw new NotReadyError("exited", `${wait.service} was frozen from outside while it started.`, null);
  if (isDown && restartCount >= restartsUntilGivenUp) throw new NotReadyError("crash-loop", `${wait.service} keeps ending right after its start (exit code ${code}).`, exitCode);
}
