import { Agent, get } from "node:http";
import { panelAddress, withPanel, withStore, type BenchPanel } from "./parts/panel";
import { recordFigure } from "./parts/record";
import { seedFleet } from "./parts/seed-fleet";
import { rounds } from "./parts/settings";
import { percentile } from "./parts/statistics";

const projects = 500;
const requestsPerRound = 100;
const warmUpRequests = 20;

type Timing = { firstByteMs: number; lastByteMs: number };

export async function benchProjectPage(): Promise<void> {
  await withPanel(async (panel) => {
    const refs = await withStore((store) => seedFleet(store, projects));
    await openPages(panel, refs, warmUpRequests);
    const samples: Timing[][] = [];
    for (let round = 0; round < rounds; round++) samples.push(await openPages(panel, refs, requestsPerRound));
    const wholePage = percentile(samples.flat().map((timing) => timing.lastByteMs), 95);
    recordFigure("project-page-p95", {
      ours: samples.map((timings) => percentile(timings.map((timing) => timing.firstByteMs), 95)),
      note: `${rounds} × ${requestsPerRound} requests; the last byte of the streamed page comes after ${wholePage.toFixed(0)} ms (p95)`,
    });
  });
}

/** Opens pages of many projects, one after the other, on one connection. */
async function openPages(panel: BenchPanel, refs: readonly string[], count: number): Promise<Timing[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const timings: Timing[] = [];
  for (let index = 0; index < count; index++) timings.push(await openPage(panel, refs[(index * 7) % refs.length] ?? "", agent));
  agent.destroy();
  return timings;
}

function openPage(panel: BenchPanel, ref: string, agent: Agent): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    get(`${panelAddress}/projects/${ref}`, { agent, headers: { cookie: panel.cookie, "accept-encoding": "gzip" } }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`The page of ${ref} answered ${response.statusCode ?? "nothing"}.`));
      let firstByteMs: number | null = null;
      response.on("data", () => (firstByteMs ??= performance.now() - startedAt));
      response.once("end", () => resolve({ firstByteMs: firstByteMs ?? Number.POSITIVE_INFINITY, lastByteMs: performance.now() - startedAt }));
      response.once("error", reject);
    }).once("error", reject);
  });
}
