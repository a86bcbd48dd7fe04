/**
 * `npm run test:long`: what takes too long for `npm test`. A real Nginx in front of a project's gateway with a socket that is silent for longer
 * than Nginx waits, and real stacks over every pair of gateway, release, services and keys. Prepares the machine as `npm test` does.
 */
import { ensureEngine } from "../bin/start/engine.mjs";
import { countsOf } from "./counts.mjs";
import { failuresOf, listFailures } from "./failures.mjs";
import { endProcess, registryPid } from "./leftovers.mjs";
import { generate, lab, minuteMs, prepareMachine, vitest } from "./machine.mjs";
import { runPhase, seconds, table, tailOf } from "./phase.mjs";

const long = vitest("long", 40 * minuteMs);
const startedAt = performance.now();
const registryBefore = registryPid();
const results = [];
let engine;
try {
  prepareMachine();
  engine = await ensureEngine({ dataRoot: "/var/lib/basehold-test-engine" });
  for (const phase of [generate, lab, long]) {
    const result = await runPhase(phase);
    results.push(result);
    console.log(`${result.isOk ? "ok  " : "FAIL"} ${phase.name} after ${seconds(result.durationMs)}`);
    if (!result.isOk) {
      console.error(tailOf(result, 120));
      break;
    }
  }
} finally {
  const registry = registryPid();
  if (registry !== null && registry !== registryBefore) await endProcess(registry);
  // Its containers end with it.
  if (engine?.startedPid !== undefined) await endProcess(engine.startedPid);
}
const last = results.at(-1);
const { passed, failed } = last?.name === long.name ? countsOf(last, long.report) : { passed: 0, failed: 1 };
console.log(`\n${results.length === 0 ? "" : table(results)}\nAll of it took ${seconds(performance.now() - startedAt)}.\n\n${listFailures(failuresOf(long.report))}\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
