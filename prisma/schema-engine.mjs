/**
 * Prisma's own migration engine, loaded from its npm package: no binary and no database. It compares two versions of the
 * schema and writes the SQL between them.
 */
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const packageFolder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg"));
let isLoaded = false;

/** SQL that turns a database of schema `from` (null: empty) into one of schema `to`. */
export async function diffSchemas(dialect, from, to) {
  if (!isLoaded) load();
  const engine = await engineModule.SchemaEngine.new({ datamodels: [["schema.prisma", to]] }, () => undefined, bindMigrationAwareSqlAdapterFactory(offlineFactory(dialect)));
  const result = await engine.diff({ from: from === null ? { tag: "empty" } : target(from), to: target(to), script: true, exitCode: null, filters: { externalTables: [], externalEnums: [] } });
  // A role that may not create schemas could not run this, and `public` is there.
  return (result.stdout ?? "").replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n+/, "").trim();
}

function load() {
  const compiled = new WebAssembly.Module(readFileSync(join(packageFolder, "schema_engine_bg.wasm")));
  const instance = new WebAssembly.Instance(compiled, { "./schema_engine_bg.js": engineModule });
  engineModule.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  isLoaded = true;
}

function target(content) {
  return { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] };
}

/** Comparing two schemas asks a database for nothing but, with PostgreSQL, whether `public` is there. */
function offlineFactory(provider) {
  const info = { provider, adapterName: "offline" };
  const connection = {
    ...info,
    queryRaw: async () => ({ columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: async () => 0,
    executeScript: async () => undefined,
    startTransaction: async () => {
      throw new Error("Comparing schemas needs no transaction.");
    },
    dispose: async () => undefined,
  };
  return { ...info, connect: async () => connection, connectToShadowDb: async () => connection };
}
