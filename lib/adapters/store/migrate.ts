import { sqlitePathOf } from "./open-store";
import { migratePostgres, readPostgresState } from "./migrate-postgres";
import { migrateSqlite, readSqliteState } from "./migrate-sqlite";
import { findMigrationsFolder, MigrationError, pendingMigrations, readMigrations, type Migration } from "./migrations";
import type { StoreLog } from "./types";

export type MigrateOptions = {
  url: string;
  /** Where the copy of a SQLite store goes that is made before anything is applied to it. */
  backupsFolder: string;
  migrationsFolder?: string;
  log?: StoreLog;
};

export type MigrateResult = {
  /** Names of the migrations that this call applied; empty when the store was current or another process was faster. */
  applied: string[];
  /** Path of the copy made before; null where none was made (an empty store, or PostgreSQL). */
  backupPath: string | null;
};

/**
 * Brings the store to the schema of this program: each file in one transaction, checked against what was applied before. Several
 * processes may do this at once.
 * @throws MigrationError with a sentence when the store is newer than the code, changed, or not ours.
 */
export async function migrateStore(options: MigrateOptions): Promise<MigrateResult> {
  const known = knownMigrations(options);
  const path = sqlitePathOf(options.url);
  const result = path === null ? await migratePostgres(options.url, known) : await migrateSqlite({ path, known, backupsFolder: options.backupsFolder });
  for (const name of result.applied) options.log?.info({ migration: name }, "migration applied");
  if (result.backupPath !== null) options.log?.info({ path: result.backupPath }, "the store was copied before it was migrated");
  return result;
}

/** Names of the migrations that the store lacks. @throws MigrationError like `migrateStore`. */
export async function listPendingMigrations(options: Pick<MigrateOptions, "url" | "migrationsFolder">): Promise<string[]> {
  const path = sqlitePathOf(options.url);
  const applied = path === null ? await readPostgresState(options.url) : await readSqliteState(path);
  return pendingMigrations(knownMigrations(options), applied).map(({ name }) => name);
}

/** Throws unless the store has exactly the schema of this program. */
export async function requireCurrentStore(options: Pick<MigrateOptions, "url" | "migrationsFolder">): Promise<void> {
  const pending = await listPendingMigrations(options);
  if (pending.length > 0) throw new MigrationError(`The store lacks ${pending.length === 1 ? "the migration" : "the migrations"} ${pending.join(", ")}. Run \`npx basehold migrate\` (\`npm run up\` does it).`);
}

function knownMigrations({ url, migrationsFolder }: Pick<MigrateOptions, "url" | "migrationsFolder">): Migration[] {
  return readMigrations(migrationsFolder ?? findMigrationsFolder(), sqlitePathOf(url) === null ? "postgres" : "sqlite");
}
