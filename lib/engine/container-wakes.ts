import type { EnginePort } from "./port";

/**
 * Wakes whoever waits for a container as soon as the engine reports something about it. Only a shortcut: while the event stream is
 * down, or the engine misses one, waiting goes on by the clock.
 */
export class ContainerWakes {
  readonly #sleepers = new Map<string, Set<() => void>>();
  readonly #stop = new AbortController();

  constructor(engine: Pick<EnginePort, "events">, instanceId: string) {
    void this.#listen(engine, instanceId);
  }

  async #listen(engine: Pick<EnginePort, "events">, instanceId: string): Promise<void> {
    try {
      for await (const event of engine.events(instanceId, this.#stop.signal)) {
        if (/^(die|oom|health_status)/.test(event.action)) this.#wake(event.containerId);
      }
    } catch {
      // The clock goes on; a failing engine shows in the calls themselves.
    }
  }

  #wake(containerId: string): void {
    for (const wake of this.#sleepers.get(containerId) ?? []) wake();
  }

  /** Resolves after `durationMs`, or at the container's next event. Rejects with the abort reason. */
  sleep(containerId: string, durationMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const sleepers = this.#sleepers.get(containerId) ?? new Set();
      this.#sleepers.set(containerId, sleepers);
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        sleepers.delete(wake);
        finish();
      };
      const wake = () => settle(resolve);
      const abort = () => settle(() => reject(signal.reason));
      const timer = setTimeout(wake, durationMs);
      sleepers.add(wake);
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  close(): void {
    this.#stop.abort();
  }
}
