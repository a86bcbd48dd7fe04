/** `npm run check`: everything that needs neither Docker nor a browser, in under a minute. */
import { join } from "node:path";
import { ensurePackages } from "../bin/start/packages.mjs";
import { root, runAll, seconds, table, tailOf } from "./phase.mjs";

const limitMs = 180_000;
const binary = (name) => join(root, "node_modules/.bin", name);

/** The static checks, without the unit tests: `npm test` runs those with the other test files. */
export const staticChecks = [
  { name: "lint", command: [binary("eslint"), ".", "--max-warnings", "0", "--cache", "--cache-location", "node_modules/.cache/eslint/"], limitMs },
  { name: "types", command: [binary("tsc"), "--noEmit"], limitMs },
  { name: "imports", command: [binary("depcruise"), "--config", ".dependency-cruiser.cjs", "app", "components", "lib", "bin"], limitMs },
  { name: "unused", command: [binary("knip"), "--no-progress", "--no-config-hints"], limitMs },
  { name: "postgres schema is fresh", command: [process.execPath, "prisma/generate.mjs", "--check"], limitMs },
  { name: "migrations match the schema", command: [process.execPath, "prisma/new-migration.mjs", "--check"], limitMs },
];
const unitTests = { name: "unit", command: [binary("vitest"), "run", "--project", "unit", "--project", "web"], limitMs };

if (process.argv[1] === import.meta.filename) await check();

async function check() {
  const startedAt = performance.now();
  ensurePackages(root);
  const [generated] = await runAll([{ name: "generate", command: [process.execPath, "prisma/generate.mjs"], limitMs }], 1);
  const results = generated.isOk ? [generated, ...(await runAll([unitTests, ...staticChecks], 3))] : [generated];
  const failed = results.filter((result) => !result.isOk);
  for (const result of failed) console.error(tailOf(result, 80));
  console.log(`${table(results)}\n${failed.length === 0 ? "All checks pass" : `${failed.length} of ${results.length} checks fail`} after ${seconds(performance.now() - startedAt)}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
