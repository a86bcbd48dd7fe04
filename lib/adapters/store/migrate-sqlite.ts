import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { requireLocalFileSystem } from "./file-system";
import { MigrationError, pendingMigrations, type AppliedMigration, type Migration } from "./migrations";
import { retryBusy } from "./retry-busy";
import { SqliteConnection } from "./sqlite-connection";

/** Another process may be applying a long migration. */
const busyBudgetMs = 120_000;

/** Columns as Prisma's own tool has them, so that `prisma migrate status` agrees. */
const migrationsTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "checksum" TEXT NOT NULL,
  "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL,
  "logs" TEXT,
  "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

type SqliteMigration = { path: string; known: readonly Migration[]; backupsFolder: string };

/** Applies what is missing to a SQLite file, which is made when it is not there. */
export async function migrateSqlite({ path, known, backupsFolder }: SqliteMigration): Promise<{ applied: string[]; backupPath: string | null }> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await requireLocalFileSystem(dirname(path));
  // Made before SQLite does: its companion files take over the mode, and none of them is for other users.
  if (!existsSync(path)) writeFileSync(path, "", { mode: 0o600, flag: "a" });
  const connection = await retryBusy(busyBudgetMs, () => new SqliteConnection(path, { journalMode: "wal", isReadOnly: false }));
  try {
    requireWal(connection, path);
    const before = readApplied(connection);
    const pending = pendingMigrations(known, before);
    if (pending.length === 0) return { applied: [], backupPath: null };
    const backupPath = before.length === 0 ? null : copyBefore(connection, backupsFolder, pending[0]?.name ?? "");
    // A migration that rebuilds a table drops the old one: with the rule in force that would empty the tables that refer to it.
    connection.script("PRAGMA foreign_keys = OFF");
    const applied: string[] = [];
    for (const migration of pending) if (await applyOne(connection, migration, known)) applied.push(migration.name);
    return { applied, backupPath };
  } finally {
    connection.close();
  }
}

/** Migrations recorded in the file; none when the file is not there yet. */
export async function readSqliteState(path: string): Promise<AppliedMigration[]> {
  if (!existsSync(path)) return [];
  const connection = await retryBusy(busyBudgetMs, () => new SqliteConnection(path, { journalMode: "wal", isReadOnly: true }));
  try {
    return await retryBusy(busyBudgetMs, () => readApplied(connection));
  } finally {
    connection.close();
  }
}

/** Applies one migration in one transaction; false when another process has done it meanwhile. */
async function applyOne(connection: SqliteConnection, migration: Migration, known: readonly Migration[]): Promise<boolean> {
  await retryBusy(busyBudgetMs, () => connection.script("BEGIN IMMEDIATE"));
  try {
    const isStillPending = pendingMigrations(known, readApplied(connection)).some(({ name }) => name === migration.name);
    if (isStillPending) {
      connection.script(migrationsTable);
      connection.script(migration.sql);
      refuseBrokenReferences(connection, migration);
      const now = new Date().toISOString();
      connection.execute(statement('INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "started_at", "applied_steps_count") VALUES (?, ?, ?, ?, ?, 1)', randomBytes(16).toString("hex"), migration.checksum, now, migration.name, now));
    }
    await retryBusy(busyBudgetMs, () => connection.script("COMMIT"));
    return isStillPending;
  } catch (error) {
    if (connection.isInTransaction) connection.script("ROLLBACK");
    throw error instanceof MigrationError ? error : new MigrationError(`The migration ${migration.name} failed and was taken back: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function readApplied(connection: SqliteConnection): AppliedMigration[] {
  const tables = connection.query(statement("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")).rows.map(([name]) => String(name));
  if (!tables.includes("_prisma_migrations")) {
    if (tables.length > 0) throw new MigrationError(`The file holds tables that are not Basehold's (${tables.slice(0, 3).join(", ")}). Name another file in BASEHOLD_STORE_URL.`);
    return [];
  }
  return connection
    .query(statement('SELECT "migration_name", "checksum" FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL ORDER BY "migration_name"'))
    .rows.map(([name, checksum]) => ({ name: String(name), checksum: String(checksum) }));
}

function refuseBrokenReferences(connection: SqliteConnection, migration: Migration): void {
  const broken = connection.query(statement("PRAGMA foreign_key_check")).rows.length;
  if (broken > 0) throw new MigrationError(`The migration ${migration.name} would leave ${broken} rows that refer to nothing. It was taken back; report this with the version you come from.`);
}

function copyBefore(connection: SqliteConnection, backupsFolder: string, nextName: string): string {
  mkdirSync(backupsFolder, { recursive: true, mode: 0o700 });
  const stamp = new Date().toISOString().replace(/[:.]/g, "-");
  const target = join(backupsFolder, `before-${nextName}-${stamp}-${process.pid}.sqlite`);
  connection.execute(statement("VACUUM INTO ?", target));
  chmodSync(target, 0o600);
  return target;
}

function requireWal(connection: SqliteConnection, path: string): void {
  const [row] = connection.query(statement("PRAGMA journal_mode")).rows;
  if (row?.[0] !== "wal") throw new MigrationError(`${path} lies on a file system on which several processes cannot share a SQLite file. Put BASEHOLD_DATA on a local disk, or use PostgreSQL.`);
}

function statement(sql: string, ...args: string[]) {
  return { sql, args, argTypes: args.map(() => ({ scalarType: "string" as const, arity: "scalar" as const })) };
}
