import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findMigrationsFolder, MigrationError, pendingMigrations, readMigrations } from "./migrations";
import { readSqliteState } from "./migrate-sqlite";
import { openStore, sqlitePathOf } from "./open-store";
import { restorePostgres, runPostgresTool } from "./postgres-tools";
import { isBusy } from "./sqlite-errors";
import { SqliteConnection } from "./sqlite-connection";
import { retryBusy } from "./retry-busy";
import type { Store } from "./types";

const busyBudgetMs = 30_000;

/** Copies the store into a new file while it is in use. @throws MigrationError when the file is there already. */
export async function backUpStore({ url, file }: { url: string; file: string }): Promise<void> {
  // Made first and for this user alone: nobody else ever sees a moment of it.
  reserve(file);
  const path = sqlitePathOf(url);
  try {
    if (path === null) await runPostgresTool("pg_dump", url, ["--format=custom", "--no-owner", "--no-privileges", `--file=${file}`]);
    else await copySqlite(path, file);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

export type RestoreOptions = {
  url: string;
  file: string;
  backupsFolder: string;
  /** Proves that this installation's key file opens the backup. Throws when it does not. */
  verify(store: Store): Promise<void>;
};

/**
 * Puts a backup in place of the store, after it was checked on a copy. No other process may have the store open.
 * Returns where the replaced SQLite file went; null where there was none, or with PostgreSQL.
 */
export async function restoreStore(options: RestoreOptions): Promise<{ replacedPath: string | null }> {
  if (!existsSync(options.file)) throw new MigrationError(`There is no file ${options.file}.`);
  const path = sqlitePathOf(options.url);
  if (path !== null) return restoreSqlite(path, options);
  await restorePostgres(options);
  return { replacedPath: null };
}

function reserve(file: string): void {
  try {
    writeFileSync(file, "", { mode: 0o600, flag: "wx" });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") throw new MigrationError(`${file} is there already and is not overwritten. Name another file.`);
    throw cause;
  }
}

/** SQLite writes into an empty file that is there, and so keeps its mode. */
async function copySqlite(path: string, file: string): Promise<void> {
  if (!existsSync(path)) throw new MigrationError(`There is no store at ${path} yet.`);
  const connection = await openConnection(path);
  try {
    await retryBusy(busyBudgetMs, () => connection.execute({ sql: "VACUUM INTO ?", args: [file], argTypes: [{ scalarType: "string", arity: "scalar" }] }));
  } finally {
    connection.close();
  }
}

async function restoreSqlite(path: string, { file, backupsFolder, verify }: RestoreOptions): Promise<{ replacedPath: string | null }> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const checked = `${path}.checked-${process.pid}`;
  const draft = `${path}.restored-${process.pid}`;
  try {
    copyFileSync(file, checked);
    await checkCopy(checked, verify);
    // A second copy: the first one was opened, and a connection lets go of its file only when it is collected.
    copyFileSync(file, draft);
    chmodSync(draft, 0o600);
    if (!existsSync(path)) {
      renameSync(draft, path);
      return { replacedPath: null };
    }
    await requireUnused(path);
    const { uid, gid, mode } = statSync(path);
    if (process.getuid?.() === 0) chownSync(draft, uid, gid);
    chmodSync(draft, mode & 0o777);
    mkdirSync(backupsFolder, { recursive: true, mode: 0o700 });
    const replacedPath = join(backupsFolder, `replaced-${new Date().toISOString().replace(/[:.]/g, "-")}.sqlite`);
    copyFileSync(path, replacedPath);
    chmodSync(replacedPath, 0o600);
    renameSync(draft, path);
    return { replacedPath };
  } finally {
    for (const name of [draft, checked, `${checked}-wal`, `${checked}-shm`]) rmSync(name, { force: true });
  }
}

async function checkCopy(copy: string, verify: RestoreOptions["verify"]): Promise<void> {
  const applied = await readSqliteState(copy).catch((cause: unknown) => {
    throw cause instanceof MigrationError ? cause : new MigrationError("The file is not a backup of a SQLite store, or it is damaged.", { cause });
  });
  if (applied.length === 0) throw new MigrationError("The file is not a backup of a Basehold store: it carries no migration.");
  pendingMigrations(readMigrations(findMigrationsFolder(), "sqlite"), applied);
  const connection = await openConnection(copy);
  try {
    const problems = connection.query({ sql: "PRAGMA integrity_check(1)", args: [], argTypes: [] }).rows.map(([text]) => String(text));
    if (problems[0] !== "ok") throw new MigrationError(`The backup is damaged: ${problems[0] ?? "it cannot be read"}.`);
  } finally {
    connection.close();
  }
  const store = await openStore({ url: `file:${copy}` });
  try {
    await verify(store);
  } finally {
    await store.close();
  }
}

/**
 * Leaving WAL mode needs the file for oneself: it fails while any process has it open, and leaves one plain file behind.
 * @throws MigrationError while any process, this one included, has the store open.
 */
export async function requireUnused(path: string): Promise<void> {
  const connection = await openConnection(path);
  try {
    connection.script("PRAGMA journal_mode = DELETE");
  } catch (cause) {
    if (!isBusy(cause)) throw cause;
    throw new MigrationError("Another process has the store open. Stop the panel first (`npm run up -- --stop`, Ctrl-C, or `systemctl stop basehold`).", { cause });
  } finally {
    connection.close();
  }
}

function openConnection(path: string): Promise<SqliteConnection> {
  return retryBusy(busyBudgetMs, () => new SqliteConnection(path, { journalMode: "wal", isReadOnly: false }));
}
