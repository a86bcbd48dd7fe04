import type { PendingEvent } from "./leased-writer";
import type { NewEvent } from "./types";

/** Events are written together at most this often, and of a step's progress only the newest: four a second. */
const flushEveryMs = 250;
/** More than a step ever says; what a runaway step says beyond it is not worth the memory while the store is locked. */
const heldMax = 2_000;

type Options = {
  now: () => Date;
  /** Writes a batch; a rejection keeps it for the next try. */
  write: (events: readonly PendingEvent[]) => Promise<void>;
  onError: (error: unknown) => void;
};

/** Collects what steps say and writes it in batches, so that a talkative step costs four small transactions a second. */
export class EventBuffer {
  #held: PendingEvent[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(private readonly options: Options) {}

  add(event: NewEvent): void {
    if (this.#isClosed) return;
    if (event.level === "progress") this.#held = this.#held.filter((other) => other.level !== "progress" || other.stepKey !== event.stepKey);
    this.#held.push({ ...event, at: this.options.now() });
    if (this.#held.length > heldMax) this.#held.shift();
    this.#arm();
  }

  /** Takes what is held, for a caller that writes it together with something else. `putBack` returns it after a failed write. */
  take(): PendingEvent[] {
    const taken = this.#held;
    this.#held = [];
    return taken;
  }

  putBack(events: readonly PendingEvent[]): void {
    this.#held = [...events, ...this.#held].slice(-heldMax);
    this.#arm();
  }

  /** Nothing is written or taken in any more. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#held = [];
  }

  #arm(): void {
    if (this.#timer !== null || this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#flush(), flushEveryMs);
  }

  async #flush(): Promise<void> {
    const events = this.take();
    try {
      if (events.length > 0) await this.options.write(events);
    } catch (error) {
      if (!this.#isClosed) this.putBack(events);
      this.options.onError(error);
    } finally {
      this.#timer = null;
      if (this.#held.length > 0) this.#arm();
    }
  }
}
