import { EngineError, type EngineErrorKind, type EngineEvent, type EnginePort } from "../port";
import { changingMethods, type FakeCall, type Fault, type FaultPlan } from "./faults";
import type { FakeWorld } from "./world";

export type FakeEngineOptions = {
  faults?: FaultPlan;
  /** Called once, when the fault plan or `kill()` ends the worker. */
  onKill?: () => void;
  /** Called after each call that changed something. */
  onChange?: (world: FakeWorld) => void;
  nowMs?: () => number;
};

const numbered = new Set<string>(changingMethods);

/** One worker's way to the fake host: journals its calls, lets faults happen, and falls silent when the worker is killed. */
export class FakeConnection {
  readonly calls: FakeCall[] = [];
  readonly killed: Promise<void>;
  isKilled = false;
  #changes = 0;
  #settleKilled: () => void = () => undefined;

  constructor(readonly world: FakeWorld, readonly options: FakeEngineOptions) {
    this.killed = new Promise((resolve) => {
      this.#settleKilled = resolve;
    });
  }

  kill(): void {
    if (this.isKilled) return;
    this.isKilled = true;
    this.#settleKilled();
    this.options.onKill?.();
  }

  /** Runs `act` as one call of the engine, with whatever fault is planned for it. */
  async call<T>(method: keyof EnginePort, target: string, signal: AbortSignal | undefined, act: () => T | Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    if (this.isKilled) return never(signal);
    const isChange = numbered.has(method);
    if (isChange) this.#changes++;
    const call: FakeCall = { method, target, number: isChange ? this.#changes : null };
    this.calls.push(call);
    const fault = this.options.faults?.(call);
    if (fault !== undefined) await this.#before(fault, signal);
    // An answer takes a turn of the loop at least: nothing may rely on a call being done at once.
    await Promise.resolve();
    if (this.isKilled) return never(signal);
    if (!this.world.isReachable) throw unreachable();
    const result = await act();
    if (isChange) this.options.onChange?.(this.world);
    if (fault !== undefined) await this.#after(fault, signal);
    if (this.isKilled) return never(signal);
    signal?.throwIfAborted();
    return result;
  }

  async #before(fault: Fault, signal: AbortSignal | undefined): Promise<void> {
    if (fault.kind === "fail") throw failure(fault.error, fault.detail);
    if (fault.kind === "kill-before") this.kill();
    if (fault.kind === "hang" || fault.kind === "kill-before") await never(signal);
    if (fault.kind === "slow") await delay(fault.durationMs, signal);
  }

  async #after(fault: Fault, signal: AbortSignal | undefined): Promise<void> {
    if (fault.kind === "lose-answer") throw unreachable();
    if (fault.kind !== "kill-after") return;
    this.kill();
    await never(signal);
  }
}

/** Settles only when the caller gives up. */
export function never(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function delay(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, durationMs);
    signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
  });
}

/** An engine's failure, as the adapter would report it. */
export function failure(kind: EngineErrorKind, detail = ""): EngineError {
  return new EngineError(kind, detail === "" ? `The engine refused (${kind}).` : detail, detail);
}

function unreachable(): EngineError {
  return failure("unreachable", "The engine does not answer.");
}

type Listener = { isWanted: (labels: Record<string, string>) => boolean; queue: EngineEvent[]; wake: () => void };

/** Who follows the events of a world, whatever connection they came by. */
const listeners = new WeakMap<FakeWorld, Set<Listener>>();

/** Tells everyone who follows the events of the world. */
export function emit(world: FakeWorld, event: EngineEvent): void {
  for (const listener of listeners.get(world) ?? []) {
    if (!listener.isWanted(event.labels)) continue;
    listener.queue.push(event);
    listener.wake();
  }
}

/** Events from now on, until the signal aborts. */
export async function* follow(world: FakeWorld, isWanted: (labels: Record<string, string>) => boolean, signal: AbortSignal): AsyncIterable<EngineEvent> {
  const listener: Listener = { isWanted: isWanted, queue: [], wake: () => undefined };
  const all = listeners.get(world) ?? new Set();
  listeners.set(world, all.add(listener));
  const abort = () => listener.wake();
  signal.addEventListener("abort", abort, { once: true });
  try {
    while (!signal.aborted) {
      const next = listener.queue.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => { listener.wake = resolve; });
    }
  } finally {
    signal.removeEventListener("abort", abort);
    all.delete(listener);
  }
}
