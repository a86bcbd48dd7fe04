import { OperationDrive, type DriveOptions } from "./drive-operation";
import { claimOperation, hasClaimable } from "./lease";

export type { RunnerLog } from "./drive-operation";

export type RunnerOptions = DriveOptions & {
  workerId: string;
  /** How many operations run at the same time, over all workers. */
  parallel: number;
  newId: () => string;
};

/** Stopping: steps that can be cancelled end at once, the others get this long, then what still runs is left to the next worker. */
const orderlyStopMs = 15_000;
const hardStopMs = 5_000;
const pauseAfterErrorMs = 1_000;
const longestSleepMs = 5_000;

type Active = { cancel: AbortController; ended: Promise<void> };

/** Takes operations from the store and drives them, several at a time. One per worker process. */
export class OperationRunner {
  readonly #active = new Map<string, Active>();
  readonly #stop = new AbortController();
  readonly #hardStop = new AbortController();
  #hasNews = false;
  #wake: AbortController | null = null;

  constructor(private readonly options: RunnerOptions) {}

  /** Works until `signal` aborts, then winds down within 25 s and gives its leases back. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, log } = this.options;
    while (!signal.aborted) {
      try {
        // The token is read first: what changes while looking is seen by the next look.
        const token = await store.changeToken();
        await this.#look(signal);
        await this.#sleep(token, signal);
      } catch (error) {
        if (signal.aborted) break;
        log.warn({ err: error }, "the store could not be asked for work; another try follows");
        await abortablePause(pauseAfterErrorMs, signal);
      }
    }
    await this.#windDown();
  }

  async #look(signal: AbortSignal): Promise<void> {
    this.#hasNews = false;
    await this.#passOnCancels();
    const { store } = this.options;
    while (!signal.aborted && this.#active.size < this.options.parallel) {
      const claim = { ...this.options, exceptIds: [...this.#active.keys()] };
      if (!(await hasClaimable(store, claim))) return;
      const lease = await claimOperation(store, claim);
      if (lease === null) return;
      const cancel = new AbortController();
      const drive = new OperationDrive(this.options, lease, { cancel: cancel.signal, stop: this.#stop.signal, hardStop: this.#hardStop.signal });
      const ended = drive.drive().finally(() => {
        this.#active.delete(lease.operationId);
        this.#hasNews = true;
        this.#wake?.abort();
      });
      this.#active.set(lease.operationId, { cancel, ended });
    }
  }

  async #passOnCancels(): Promise<void> {
    if (this.#active.size === 0) return;
    const asked = await this.options.store.db.operation.findMany({ where: { id: { in: [...this.#active.keys()] }, cancelRequestedAt: { not: null }, pointOfNoReturnAt: null }, select: { id: true } });
    for (const { id } of asked) this.#active.get(id)?.cancel.abort();
  }

  async #sleep(token: string, signal: AbortSignal): Promise<void> {
    if (this.#hasNews) return;
    const wake = new AbortController();
    this.#wake = wake;
    const timeoutMs = Math.min(longestSleepMs, Math.max(1, Math.floor(this.options.leaseMs / 3)));
    await this.options.store.waitForChange(token, { signal: AbortSignal.any([signal, wake.signal]), timeoutMs });
    this.#wake = null;
  }

  async #windDown(): Promise<void> {
    const all = Promise.all([...this.#active.values()].map((active) => active.ended));
    this.#stop.abort();
    await Promise.race([all, pause(orderlyStopMs)]);
    this.#hardStop.abort();
    await Promise.race([all, pause(hardStopMs)]);
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs).unref();
  });
}

function abortablePause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
