import { AsyncLocalStorage } from "node:async_hooks";
import { watchForChange } from "./watch-for-change";
import { PrismaClient } from "./generated/sqlite/client";
import { SqliteAdapterFactory, type SqliteAdapterOptions } from "./sqlite-adapter";
import { SqliteConnection } from "./sqlite-connection";
import { retryBusy } from "./retry-busy";
import { transactionLimits } from "./transaction-limits";
import type { Db, Store } from "./types";

export type SqliteStoreOptions = Omit<SqliteAdapterOptions, "onRootWrite">;

/** Opens the store in a SQLite file. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const scope = new AsyncLocalStorage<{ isOpen: boolean }>();
  const refuseInside = () => {
    // It would wait for the transaction that is waiting for it.
    if (scope.getStore()?.isOpen === true) throw new Error("Inside a transaction only the transaction itself may write: use `tx`.");
  };
  const client = new PrismaClient({
    adapter: new SqliteAdapterFactory({ ...options, onRootWrite: refuseInside }),
    transactionOptions: transactionLimits,
  });
  await client.$connect();
  const watcher = await retryBusy(options.busyBudgetMs ?? 10_000, () => new SqliteConnection(options.path, { journalMode: "wal", isReadOnly: true }));
  // Async, so that a closed store is a rejection and never an exception in the poll.
  const changeToken = async () => String(watcher.query(dataVersion).rows[0]?.[0]);
  return {
    dialect: "sqlite",
    db: client,
    transaction: <T>(fn: (tx: Db) => Promise<T>): Promise<T> => {
      refuseInside();
      return client.$transaction((tx) => {
        const own = { isOpen: true };
        return scope.run(own, async () => {
          try {
            return await fn(tx);
          } finally {
            own.isOpen = false;
          }
        });
      });
    },
    changeToken,
    waitForChange: watchForChange(changeToken),
    close: async () => {
      await client.$disconnect();
      watcher.close();
    },
  };
}

/** Changes when another connection has committed; `watcher` itself never writes. */
const dataVersion = { sql: "PRAGMA data_version", args: [], argTypes: [] };
