/**
 * `npm test`: every test there is, from a fresh clone on a bare Debian machine. Installs packages, starts a Docker engine where none
 * runs (and stops it again), builds the lab and the panel, runs all tests. The last line says how many passed and failed.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureEngine } from "../bin/start/engine.mjs";
import { staticChecks } from "./check.mjs";
import { addCounts, countsOf, noCounts } from "./counts.mjs";
import { failuresOf, listFailures } from "./failures.mjs";
import { endProcess, registryPid } from "./leftovers.mjs";
import { binary, generate, lab, minuteMs, prepareMachine, report, vitest } from "./machine.mjs";
import { outputFolder, runPhase, seconds, table, tailOf } from "./phase.mjs";

const build = { name: "build", command: [process.execPath, "bin/build.mjs"], limitMs: 10 * minuteMs };
const compose = { name: "compose", command: [process.execPath, "bench/build-compose.mjs"], limitMs: 10 * minuteMs };
const unit = vitest("unit", 15 * minuteMs, ["unit", "web"]);
// The kill matrix at all of its points; without it a few of each workflow are taken.
const integration = { ...vitest("integration", 20 * minuteMs), env: { BASEHOLD_MATRIX: "full" } };
const postgres = vitest("postgres", 10 * minuteMs);
const docker = vitest("docker", 30 * minuteMs);
// Those that need no panel of their own run beside the tests without a browser.
const e2eBeside = playwright("e2e beside", ["seeded", "containers"]);
const e2e = playwright("e2e", ["afterwards", "at last"]);

// Fixtures write files that programs in containers read under other users.
process.umask(0o022);
const startedAt = performance.now();
const registryBefore = registryPid();
const results = [];
const failures = [];
let counts = noCounts;
let engine;

try {
  rmSync(outputFolder, { recursive: true, force: true });
  prepareMachine();
  engine = await ensureEngine({ dataRoot: "/var/lib/basehold-test-engine" });
  if (await passes(generate)) await Promise.all([laneOfDocker(), inTurn([unit, build, integration, ...staticChecks, postgres])]);
  else recordSkipped([unit, integration, docker], "generate");
  if (hasPassed(lab, build, compose)) await passes(e2e);
  else recordSkipped([e2eBeside, e2e], "lab, build or compose");
} catch (error) {
  console.error(error);
  counts = addCounts(counts, { ...noCounts, failed: 1 });
} finally {
  const registry = registryPid();
  if (registry !== null && registry !== registryBefore) await endProcess(registry);
  // Its containers end with it.
  if (engine?.startedPid !== undefined) await endProcess(engine.startedPid);
}
console.log(`\n${results.length === 0 ? "" : table(results)}\nAll of it took ${seconds(performance.now() - startedAt)}. Outputs are in ${outputFolder}.\n\n${listFailures(failures)}`);
// `bench/test.ts` reads how long it took.
writeFileSync(join(outputFolder, "run.json"), JSON.stringify({ durationMs: performance.now() - startedAt, passed: counts.passed, failed: counts.failed, at: new Date().toISOString() }));
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

/** The build, in the other lane, ends long before the tests of Docker do. */
async function laneOfDocker() {
  await inTurn([lab, compose, docker]);
  if (hasPassed(lab, build, compose)) await passes(e2eBeside);
}

function playwright(name, projects) {
  const slug = name.replaceAll(" ", "-");
  return {
    name,
    command: [binary("playwright"), "test", ...projects.flatMap((project) => ["--project", project]), "--output", join(outputFolder, slug)],
    limitMs: 35 * minuteMs,
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report(slug) },
    report: report(slug),
  };
}

/** Runs phases one after the other, also past one that failed: a person wants to see all that is wrong. */
async function inTurn(phases) {
  for (const phase of phases) await passes(phase);
}

async function passes(phase) {
  const result = await runPhase(phase);
  results.push(result);
  counts = addCounts(counts, countsOf(result, phase.report));
  failures.push(...failuresOf(phase.report));
  console.log(`${result.isOk ? "ok  " : "FAIL"} ${phase.name} after ${seconds(result.durationMs)}`);
  if (!result.isOk) console.error(tailOf(result, 120));
  return result.isOk;
}

function hasPassed(...phases) {
  return phases.every((phase) => results.some((result) => result.name === phase.name && result.isOk));
}

function recordSkipped(phases, cause) {
  for (const phase of phases) {
    console.error(`FAIL ${phase.name} could not run, because this did not pass: ${cause}.`);
    counts = addCounts(counts, { ...noCounts, failed: 1 });
  }
}
