/** Carries out a plan of `npm run up`: in the same process, or as the program that `--detach` leaves in the background. */
import { readFileSync, rmSync } from "node:fs";
import { StartFailure } from "./failure.mjs";
import { releaseRunning, updateRunning } from "./running.mjs";
import { Supervisor, waitUntilUp } from "./supervise.mjs";

/** Starts web and worker, calls `onUp` when both answer, and returns after a signal, when both have ended. */
export async function superviseUntilAsked(plan, { onUp = async () => {} } = {}) {
  const supervisor = new Supervisor({ programs: plan.programs, logFolder: plan.logFolder });
  const asked = new AbortController();
  const whenAsked = new Promise((resolve) => asked.signal.addEventListener("abort", resolve, { once: true }));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => asked.abort());
  updateRunning(plan.runFolder, { ...plan.record, isUp: false });
  supervisor.start();
  try {
    await Promise.race([waitUntilUp({ ...plan.wait, signal: asked.signal }), whenAsked]);
    if (!asked.signal.aborted) {
      updateRunning(plan.runFolder, { ...plan.record, isUp: true });
      await Promise.race([onUp(), whenAsked]);
    }
    await whenAsked;
    console.log("\nStopping web and worker.");
  } finally {
    await supervisor.stop();
    releaseRunning(plan.runFolder);
  }
}

if (process.argv[1] === import.meta.filename) {
  const planPath = process.argv[2];
  const plan = JSON.parse(readFileSync(planPath, "utf8"));
  rmSync(planPath);
  await superviseUntilAsked(plan).catch((error) => {
    console.error(error instanceof StartFailure ? error.message : error);
    process.exitCode = 1;
  });
}
