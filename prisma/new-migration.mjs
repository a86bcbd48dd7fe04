/**
 * Writes the next migration of both dialects from what has changed in schema.prisma:
 *
 *   node prisma/new-migration.mjs add-column-x    a new migration
 *   node prisma/new-migration.mjs --rewrite-last  the last one again (only while no release carries it)
 *   node prisma/new-migration.mjs --check         fails when schema.prisma has changes that no migration carries
 *
 * Beside each migration lies the schema it leads to; the next one starts from there. What is written by hand goes below
 * the mark and survives a rewrite.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;
const schemaFiles = { sqlite: "schema.prisma", postgres: "schema.postgres.prisma" };
const handwrittenMark = "-- Written by hand: kept by a rewrite.";

const [argument] = process.argv.slice(2);
if (argument === "--check") check();
else if (argument === "--rewrite-last") await rewriteLast();
else if (argument !== undefined && /^[a-z][a-z0-9-]*$/.test(argument)) await writeNext(argument);
else fail("Usage: node prisma/new-migration.mjs <name-in-kebab-case> | --rewrite-last | --check");

function check() {
  const stale = Object.keys(schemaFiles).filter((dialect) => readSnapshot(dialect, listMigrations(dialect).at(-1)) !== readSchema(dialect));
  if (stale.length > 0) fail(`schema.prisma has changes that no migration carries (${stale.join(", ")}). Run \`node prisma/new-migration.mjs <name>\`.`);
}

async function writeNext(name) {
  for (const dialect of Object.keys(schemaFiles)) {
    const migrations = listMigrations(dialect);
    const next = `${String(migrations.length + 1).padStart(4, "0")}_${name.replaceAll("-", "_")}`;
    await write(dialect, { from: migrations.at(-1), to: next, handwritten: "" });
  }
}

async function rewriteLast() {
  for (const dialect of Object.keys(schemaFiles)) {
    const migrations = listMigrations(dialect);
    const last = migrations.at(-1);
    if (last === undefined) fail("There is no migration yet.");
    const text = readFileSync(join(folder, "migrations", dialect, last, "migration.sql"), "utf8");
    const markedAt = text.indexOf(handwrittenMark);
    await write(dialect, { from: migrations.at(-2), to: last, handwritten: markedAt < 0 ? "" : text.slice(markedAt + handwrittenMark.length).trim() });
  }
}

async function write(dialect, { from, to, handwritten }) {
  const { diffSchemas } = await import("./schema-engine.mjs");
  const schema = readSchema(dialect);
  const generated = await diffSchemas(dialect, from === undefined ? null : readSnapshot(dialect, from), schema);
  const target = join(folder, "migrations", dialect, to);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "migration.sql"), [generated, ...(handwritten === "" ? [] : [handwrittenMark, handwritten])].join("\n\n") + "\n");
  writeFileSync(join(target, "schema.prisma"), schema);
  console.log(`Wrote prisma/migrations/${dialect}/${to}/migration.sql`);
}

function listMigrations(dialect) {
  const path = join(folder, "migrations", dialect);
  return existsSync(path) ? readdirSync(path).filter((name) => /^\d{4}_/.test(name)).sort() : [];
}

function readSchema(dialect) {
  return readFileSync(join(folder, schemaFiles[dialect]), "utf8");
}

function readSnapshot(dialect, migration) {
  return migration === undefined ? null : readFileSync(join(folder, "migrations", dialect, migration, "schema.prisma"), "utf8");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
