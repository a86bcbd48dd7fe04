import { StepTimeoutError } from "./failure";

/** Why a step was asked to stop before its end. */
export type InterruptionKind = "cancel" | "lease" | "stop";

export class StepInterrupted extends Error {
  constructor(readonly kind: InterruptionKind) {
    super(`Interrupted: ${kind}.`);
    this.name = "StepInterrupted";
  }
}

/** A step that does not listen to its signal is left behind after this time. */
const windDownMs = 10_000;

type Limits = { timeoutMs: number; interruptions: Partial<Record<InterruptionKind, AbortSignal>> };

/**
 * Runs `work` until its end, its time limit or an interruption, whichever comes first.
 * @throws StepInterrupted or StepTimeoutError when that ended it; whatever `work` threw otherwise.
 */
export async function runInterruptibly<T>(work: (signal: AbortSignal) => Promise<T>, { timeoutMs, interruptions }: Limits): Promise<T> {
  const own = new AbortController();
  const ended = new AbortController();
  for (const [kind, signal] of Object.entries(interruptions) as [InterruptionKind, AbortSignal][]) {
    const interrupt = () => own.abort(new StepInterrupted(kind));
    if (signal.aborted) interrupt();
    else signal.addEventListener("abort", interrupt, { once: true, signal: ended.signal });
  }
  const limit = setTimeout(() => own.abort(new StepTimeoutError(timeoutMs)), timeoutMs);
  try {
    own.signal.throwIfAborted();
    return await Promise.race([work(own.signal), leftBehind(own.signal, ended.signal)]);
  } catch (error) {
    throw own.signal.aborted ? own.signal.reason : error;
  } finally {
    clearTimeout(limit);
    ended.abort();
  }
}

/** Rejects some time after `aborted` fires, unless the work has ended by then. */
function leftBehind(aborted: AbortSignal, ended: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    aborted.addEventListener(
      "abort",
      () => {
        const timer = setTimeout(() => reject(aborted.reason), windDownMs);
        ended.addEventListener("abort", () => clearTimeout(timer), { once: true });
      },
      { once: true, signal: ended },
    );
  });
}
