import type { Db, Store } from "@/lib/adapters/store/types";
import { toFailure } from "./failure";
import { runInterruptibly, StepInterrupted, type InterruptionKind } from "./interruptible";
import { Journal, type Entries, type Outcome } from "./journal";
import { LeaseLostError, releaseLease, type Lease } from "./lease";
import { afterFailure, nextMove, type Move, type Situation } from "./machine";
import { toOperationRow, type OperationRecord } from "./rows";
import type { ActorRef, OperationFailure, OperationRow, Step, StepContext, Workflow } from "./types";

export type RunnerLog = {
  info(detail: Record<string, unknown>, message: string): void;
  warn(detail: Record<string, unknown>, message: string): void;
  error(detail: Record<string, unknown>, message: string): void;
};

export type DriveOptions = {
  store: Store;
  workflows: ReadonlyMap<string, Workflow<never>>;
  /** Throws a PanelError when who asked may not do this (any more). */
  authorizeActor(ref: ActorRef, operation: OperationRow): Promise<void>;
  /** In the transaction that fails an operation whose row or input cannot be read, so that what it worked on does not wait for it for ever. */
  settleUnreadable?(tx: Db, operation: { projectId: string | null }): Promise<void>;
  leaseMs: number;
  now: () => Date;
  log: RunnerLog;
  /** For tests that kill the worker: called with `<step>:before`, `<step>:after`, `undo-<step>:…` and `end:…`. */
  onCrashPoint?(point: string): void | Promise<void>;
  /** Called after an operation has ended, with its project, so that somebody looks at it. */
  onEnded?(projectId: string | null): void;
};

/** How the runner reaches into an operation that is under way: `stop` winds down what can be, `hardStop` everything. */
export type Control = { cancel: AbortSignal; stop: AbortSignal; hardStop: AbortSignal };

type Loaded = Entries & { workflow: Workflow<unknown>; input: unknown };

/** Drives one claimed operation to its end, or until the lease is lost or the worker is told to stop. */
export class OperationDrive {
  readonly #journal: Journal;
  readonly #lost = new AbortController();
  readonly #about: { operationId: string };

