import type { Prisma } from "./generated/sqlite/client";

/**
 * The store's typed surface: one delegate per model, the same inside and outside a transaction. Both dialects have it; the
 * type is the SQLite client's, because both clients are generated from one model.
 */
export type Db = Prisma.TransactionClient;

export type WaitForChangeOptions = { signal: AbortSignal; timeoutMs: number };

/** An open store. Inner rooms are given one and never open it themselves. */
export type Store = {
  dialect: "sqlite" | "postgres";
  db: Db;
  /**
   * Runs `fn` in one transaction that holds the store's one write lock from its first statement on, so that what it reads
   * stays true until it has written, and takes it back when `fn` throws. Keep it short: no network and no waiting inside. Calling it, or writing through `db`, inside `fn` throws.
   */
  transaction<T>(fn: (tx: Db) => Promise<T>): Promise<T>;
  /** Changes whenever any process has committed; equal tokens mean that nothing changed. It may change without a reason. */
  changeToken(): Promise<string>;
  /** Resolves with the new token as soon as it differs from `since`, or with the old one at the time limit or on abort. */
  waitForChange(since: string, options: WaitForChangeOptions): Promise<string>;
  close(): Promise<void>;
};

/** Sink for what the store has to tell an operator; a pino logger fits. */
export type StoreLog = {
  info(detail: Record<string, unknown>, message: string): void;
  warn(detail: Record<string, unknown>, message: string): void;
};

/**
 * Filter for texts that contain `part`, whatever the case of its letters. SQLite compares so by itself (A to Z alone), PostgreSQL has
 * to be asked to; its filter is not part of the common type.
 */
export function containing({ dialect }: Pick<Store, "dialect">, part: string): { contains: string } {
  return dialect === "postgres" ? Object.assign({ contains: part }, { mode: "insensitive" }) : { contains: part };
}
