import type { Db, Store } from "@/lib/adapters/store/types";
import { EventBuffer } from "./event-buffer";
import { LeaseLostError, type Lease } from "./lease";
import { LeasedWriter } from "./leased-writer";
import { toOperationRow, toStepRow, type OperationRecord } from "./rows";
import type { NewEvent, OperationFailure, OperationRow, Step, StepRow } from "./types";

export type Outcome = "done" | "failed" | "cancelled" | "undone";

export type Entries = { operation: OperationRow; steps: StepRow[] };

type Options = {
  store: Store;
  leaseMs: number;
  now: () => Date;
  /** The lease is gone, found out while nobody waited for a write. */
  onLost: () => void;
  /** A write failed that will be tried again. */
  onTrouble: (error: unknown) => void;
};

type Said = Pick<NewEvent, "level" | "stepKey" | "message"> & { detail?: unknown };

/** What is on record of one operation, kept under its lease: the state of its steps and its events. */
export class Journal {
  readonly #writer: LeasedWriter;
  readonly #events: EventBuffer;
  readonly #id: string;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(private readonly options: Options, private readonly lease: Lease) {
    this.#id = lease.operationId;
    this.#writer = new LeasedWriter(options.store, lease, options);
    this.#events = new EventBuffer({ now: options.now, write: (events) => this.#writer.write((tx) => this.#writer.appendEvents(tx, events)), onError: (error) => this.#notice(error) });
    this.#heartbeat = this.#startHeartbeat();
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#events.close();
  }

  /** Takes in what a step says. What stood still longer than its lease is found out here, before the step does anything more. */
  speak(stepKey: string, event: Omit<NewEvent, "stepKey">): void {
    if (this.options.now().getTime() >= this.lease.untilMs) this.options.onLost();
    else this.#events.add({ ...event, stepKey });
  }

  /** @throws LeaseLostError when somebody else works on it. */
  async read(): Promise<Entries> {
    const { db } = this.options.store;
    const [record, steps] = await Promise.all([
      db.operation.findUniqueOrThrow({ where: { id: this.#id } }),
      db.operationStep.findMany({ where: { operationId: this.#id }, orderBy: { ordinal: "asc" } }),
    ]);
    if (record.leaseToken !== this.lease.token) throw new LeaseLostError(this.#id);
    return { operation: toOperationRow(record), steps: steps.map(toStepRow) };
  }

  /** Writes a line for each step that has none yet, so that the page shows all that is to come. */
  async insertSteps(steps: readonly Step<unknown>[]): Promise<void> {
    const operationId = this.#id;
    await this.#writer.write(async (tx) => {
      const known = new Set((await tx.operationStep.findMany({ where: { operationId }, select: { key: true } })).map((row) => row.key));
      const data = steps.map(({ key, title }, ordinal) => ({ id: `${operationId}.${key}`, operationId, key, title, ordinal, status: "pending", attempt: 0 })).filter(({ key }) => !known.has(key));
      if (data.length > 0) await tx.operationStep.createMany({ data });
    });
  }

  /** Notes that a step runs from now on, and the point of no return when it is one. False: a cancel was faster. */
  async beginStep(key: string, { isPointOfNoReturn, message }: { isPointOfNoReturn: boolean; message: string }): Promise<boolean> {
    const begin = async (tx: Db, now: Date): Promise<boolean> => {
      const fresh = await tx.operation.findUniqueOrThrow({ where: { id: this.#id }, select: { cancelRequestedAt: true, pointOfNoReturnAt: true } });
      if (fresh.cancelRequestedAt !== null && fresh.pointOfNoReturnAt === null) return false;
      if (isPointOfNoReturn && fresh.pointOfNoReturnAt === null) await tx.operation.update({ where: { id: this.#id }, data: { pointOfNoReturnAt: now } });
      await tx.operationStep.update({ where: this.#step(key), data: { status: "running", attempt: { increment: 1 }, startedAt: now, finishedAt: null, errorJson: null } });
      return true;
    };
    return this.#record(begin, (hasBegun) => (hasBegun ? { level: "info", stepKey: key, message } : null));
  }

  async endStep(key: string, end: { status: "done"; output: unknown } | { status: "undone" } | { status: "failed" | "undo_failed"; failure: OperationFailure }): Promise<void> {
    const data = {
      status: end.status,
      ...("output" in end ? { outputJson: end.output === undefined ? null : JSON.stringify(end.output) } : {}),
      ...("failure" in end ? { errorJson: JSON.stringify(end.failure) } : {}),
    };
    const event: Said | null = "failure" in end && end.failure.code !== "cancelled" ? { level: "error", stepKey: key, message: end.failure.sentence, detail: { evidence: end.failure.evidence, service: end.failure.service } } : null;
    await this.#record((tx, now) => tx.operationStep.update({ where: this.#step(key), data: { ...data, finishedAt: now } }), () => event);
  }

  /** From here on the begun steps are taken back, because of a failure or (null) a cancel. */
  async turnBack(failure: OperationFailure | null): Promise<void> {
    const data = { status: "compensating", errorJson: failure === null ? null : JSON.stringify(failure) };
    const message = failure === null ? "Cancelled: what was done is taken back." : "What was done is taken back.";
    await this.#record((tx) => tx.operation.update({ where: { id: this.#id }, data }), () => ({ level: "warn", stepKey: null, message }));
  }

  async beginUndo(key: string, message: string): Promise<void> {
    await this.#record((tx) => tx.operation.update({ where: { id: this.#id }, data: { status: "compensating" } }), () => ({ level: "info", stepKey: key, message }));
  }

  /** Ends the operation; `settle` runs in the same transaction, with the row as it is stored. */
  async finish(outcome: Outcome, failure: OperationFailure | null, settle: ((tx: Db, record: OperationRecord) => Promise<void>) | null): Promise<void> {
    const end = async (tx: Db, now: Date): Promise<void> => {
      if (settle !== null) await settle(tx, await tx.operation.findUniqueOrThrow({ where: { id: this.#id } }));
      const last = await tx.operationStep.findFirst({ where: { operationId: this.#id, status: "done" }, orderBy: { ordinal: "desc" }, select: { outputJson: true } });
      const resultJson = outcome === "done" ? (last?.outputJson ?? null) : null;
      await tx.operation.update({ where: { id: this.#id }, data: { status: outcome, finishedAt: now, leaseToken: null, leaseUntil: null, errorJson: failure === null ? null : JSON.stringify(failure), resultJson } });
    };
    await this.#record(end, () => ({ level: endLevel[outcome], stepKey: null, message: failure?.sentence ?? endSentence[outcome] }));
  }

  /** A write together with what the steps have said so far and, after it, one event of its own. */
  async #record<T>(fn: (tx: Db, now: Date) => Promise<T>, eventOf: (result: T) => Said | null): Promise<T> {
    const held = this.#events.take();
    try {
      return await this.#writer.write(async (tx, now) => {
        const result = await fn(tx, now);
        const event = eventOf(result);
        await this.#writer.appendEvents(tx, [...held, ...(event === null ? [] : [{ current: null, total: null, detail: null, ...event, at: now }])]);
        return result;
      });
    } catch (error) {
      this.#events.putBack(held);
      throw error;
    }
  }

  #step(key: string) {
    return { operationId_key: { operationId: this.#id, key } };
  }

  #startHeartbeat(): NodeJS.Timeout {
    let isBeating = false;
    return setInterval(() => {
      if (isBeating) return;
      isBeating = true;
      this.#writer
        .write(async () => undefined)
        .catch((error: unknown) => this.#notice(error))
        .finally(() => (isBeating = false));
    }, Math.max(1, Math.floor(this.options.leaseMs / 3)));
  }

  #notice(error: unknown): void {
    if (error instanceof LeaseLostError) this.options.onLost();
    else this.options.onTrouble(error);
  }
}

const endLevel: Record<Outcome, NewEvent["level"]> = { done: "info", failed: "error", cancelled: "warn", undone: "warn" };
const endSentence: Record<Outcome, string> = { done: "Done.", failed: "Failed.", cancelled: "Cancelled; what was done is taken back.", undone: "Failed; what was done is taken back." };
