#!/usr/bin/env node
/** `npx basehold`: runs the built command line, or the source where nothing is built. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const built = join(root, "dist/cli.mjs");

if (existsSync(built)) {
  await import(built);
} else {
  const { register } = await import("tsx/esm/api");
  register({ tsconfig: join(root, "tsconfig.json") });
  await import(join(root, "lib/cli/main.ts"));
}
