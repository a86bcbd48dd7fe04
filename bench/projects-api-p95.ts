import autocannon from "autocannon";
import { panelAddress, withPanel, withStore, type BenchPanel } from "./parts/panel";
import { recordFigure } from "./parts/record";
import { seedFleet } from "./parts/seed-fleet";
import { loadSeconds, rounds } from "./parts/settings";
import { percentile } from "./parts/statistics";

const projects = 500;
const connections = 8;

export async function benchProjectsApi(): Promise<void> {
  await withPanel(async (panel) => {
    await withStore((store) => seedFleet(store, projects));
    await loadList(panel, 2);
    const samples: number[] = [];
    let requests = 0;
    for (let round = 0; round < rounds; round++) {
      const durations = await loadList(panel, loadSeconds);
      requests += durations.length;
      samples.push(percentile(durations, 95));
    }
    recordFigure("projects-api-p95", { ours: samples, note: `Pages of 100 projects, as the API gives them by default; ${requests} requests in ${rounds} × ${loadSeconds} s` });
  });
}

/** Milliseconds of every request. @throws when one was not answered with success */
function loadList(panel: BenchPanel, seconds: number): Promise<number[]> {
  const durations: number[] = [];
  const options = { url: `${panelAddress}/api/v1/projects`, connections, duration: seconds, headers: { authorization: `Bearer ${panel.token}` } };
  return new Promise((resolve, reject) => {
    const run = autocannon(options, (error: unknown, result) => {
      if (error instanceof Error) return reject(error);
      const bad = result.non2xx + result.errors;
      return bad > 0 ? reject(new Error(`${bad} of ${durations.length} requests failed.`)) : resolve(durations);
    });
    run.on("response", (_client, _status, _bytes, milliseconds) => durations.push(milliseconds));
  });
}
