import { existsSync } from "node:fs";
import { requireUnused } from "./backup";
import { migrateStore, requireCurrentStore } from "./migrate";
import { MigrationError } from "./migrations";
import { sqlitePathOf } from "./open-store";
import { openPostgresStore } from "./postgres-store";
import { openSqliteStore } from "./sqlite-store";
import type { Db, Store } from "./types";

/** Every table, each after those that it refers to. A test fails when a model is missing here. */
export const tablesInOrder = [
  "installationSetting", "throttleBucket", "schedule", "workerHeartbeat", "idempotencyKey", "oneTimeLink", "invitation", "auditEntry",
  "user", "session", "apiToken", "host", "project", "membership", "portAllocation", "subnetAllocation", "dataKey", "secretValue", "edgeFunction",
  "observedSnapshot", "contractRun", "gatewayRevision", "gatewayDraft", "keyUse", "domain", "dashboardUser", "studioTicket", "operation", "operationStep", "operationEvent",
] as const satisfies readonly (keyof Db)[];

type Table = (typeof tablesInOrder)[number];

/** The part of a model's delegate that copying takes; all models have it in the same shape. */
type CopyDelegate = {
  findMany(query: { take: number; skip: number; orderBy: Record<string, "asc">[] }): Promise<Record<string, unknown>[]>;
  createMany(query: { data: Record<string, unknown>[] }): Promise<{ count: number }>;
  count(): Promise<number>;
};

/** Few enough for a statement's parameters, and for the files of edge functions to fit in memory. */
const rowsPerBatch: Partial<Record<Table, number>> = { edgeFunction: 5 };
const rowsPerBatchDefault = 500;

/** What orders the rows of a table whose key is not `id`. */
const keyColumns: Partial<Record<Table, readonly string[]>> = {
  installationSetting: ["key"], throttleBucket: ["key"], observedSnapshot: ["projectId"], gatewayDraft: ["projectId"], operationEvent: ["operationId", "seq"],
};

/** A copy of a large store takes longer than a transaction of the panel may. */
const copyLimitMs = 10 * 60_000;

export type MoveOptions = {
  /** Path of the SQLite file. */
  path: string;
  /** Address of the PostgreSQL database. */
  to: string;
  /** Proves that this installation's key file opens a store. Throws when it does not. */
  verify(store: Store): Promise<void>;
};

/**
 * Copies a SQLite store into an empty PostgreSQL database, which it migrates first: every row as it is, in one transaction, counted
 * afterwards. Secrets stay readable with the same key file: they are bound to table, column and row, not to a database. The file is left
 * as it is.
 * @throws MigrationError when a process has the file open, when the target holds anything, or when the counts differ; then nothing was copied.
 */
export async function moveStore({ path, to, verify }: MoveOptions): Promise<{ rows: number }> {
  if (sqlitePathOf(to) !== null) throw new MigrationError("The address names a SQLite file. Name a PostgreSQL database to move to: DATABASE_URL=postgres://user:password@host/database.");
  if (!existsSync(path)) throw new MigrationError(`There is no SQLite store at ${path}.`);
  // Before this process opens the file itself.
  await requireUnused(path);
  await requireCurrentStore({ url: `file:${path}` });
  const source = await openSqliteStore({ path });
  try {
    await verify(source);
    await migrateStore({ url: to, backupsFolder: "" });
    return await fill(source, to, verify);
  } finally {
    await source.close();
  }
}

async function fill(source: Store, to: string, verify: MoveOptions["verify"]): Promise<{ rows: number }> {
  const target = await openPostgresStore({ url: to, transactionLimitMs: copyLimitMs });
  try {
    const rows = await target.transaction(async (tx) => {
      await requireEmpty(tx);
      let copied = 0;
      for (const table of tablesInOrder) copied += await copyTable(table, source.db, tx);
      return copied;
    });
    await verify(target);
    return { rows };
  } finally {
    await target.close();
  }
}

async function requireEmpty(tx: Db): Promise<void> {
  for (const table of tablesInOrder) {
    if ((await delegateOf(tx, table).count()) > 0) throw new MigrationError(`The database is not empty (it has rows in ${table}): a panel was started on it. Make a new one, for example with createdb, and name that.`);
  }
}

async function copyTable(table: Table, from: Db, to: Db): Promise<number> {
  const [source, target] = [delegateOf(from, table), delegateOf(to, table)];
  const take = rowsPerBatch[table] ?? rowsPerBatchDefault;
  const orderBy = (keyColumns[table] ?? ["id"]).map((column) => ({ [column]: "asc" as const }));
  try {
    for (let skip = 0; ; skip += take) {
      const data = await source.findMany({ take, skip, orderBy });
      if (data.length > 0) await target.createMany({ data });
      if (data.length < take) break;
    }
  } catch (cause) {
    throw new MigrationError(`The table ${table} could not be copied, so nothing was: ${cause instanceof Error ? (cause.message.trim().split("\n").at(-1) ?? "") : String(cause)}`, { cause });
  }
  const [before, after] = [await source.count(), await target.count()];
  if (before !== after) throw new MigrationError(`The table ${table} has ${before} rows and ${after} were copied, so nothing was kept. Something writes into the store: stop the panel and try again.`);
  return after;
}

/** The models' delegates differ in their row types only, which copying does not look at. */
function delegateOf(db: Db, table: Table): CopyDelegate {
  return db[table] as unknown as CopyDelegate;
}
