type Waiting = { enter: () => void; isUrgent: boolean };

/**
 * Lets a few readiness probes run at once over all projects. A probe starts a process inside a container: when five projects start
 * together, unbounded probes take the very processor time that the services need to get ready.
 */
export class ProbeGate {
  #running = 0;
  readonly #waiting: Waiting[] = [];

  constructor(private readonly limit: number) {}

  /** Runs `probe` when there is room, urgent ones first and each kind in its order. Rejects with the abort reason while it waits. */
  async run<T>(probe: () => Promise<T>, { isUrgent, signal }: { isUrgent: boolean; signal: AbortSignal }): Promise<T> {
    signal.throwIfAborted();
    if (this.#running >= this.limit) await this.#queue(isUrgent, signal);
    else this.#running++;
    try {
      return await probe();
    } finally {
      this.#leave();
    }
  }

  #queue(isUrgent: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        isUrgent,
        enter: () => {
          signal.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      signal.addEventListener("abort", giveUp, { once: true });
      const firstPatient = this.#waiting.findIndex((other) => !other.isUrgent);
      this.#waiting.splice(isUrgent && firstPatient >= 0 ? firstPatient : this.#waiting.length, 0, waiting);
    });
  }

  /** Hands the place over, or gives it back. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next.enter();
  }
}
