import { AsyncLocalStorage } from "node:async_hooks";
import { z } from "zod";
import { PrismaClient } from "./generated/postgres/client";
import { transactionLimits } from "./transaction-limits";
import type { Db, Store } from "./types";
import { watchForChange } from "./watch-for-change";

const snapshotRows = z.tuple([z.object({ token: z.string() })]);

/** Opens the store in a PostgreSQL database (13 or newer). */
export async function openPostgresStore(options: { url: string; poolSizeMax?: number }): Promise<Store> {
  // Loaded here: most installations have no PostgreSQL, and need not hold its driver in memory.
  const { PrismaPg } = await import("@prisma/adapter-pg");
  const client = new PrismaClient({
    adapter: new PrismaPg({ connectionString: options.url, max: options.poolSizeMax ?? 10 }),
    transactionOptions: transactionLimits,
  });
  await client.$connect();
  const db = asDb(client);
  const scope = new AsyncLocalStorage<{ isOpen: boolean }>();
  // The set of transactions that are not yet visible: it changes exactly when what can be read changes, so no wake-up is lost
  // between a commit and its visibility. It also changes for other databases of the cluster, which costs one look.
  const changeToken = async () => snapshotRows.parse(await client.$queryRaw`SELECT pg_current_snapshot()::text AS token`)[0].token;
  return {
    dialect: "postgres",
    db,
    transaction: <T>(fn: (tx: Db) => Promise<T>): Promise<T> => {
      if (scope.getStore()?.isOpen === true) throw new Error("Inside a transaction only the transaction itself may write: use `tx`.");
      return client.$transaction((tx) => {
        const own = { isOpen: true };
        return scope.run(own, async () => {
          try {
            return await fn(asDb(tx));
          } finally {
            own.isOpen = false;
          }
        });
      });
    },
    changeToken,
    waitForChange: watchForChange(changeToken),
    close: () => client.$disconnect(),
  };
}

/**
 * Both clients are generated from one model and differ only in filters that the rules of the schema leave unused
 * (`mode: "insensitive"`, scalar lists); the contract suite runs on both.
 */
function asDb(client: object): Db {
  return client as Db;
}