  constructor(private readonly options: DriveOptions, private readonly lease: Lease, private readonly control: Control) {
    this.#about = { operationId: lease.operationId };
    this.#journal = new Journal(
      {
        store: options.store,
        leaseMs: options.leaseMs,
        now: options.now,
        onLost: () => this.#lost.abort(),
        onTrouble: (error) => options.log.warn({ ...this.#about, err: error }, "an operation's progress could not be written yet"),
      },
      lease,
    );
  }

  /** Never rejects: what goes wrong here is left to the next claim. */
  async drive(): Promise<void> {
    const { log, store } = this.options;
    try {
      await this.#advance();
    } catch (error) {
      if (isStop(error)) await releaseLease(store, this.lease).catch((cause: unknown) => log.warn({ ...this.#about, err: cause }, "a lease could not be given back; it runs out by itself"));
      else if (isLoss(error)) log.warn(this.#about, "the lease on an operation was lost; its work here has stopped");
      else log.error({ ...this.#about, err: error }, "an operation could not be driven on; another try follows when its lease has run out");
    } finally {
      this.#journal.close();
    }
  }

  async #advance(): Promise<void> {
    const loaded = await this.#load();
    if (loaded === null || !(await this.#mayStart(loaded))) return;
    for (let current = loaded; ; current = { ...current, ...(await this.#journal.read()) }) {
      if (this.control.stop.aborted) throw new StepInterrupted("stop");
      if (await this.#make(current, nextMove(situationOf(current)))) return;
    }
  }

  /** Makes one move; true when the operation has ended. */
  async #make(current: Loaded, move: Move): Promise<boolean> {
    switch (move.kind) {
      case "run":
        return this.#runStep(current, move);
      case "turn-back":
        await this.#journal.turnBack(null);
        return false;
      case "undo":
        return this.#undoStep(current, move.key);
      case "end":
        return this.#end(current, { outcome: move.outcome, failure: move.outcome === "undone" ? current.operation.failure : null });
    }
  }

  /** Null: the operation could not be read and has been failed for it. */
  async #load(): Promise<Loaded | null> {
    try {
      const entries = await this.#journal.read();
      const { kind, input } = entries.operation;
      const known = this.options.workflows.get(kind) as Workflow<unknown> | undefined;
      if (known === undefined) throw new Error(`This version of Basehold knows no operation of the kind ${kind}.`);
      const parsed = known.parseInput(input);
      const workflow = { ...known, steps: known.steps.filter((step) => step.isNeeded?.(parsed) ?? true) };
      await this.#journal.insertSteps(workflow.steps);
      return { ...(await this.#journal.read()), workflow, input: parsed };
    } catch (error) {
      if (isLoss(error)) throw error;
      this.options.log.error({ ...this.#about, err: error }, "an operation cannot be read");
      await this.#endUnreadable(unreadable(error));
      return null;
    }
  }

  async #endUnreadable(failure: OperationFailure): Promise<void> {
    let projectId: string | null = null;
    await this.#journal.finish("failed", failure, async (tx, record) => {
      projectId = record.projectId;
      await this.options.settleUnreadable?.(tx, record);
    });
    this.options.onEnded?.(projectId);
  }

  /** Ends the operation when it must not start: its worker died too often, or who asked may not do it. */
  async #mayStart(loaded: Loaded): Promise<boolean> {
    const { operation, steps } = loaded;
    if (operation.attempt > operation.maxAttempts) {
      const sentence = `The worker ended ${operation.attempt - 1} times while it worked on this, so it is not tried again by itself.`;
      await this.#end(loaded, { outcome: "failed", failure: { code: "worker-died", sentence, stepKey: null, service: null, evidence: [], isRetryable: true } });
      return false;
    }
    const isUntouched = steps.every((step) => step.attempt === 0) && operation.status !== "compensating";
    if (!isUntouched || operation.cancelRequestedAt !== null) return true;
    try {
      await this.options.authorizeActor(operation.actor, operation);
      return true;
    } catch (error) {
      // Nothing has happened yet, so the wish goes as if it had been taken back.
      await this.#end(loaded, { outcome: "failed", settleAs: "undone", failure: toFailure(error, { stepKey: null, title: "Check the permission" }) });
      return false;
    }
  }

  async #runStep(current: Loaded, move: Extract<Move, { kind: "run" }>): Promise<boolean> {
    const step = findStep(current, move.key);
    const message = move.mustProbe ? `${step.title} (taken up again)` : step.title;
    if (!(await this.#journal.beginStep(step.key, { isPointOfNoReturn: move.isPointOfNoReturn, message }))) return false;
    await this.options.onCrashPoint?.(`${step.key}:before`);
    try {
      const context = this.#contextFor(current, step);
      const output = await runInterruptibly((signal) => probeAndRun(step, context, move.mustProbe, signal), { timeoutMs: step.timeoutMs, interruptions: this.#interruptions(step.isCancellable) });
      await this.options.onCrashPoint?.(`${step.key}:after`);
      await this.#journal.endStep(step.key, { status: "done", output });
      return false;
    } catch (error) {
      return this.#stepFailed(current, step, error);
    }
  }

  #contextFor(current: Loaded, step: Step<unknown>): StepContext<unknown> {
    return {
      operation: current.operation,
      input: current.input,
      outputs: Object.fromEntries(current.steps.filter((row) => row.status === "done").map((row) => [row.key, row.output])),
      emit: (event) => this.#journal.speak(step.key, event),
    };
  }

  #interruptions(isCancellable: boolean): Partial<Record<InterruptionKind, AbortSignal>> {
    const { cancel, stop, hardStop } = this.control;
    return isCancellable ? { lease: this.#lost.signal, cancel, stop } : { lease: this.#lost.signal, stop: hardStop };
  }

  async #stepFailed(current: Loaded, step: Step<unknown>, error: unknown): Promise<boolean> {
    if (isLoss(error) || isStop(error)) throw error;
    if (error instanceof StepInterrupted) {
      await this.#journal.endStep(step.key, { status: "failed", failure: { code: "cancelled", sentence: "Stopped because the operation was cancelled.", stepKey: step.key, service: null, evidence: [], isRetryable: false } });
      return false;
    }
    const failure = toFailure(error, { stepKey: step.key, title: step.title });
    this.options.log.warn({ ...this.#about, step: step.key, err: error }, failure.sentence);
    await this.#journal.endStep(step.key, { status: "failed", failure });
    const { operation } = await this.#journal.read();
    if (afterFailure(flagsOf(operation), current.workflow.onFailure) === "hold") return this.#end(current, { outcome: "failed", failure });
    await this.#journal.turnBack(failure);
    return false;
  }

  async #undoStep(current: Loaded, key: string): Promise<boolean> {
    const step = findStep(current, key);
    const title = `Take back “${step.title}”`;
    await this.#journal.beginUndo(key, title);
    await this.options.onCrashPoint?.(`undo-${key}:before`);
    try {
      const output = current.steps.find((row) => row.key === key)?.output ?? undefined;
      const context = this.#contextFor(current, step);
      await runInterruptibly(async (signal) => step.undo?.(context, output, signal), { timeoutMs: step.timeoutMs, interruptions: this.#interruptions(false) });
      await this.options.onCrashPoint?.(`undo-${key}:after`);
      await this.#journal.endStep(key, { status: "undone" });
      return false;
    } catch (error) {
      if (isLoss(error) || isStop(error)) throw error;
      const cause = toFailure(error, { stepKey: key, title });
      const failure = { ...cause, sentence: `${title} failed: ${cause.sentence}`, isRetryable: true };
      await this.#journal.endStep(key, { status: "undo_failed", failure });
      return this.#end(current, { outcome: "failed", failure });
    }
  }

  /** Ends the operation and settles what it worked on, in one transaction. A settling that fails leaves a failed operation that can be tried again. */
  async #end({ workflow, input, operation: { projectId } }: Loaded, end: { outcome: Outcome; failure: OperationFailure | null; settleAs?: Outcome }): Promise<true> {
    const { outcome, failure, settleAs = outcome } = end;
    const settle = (tx: Db, record: OperationRecord) => workflow.settle({ operation: toOperationRow(record), input, outcome: settleAs, failure }, tx);
    await this.options.onCrashPoint?.("end:before");
    try {
      await this.#journal.finish(outcome, failure, settle);
    } catch (error) {
      if (isLoss(error)) throw error;
      this.options.log.error({ ...this.#about, err: error }, "an operation could not be settled");
      await this.#journal.finish("failed", toFailure(error, { stepKey: null, title: "Finish" }), null);
    }
    this.options.log.info({ ...this.#about, outcome }, "an operation ended");
    this.options.onEnded?.(projectId);
    await this.options.onCrashPoint?.("end:after");
    return true;
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof LeaseLostError || (error instanceof StepInterrupted && error.kind === "lease");
}

function isStop(error: unknown): boolean {
  return error instanceof StepInterrupted && error.kind === "stop";
}

async function probeAndRun(step: Step<unknown>, context: StepContext<unknown>, mustProbe: boolean, signal: AbortSignal): Promise<unknown> {
  const found = mustProbe ? await step.probe?.(context, signal) : undefined;
  return found === undefined ? step.run(context, signal) : found;
}

function findStep(current: Loaded, key: string): Step<unknown> {
  const step = current.workflow.steps.find((candidate) => candidate.key === key);
  if (step === undefined) throw new Error(`${current.operation.kind} has no step ${key}.`);
  return step;
}

function flagsOf(operation: OperationRow): Pick<Situation, "isCancelRequested" | "isPastPointOfNoReturn"> {
  return { isCancelRequested: operation.cancelRequestedAt !== null, isPastPointOfNoReturn: operation.pointOfNoReturnAt !== null };
}

function situationOf({ operation, steps, workflow }: Loaded): Situation {
  return {
    status: operation.status,
    ...flagsOf(operation),
    rules: workflow.steps.map((step) => ({ key: step.key, hasUndo: step.undo !== undefined, isPointOfNoReturn: step.isPointOfNoReturn ?? false })),
    journal: steps,
  };
}

function unreadable(error: unknown): OperationFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return { code: "unreadable", sentence: "What was asked for cannot be read, so nothing was done. Start it anew.", stepKey: null, service: null, evidence: [reason.slice(0, 500)], isRetryable: true };
}
