import { AsyncLocalStorage } from "node:async_hooks";
import { z } from "zod";
import { PrismaClient } from "./generated/postgres/client";
import { Mutex } from "./mutex";
import { transactionLimits } from "./transaction-limits";
import type { Db, Store } from "./types";
import { watchForChange } from "./watch-for-change";

/** Any fixed number: the transactions of all processes of an installation queue up behind it. */
const writeLock = 7_021_001;

/** Shorter than `transactionLimits`: who waits learns that the store is busy. */
const lockWaitMs = 15_000;

/** A process that stands still inside a transaction loses it, and the others go on. */
const idleLimit = "20s";

const snapshotRows = z.tuple([z.object({ token: z.string() })]);

/** Opens the store in a PostgreSQL database (13 or newer). */
export async function openPostgresStore(options: { url: string; poolSizeMax?: number; lockWaitMs?: number; transactionLimitMs?: number }): Promise<Store> {
  // Loaded here: most installations have no PostgreSQL, and need not hold its driver in memory.
  const { PrismaPg } = await import("@prisma/adapter-pg");
  const client = new PrismaClient({
    adapter: new PrismaPg({ connectionString: options.url, max: options.poolSizeMax ?? 10 }),
    transactionOptions: { ...transactionLimits, timeout: options.transactionLimitMs ?? transactionLimits.timeout },
  });
  await client.$connect();
  const db = asDb(client);
  const queue = new Mutex();
  const lockLimit = `${options.lockWaitMs ?? lockWaitMs}ms`;
  const scope = new AsyncLocalStorage<{ isOpen: boolean }>();
  // The set of transactions that are not yet visible: it changes exactly when what can be read changes, so no wake-up is lost
  // between a commit and its visibility. It also changes for other databases of the cluster, which costs one look.
  const changeToken = async () => snapshotRows.parse(await client.$queryRaw`SELECT pg_current_snapshot()::text AS token`)[0].token;
  return {
    dialect: "postgres",
    db,
    transaction: <T>(fn: (tx: Db) => Promise<T>): Promise<T> => {
      if (scope.getStore()?.isOpen === true) throw new Error("Inside a transaction only the transaction itself may write: use `tx`.");
      // One at a time per process: a transaction that waits for the lock holds a connection, and reads need some too.
      return queue.run(() =>
        client.$transaction(async (tx) => {
          // What every room checks before it writes stays true until it has written, as under SQLite's one write lock.
          await tx.$executeRaw`SELECT set_config('lock_timeout', ${lockLimit}, true), set_config('idle_in_transaction_session_timeout', ${idleLimit}, true)`;
          await tx.$executeRaw`SELECT pg_advisory_xact_lock(${writeLock}::bigint)`;
          const own = { isOpen: true };
          return scope.run(own, async () => {
            try {
              return await fn(asDb(tx));
            } finally {
              own.isOpen = false;
            }
          });
        }, { isolationLevel: "ReadCommitted" }),
      ).catch((error: unknown) => Promise.reject(asBusy(error)));
    },
    changeToken,
    waitForChange: watchForChange(changeToken),
    close: () => client.$disconnect(),
  };
}

/** Waiting for the lock in vain is what SQLite calls busy: the same code, so that the rooms know it. */
function asBusy(error: unknown): unknown {
  const isLockTimeout = error instanceof Error && /55P03|lock timeout/.test(error.message);
  return isLockTimeout ? Object.assign(new Error("The store was locked by another process for too long.", { cause: error }), { code: "P1008" }) : error;
}

/**
 * Both clients are generated from one model and differ only in filters: `mode: "insensitive"`, which `containing` knows, and scalar
 * lists, which the rules of the schema leave unused. The contract suite runs on both.
 */
function asDb(client: object): Db {
  return client as Db;
}
