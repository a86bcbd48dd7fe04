import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { customAlphabet } from "nanoid";
import { migrateStore } from "@/lib/adapters/store/migrate";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { OperationRunner, type RunnerOptions } from "./runner";
import type { OperationKind, Step, Workflow } from "./types";

/** A migrated SQLite file of a test's own, workers on it that can be frozen or killed, and a clock that only the test moves. */

export const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);

export const leaseMs = 30_000;

export class Clock {
  #ms = Date.parse("2026-03-01T12:00:00Z");
  readonly now = (): Date => new Date(this.#ms);
  advance(ms: number): void {
    this.#ms += ms;
  }
}

export type TestStore = { store: Store; url: string; path: string; openAnother(): Promise<Store>; close(): Promise<void> };

/** A store in a folder of its own, or at the address of an empty database: empty and migrated. */
export async function openTestStore(options: { storeUrl?: string } = {}): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), "basehold-operations-"));
  const path = join(folder, "store", "basehold.sqlite");
  const url = options.storeUrl ?? `file:${path}`;
  await migrateStore({ url, backupsFolder: join(folder, "backups") });
  const opened: Store[] = [];
  const openAnother = async (): Promise<Store> => {
    const store = await openStore({ url });
    opened.push(store);
    return store;
  };
  return {
    store: await openAnother(),
    url,
    path,
    openAnother,
    close: async () => {
      for (const store of opened) await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A store as a process has it that can be killed or frozen: from then on no call of it begins until it is thawed. */
export class MortalStore {
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  readonly store: Store;

  /** `onCommit` is called after each transaction that went through. */
  constructor(real: Store, onCommit: () => void = () => undefined) {
    const wait = () => this.#gate;
    this.store = {
      dialect: real.dialect,
      db: real.db,
      transaction: async (fn) => {
        await wait();
        const result = await real.transaction(fn);
        onCommit();
        await wait();
        return result;
      },
      changeToken: async () => {
        await wait();
        return real.changeToken();
      },
      waitForChange: async (since, options) => {
        await wait();
        return real.waitForChange(since, options);
      },
      close: () => real.close(),
    };
  }

  freeze(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  thaw(): void {
    this.#open();
    this.#gate = Promise.resolve();
  }
}

export type TestWorker = { stop(): Promise<void>; kill(): void };

/** Starts a runner; `stop` winds it down, `kill` leaves it where it stands. */
export function startWorker(options: Partial<RunnerOptions> & Pick<RunnerOptions, "store" | "workflows" | "now">): TestWorker {
  const controller = new AbortController();
  const mortal = new MortalStore(options.store);
  const runner = new OperationRunner({ authorizeActor: async () => undefined, leaseMs, parallel: 5, workerId: newId(), newId, log: silentLog, ...options, store: mortal.store });
  const ended = runner.run(controller.signal);
  return {
    stop: async () => {
      controller.abort();
      await ended;
    },
    kill: () => {
      mortal.freeze();
      controller.abort();
    },
  };
}

/** Resolves once `check` gives something, asked again after each change of the store. */
export async function eventually<T>(store: Store, check: () => Promise<T | null | undefined | false>, what = "the expected state"): Promise<T> {
  const signal = AbortSignal.timeout(15_000);
  for (;;) {
    const token = await store.changeToken();
    const found = await check();
    if (found !== null && found !== undefined && found !== false) return found;
    if (signal.aborted) throw new Error(`${what} never came.`);
    await store.waitForChange(token, { signal, timeoutMs: 200 });
  }
}

/** The operation, once it has ended. */
export function ended(store: Store, operationId: string) {
  return eventually(store, async () => {
    const operation = await store.db.operation.findUniqueOrThrow({ where: { id: operationId }, include: { steps: { orderBy: { ordinal: "asc" } } } });
    return operation.finishedAt === null ? null : operation;
  }, `the end of operation ${operationId}`);
}

type Script = Partial<Workflow<unknown>> & { kind?: OperationKind };

/** A workflow from a few steps, in the map that a runner takes. */
export function workflowOf(steps: (Partial<Step<unknown>> & Pick<Step<unknown>, "key">)[], script: Script = {}): Map<string, Workflow<never>> {
  const workflow: Workflow<unknown> = {
    kind: "project.export",
    parseInput: (json) => json,
    onFailure: "hold",
    settle: async () => undefined,
    ...script,
    steps: steps.map((step) => ({ title: step.key, timeoutMs: 60_000, isCancellable: true, run: async () => undefined, ...step })),
  };
  return new Map([[workflow.kind, workflow as unknown as Workflow<never>]]);
}

/** A promise that a test settles. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
