import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DockerEngine } from "@/lib/adapters/docker/docker-engine";
import { splitByProject } from "@/lib/engine/observed";
import { reconcile } from "@/lib/engine/reconcile";
import { containersPerProject, instanceId, makeFleet, type FleetProject } from "./parts/recorded-fleet";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";
import { median } from "./parts/statistics";

const sizes = [250, 500, 1000];
const looksPerRound = 5;
const warmUpLooks = 3;

/** Sizes take turns, so that a busy moment of the machine falls on all of them. */
export async function benchReconcile(): Promise<void> {
  const folder = mkdtempSync("/tmp/basehold-bench-replay-");
  const fleets: { size: number; projects: FleetProject[]; engine: DockerEngine; replay: ChildProcess; samples: number[] }[] = [];
  try {
    for (const size of sizes) fleets.push({ size, samples: [], ...(await startFleet(folder, size)) });
    for (const { engine, projects } of fleets) for (let look = 0; look < warmUpLooks; look++) await lookOnce(engine, projects);
    for (let round = 0; round < rounds * looksPerRound; round++) {
      for (const { engine, projects, samples } of fleets) samples.push(await lookOnce(engine, projects));
    }
  } finally {
    for (const { replay } of fleets) replay.kill();
    rmSync(folder, { recursive: true, force: true });
  }
  const middles = fleets.map(({ size, samples }) => `${size} containers ${median(samples).toFixed(1)} ms (${((median(samples) / size) * 1000).toFixed(0)} µs each)`);
  recordFigure("reconcile-1000", { ours: fleets.at(-1)?.samples ?? [], note: `Linear: ${middles.join(", ")}` });
}

async function startFleet(folder: string, size: number): Promise<{ projects: FleetProject[]; engine: DockerEngine; replay: ChildProcess }> {
  const { projects, answers } = makeFleet(size / containersPerProject);
  const [socketPath, answersPath] = [join(folder, `${size}.sock`), join(folder, `${size}.json`)];
  writeFileSync(answersPath, JSON.stringify(answers));
  const replay = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "parts/replay-engine.ts"), socketPath, answersPath], { stdio: ["ignore", "pipe", "inherit"] });
  await once(replay.stdout, "data");
  return { projects, engine: new DockerEngine({ socketPath }), replay };
}

/** One look at everything, as the worker takes it. All is as wished, so every plan must be empty. */
async function lookOnce(engine: DockerEngine, projects: readonly FleetProject[]): Promise<number> {
  const startedAt = performance.now();
  const byProject = splitByProject(await engine.observe({ instanceId, imageRefs: [] }));
  const plans = projects.map(({ desired, context }) => reconcile({ desired, observed: byProject(context.projectId), context }));
  const durationMs = performance.now() - startedAt;
  const surplus = plans.flatMap((plan) => plan.ops);
  if (surplus.length > 0) throw new Error(`The recorded answers do not match the wish: ${surplus.length} operations, the first is ${surplus[0]?.cause ?? "?"}`);
  return durationMs;
}
