import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { readPostgresState, withClient } from "./migrate-postgres";
import { findMigrationsFolder, MigrationError, pendingMigrations, readMigrations } from "./migrations";
import { openStore } from "./open-store";
import type { Store } from "./types";

type Restore = { url: string; file: string; verify(store: Store): Promise<void> };

/** Puts a backup in place of the tables, after it was checked in a database of its own beside them. */
export async function restorePostgres({ url, file, verify }: Restore): Promise<void> {
  const name = `basehold_check_${randomUUID().slice(0, 8)}`;
  await createDatabase(url, name);
  try {
    const copy = new URL(url);
    copy.pathname = `/${name}`;
    await checkCopy({ url: copy.href, file, verify });
  } finally {
    await withClient(url, (client) => client.query(`DROP DATABASE IF EXISTS ${name}`));
  }
  await unpack(url, file);
}

async function createDatabase(url: string, name: string): Promise<void> {
  try {
    // From template0: what somebody put into template1 is not part of the backup.
    await withClient(url, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
  } catch (cause) {
    if (cause instanceof MigrationError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const user = decodeURIComponent(new URL(url).username);
    throw new MigrationError(`A backup is checked in a database of its own before it replaces anything, and none could be made: ${reason}. Let the user make one for the time of the restore: ALTER ROLE "${user}" CREATEDB.`, { cause });
  }
}

async function checkCopy({ url, file, verify }: Restore): Promise<void> {
  await unpack(url, file);
  const applied = await readPostgresState(url);
  if (applied.length === 0) throw new MigrationError("The file is not a backup of a Basehold store: it carries no migration.");
  pendingMigrations(readMigrations(findMigrationsFolder(), "postgres"), applied);
  const store = await openStore({ url });
  try {
    await verify(store);
  } finally {
    await store.close();
  }
}

function unpack(url: string, file: string): Promise<void> {
  return runPostgresTool("pg_restore", url, ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", `--dbname=${databaseOf(url)}`, file]);
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || "postgres";
}

/** Runs pg_dump or pg_restore. The address goes by environment: arguments can be read by every user of the machine. */
export async function runPostgresTool(program: "pg_dump" | "pg_restore", url: string, args: string[]): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  const env = { ...process.env, PGHOST: decodeURIComponent(hostname), PGPORT: port === "" ? "5432" : port, PGUSER: decodeURIComponent(username), PGPASSWORD: decodeURIComponent(password), PGDATABASE: databaseOf(url) };
  try {
    await promisify(execFile)(program, args, { env, maxBuffer: 16 * 1024 * 1024 });
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const text = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim().slice(0, 500) : String(cause);
    throw new MigrationError(isMissing ? `${program} is not installed. On Debian and Ubuntu: apt-get install postgresql-client.` : `${program} failed: ${text}`, { cause });
  }
}
