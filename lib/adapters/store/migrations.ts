import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Store } from "./types";

export type Dialect = Store["dialect"];

/** One step of the store's schema: a folder with the SQL that leads to it. */
export type Migration = { name: string; sql: string; checksum: string };

/** What the store says about one migration. */
export type AppliedMigration = { name: string; checksum: string };

/** The store cannot be migrated or used as it is. The message is a sentence for the operator with the way out. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

/**
 * Folder with the migrations of both dialects: what BASEHOLD_MIGRATIONS names, or the first `prisma/migrations` on the way up
 * from this file, which finds it from the source and from a bundle in `dist/`.
 * @throws MigrationError when there is none.
 */
export function findMigrationsFolder(env: Readonly<Record<string, string | undefined>> = process.env, start = dirname(fileURLToPath(import.meta.url))): string {
  const named = env["BASEHOLD_MIGRATIONS"];
  if (named !== undefined && named !== "") {
    if (!existsSync(named)) throw new MigrationError(`BASEHOLD_MIGRATIONS names ${named}, which does not exist.`);
    return named;
  }
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, "prisma/migrations");
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) throw new MigrationError(`The store's migrations are not beside the program (looked upwards from ${start}). Set BASEHOLD_MIGRATIONS to the folder prisma/migrations.`);
  }
}

/** Reads the migrations of a dialect in their order. */
export function readMigrations(folder: string, dialect: Dialect): Migration[] {
  return readdirSync(join(folder, dialect))
    .filter((name) => /^\d{4}_/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, dialect, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/**
 * The migrations that the store still lacks.
 * @throws MigrationError when the store is newer than the code, or one of its migrations is not the one that the code carries.
 */
export function pendingMigrations(known: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of applied) {
    const own = byName.get(name);
    if (own === undefined) throw new MigrationError(`The store is newer than this program: it carries the migration ${name}, which is not known here. Start the version of Basehold that was used last, or restore a backup that was made before it.`);
    if (own.checksum !== checksum) throw new MigrationError(`The migration ${name} of this program is not the one that was applied to the store. Files under prisma/migrations were changed after they were applied: put them back as they were released.`);
  }
  const done = new Set(applied.map(({ name }) => name));
  const pending = known.filter(({ name }) => !done.has(name));
  const [first] = pending;
  const last = applied.at(-1);
  if (first !== undefined && last !== undefined && first.name < last.name) throw new MigrationError(`The migration ${first.name} is missing in the store although the later ${last.name} is there. Restore a backup of the store.`);
  return pending;
}
