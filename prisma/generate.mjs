/**
 * `npm run generate`: writes schema.postgres.prisma from schema.prisma and generates both Prisma clients.
 * Does nothing when its inputs have not changed. `--check` changes nothing and fails when schema.postgres.prisma is stale.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const root = resolve(import.meta.dirname, "..");
const sourcePath = join(root, "prisma/schema.prisma");
const postgresPath = join(root, "prisma/schema.postgres.prisma");
const generatedFolder = join(root, "lib/adapters/store/generated");
const markerPath = join(generatedFolder, "inputs.sha256");
const prismaPackagePath = join(root, "node_modules/prisma/package.json");
const dialects = ["sqlite", "postgres"];

const source = readFileSync(sourcePath, "utf8");
const postgresSchema = toPostgresSchema(source);

if (process.argv.includes("--check")) check();
else await generate();

function check() {
  if (readIfPresent(postgresPath) === postgresSchema) return;
  console.error("prisma/schema.postgres.prisma is stale. Run `npm run generate` and commit the result.");
  process.exitCode = 1;
}

async function generate() {
  if (readIfPresent(postgresPath) !== postgresSchema) writeFileSync(postgresPath, postgresSchema);
  const inputsHash = hashInputs();
  const isFresh = readIfPresent(markerPath) === inputsHash && dialects.every((dialect) => existsSync(join(generatedFolder, dialect, "client.ts")));
  if (isFresh) return;
  mkdirSync(generatedFolder, { recursive: true });
  await Promise.all([generateClient("sqlite", source), generateClient("postgres", postgresSchema)]);
  writeFileSync(markerPath, inputsHash);
  console.log("Generated the Prisma clients for SQLite and PostgreSQL.");
}

function toPostgresSchema(sqliteSchema) {
  const withProvider = replaceOnce(sqliteSchema, 'provider = "sqlite"', 'provider = "postgresql"');
  const withOutput = replaceOnce(withProvider, "store/generated/sqlite", "store/generated/postgres");
  const body = withOutput.slice(withOutput.indexOf("generator client"));
  return `// Generated from schema.prisma by \`npm run generate\`. Edits are lost.\n${body}`;
}

/** Generates beside and moves into place, so that a program that reads the client meanwhile never sees half of one. */
async function generateClient(dialect, schema) {
  const workFolder = join(generatedFolder, `.${dialect}-${process.pid}`);
  const target = join(generatedFolder, dialect);
  const replaced = join(workFolder, "replaced");
  mkdirSync(workFolder, { recursive: true });
  try {
    writeFileSync(join(workFolder, "schema.prisma"), replaceOnce(schema, `../lib/adapters/store/generated/${dialect}`, "./client"));
    await runPrismaGenerate(join(workFolder, "schema.prisma"));
    readCompilerAsFile(join(workFolder, "client/internal/class.ts"));
    if (existsSync(target)) renameSync(target, replaced);
    renameSync(join(workFolder, "client"), target);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

/**
 * The generated client imports its compiler as a module of base64 text, and a module stays in memory, text and value: 4.4 MiB in each
 * process. Read as a file, the text is gone once the compiler stands.
 */
function readCompilerAsFile(path) {
  const text = readFileSync(path, "utf8");
  const specifier = /"(@prisma\/client\/runtime\/[\w.]+\.wasm-base64\.mjs)"/.exec(text)?.[1];
  if (specifier === undefined) throw new Error(`${path} does not import its query compiler as it did.`);
  const read = [
    'const { createRequire } = process.getBuiltinModule("node:module")',
    'const { readFile } = process.getBuiltinModule("node:fs/promises")',
    `const text = await readFile(createRequire(import.meta.url).resolve("${specifier}"), "latin1")`,
    "const wasm = text.slice(text.indexOf('\"') + 1, text.lastIndexOf('\"'))",
  ];
  writeFileSync(path, replaceOnce(text, `const { wasm } = await import("${specifier}")`, read.join("\n    ")));
}

async function runPrismaGenerate(schemaPath) {
  const cli = join(root, "node_modules/prisma/build/index.js");
  // The command line insists on a schema engine, which generating does not use: any existing file spares the download.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" };
  try {
    await promisify(execFile)(process.execPath, [cli, "generate", "--no-hints", `--schema=${schemaPath}`], { cwd: root, env });
  } catch (error) {
    throw new Error(`prisma generate failed:\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
  }
}

function hashInputs() {
  const prismaVersion = JSON.parse(readFileSync(prismaPackagePath, "utf8")).version;
  const ownText = readFileSync(import.meta.filename, "utf8");
  return createHash("sha256").update(JSON.stringify([source, prismaVersion, ownText])).digest("hex");
}

function replaceOnce(text, from, to) {
  if (text.split(from).length !== 2) throw new Error(`${JSON.stringify(from)} must be there exactly once.`);
  return text.replace(from, to);
}

function readIfPresent(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
