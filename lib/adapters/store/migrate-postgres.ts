import { randomUUID } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import { MigrationError, pendingMigrations, type AppliedMigration, type Migration } from "./migrations";

/** Any fixed number: whoever migrates this database waits for it. */
const advisoryLock = 7_205_759_401;

const migrationsTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

const appliedRows = z.array(z.object({ migration_name: z.string(), checksum: z.string() }));
const tableRows = z.array(z.object({ name: z.string() }));

/** Applies what is missing to a PostgreSQL database. Back it up with `npx basehold backup` first; `npm run up` does not. */
export async function migratePostgres(url: string, known: readonly Migration[]): Promise<{ applied: string[]; backupPath: null }> {
  return withClient(url, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [advisoryLock]);
    try {
      const pending = pendingMigrations(known, await readApplied(client));
      for (const migration of pending) await applyOne(client, migration);
      return { applied: pending.map(({ name }) => name), backupPath: null };
    } finally {
      await client.query("SELECT pg_advisory_unlock($1)", [advisoryLock]);
    }
  });
}

/** Migrations recorded in the database. */
export async function readPostgresState(url: string): Promise<AppliedMigration[]> {
  return withClient(url, readApplied);
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migrationsTable);
    await client.query(migration.sql);
    await client.query('INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "applied_steps_count") VALUES ($1, $2, now(), $3, 1)', [randomUUID(), migration.checksum, migration.name]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new MigrationError(`The migration ${migration.name} failed and was taken back: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function readApplied(client: pg.Client): Promise<AppliedMigration[]> {
  const found = await client.query("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()");
  const tables = tableRows.parse(found.rows).map(({ name }) => name);
  if (!tables.includes("_prisma_migrations")) {
    if (tables.length > 0) throw new MigrationError(`The database holds tables that are not Basehold's (${tables.slice(0, 3).join(", ")}). Name an empty database in BASEHOLD_STORE_URL.`);
    return [];
  }
  const applied = await client.query('SELECT "migration_name", "checksum" FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL ORDER BY "migration_name"');
  return appliedRows.parse(applied.rows).map((row) => ({ name: row.migration_name, checksum: row.checksum }));
}

/** Runs with one connection of its own. @throws MigrationError when the server does not let this program in. */
export async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const { default: driver } = await import("pg");
  const client = new driver.Client({ connectionString: url });
  try {
    await client.connect();
  } catch (cause) {
    const { host } = new URL(url);
    throw new MigrationError(`PostgreSQL at ${host} does not let this program in: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
