import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { panelAddress, processesOf, withPanel, type BenchPanel } from "./parts/panel";
import { createProject } from "./parts/projects";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";
import { median } from "./parts/statistics";

const projects = 5;
/** Long enough for a resync, a sample of usage and a heartbeat in between. */
const idleMs = 20_000;

export async function benchPanelRss(): Promise<void> {
  await withPanel(async (panel) => {
    const created = await Promise.all(Array.from({ length: projects }, (_, index) => createProject(panel, `Idle ${index}`)));
    await openEveryPage(panel, created.map(({ ref }) => ref));
    const samples: { web: Memory; worker: Memory }[] = [];
    for (let round = 0; round < rounds; round++) {
      await sleep(idleMs);
      const { web, worker } = processesOf();
      samples.push({ web: readMemory(web), worker: readMemory(worker) });
    }
    const middle = (of: (sample: (typeof samples)[number]) => number) => Math.round(median(samples.map(of)));
    recordFigure("panel-rss", {
      ours: samples.map(({ web, worker }) => web.rss + worker.rss),
      note: `web ${middle(({ web }) => web.rss)} MiB, worker ${middle(({ worker }) => worker.rss)} MiB; with shared pages counted once (PSS) ${middle(({ web, worker }) => web.pss + worker.pss)} MiB`,
    });
  });
}

async function openEveryPage(panel: BenchPanel, refs: readonly string[]): Promise<void> {
  const parts = ["", "/functions", "/logs", "/settings", "/members", "/activity"];
  const paths = ["/projects", "/projects/new", "/activity", "/team", "/settings", "/account", ...refs.flatMap((ref) => parts.map((part) => `/projects/${ref}${part}`))];
  for (const path of paths) {
    const response = await fetch(`${panelAddress}${path}`, { headers: { cookie: panel.cookie } });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
  }
}

type Memory = { rss: number; pss: number };

/** MiB, as the kernel counts them. */
function readMemory(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return { rss: read("Rss"), pss: read("Pss") };
}
