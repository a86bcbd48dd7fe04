import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { recordFigure } from "./parts/record";

/** Written by `.ci/test.mjs` at the end of a run. */
const runPath = join(import.meta.dirname, "../test-results/run.json");
const run = z.object({ durationMs: z.number(), passed: z.number(), failed: z.number(), at: z.string() });

/** Runs nothing: a whole run takes too long to be repeated here, so the last one is read. */
export function benchTest(): void {
  if (!existsSync(runPath)) throw new Error("No run of `npm test` has been recorded here: run it first.");
  const { durationMs, passed, failed, at } = run.parse(JSON.parse(readFileSync(runPath, "utf8")));
  if (failed > 0) throw new Error(`The last run of \`npm test\` had ${failed} failures: its duration is no figure.`);
  recordFigure("test", { ours: [durationMs / 1000], note: `One run, of ${at.slice(0, 16).replace("T", " ")}: ${passed} passed` });
}
