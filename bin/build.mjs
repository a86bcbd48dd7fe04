/** `npm run build`: what `npm run up` starts. Does nothing when nothing has changed since. */
import { resolve } from "node:path";
import { builtHash, ensureBuilt } from "./start/build.mjs";
import { StartFailure } from "./start/failure.mjs";
import { ensurePackages } from "./start/packages.mjs";

const root = resolve(import.meta.dirname, "..");
try {
  ensurePackages(root);
  const before = builtHash(root);
  const hash = await ensureBuilt(root);
  console.log(before === hash ? "The build is up to date." : "Built .next/standalone, dist/worker.mjs and dist/cli.mjs.");
} catch (error) {
  console.error(error instanceof StartFailure ? error.message : error);
  process.exitCode = 1;
}
