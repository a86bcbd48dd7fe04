import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { GatewaySettings, OwnRoute } from "@/lib/gateway/route-model";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import type { ExportedFolder } from "@/e2e/panel/exported-folder";
import { ComposePeer } from "./parts/compose-peer";
import { ask, withPanel, type BenchPanel } from "./parts/panel";
import { changeUnderLoad, findLoadedProject, type LoadedProject } from "./parts/project-load";
import { createProject, exportProject, removeProject, waitUntilDone } from "./parts/projects";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";

const changesPerRound = 3;

/** A route that is added, and taken away again by the next change: each is saved, applied and proven as a person would have it. */
export async function benchRouteApply(): Promise<void> {
  const folder = mkdtempSync("/tmp/basehold-bench-routes-");
  const peer = new ComposePeer();
  const samples = { ours: [] as number[], peer: [] as number[], failed: [] as number[] };
  try {
    await withPanel(async (panel) => {
      const { ref } = await createProject(panel, "Routes");
      await exportProject(panel, ref, join(folder, "export.tar.gz"));
      await peer.unpack(join(folder, "export.tar.gz"), 1);
      await peer.up();
      const project = await findLoadedProject(panel, ref);
      for (let change = 0; change < rounds * changesPerRound; change++) {
        samples.peer.push(await peer.timeGatewayChange(toggleInFile));
        const { value, failed, isSocketAlive, words } = await changeUnderLoad(project, () => timeChange(panel, ref, project));
        samples.ours.push(value);
        samples.failed.push(failed + (isSocketAlive ? 0 : 1));
        console.log(`change ${String(change + 1)}: ${value.toFixed(0)} ms (${words}), by hand ${samples.peer.at(-1)?.toFixed(0) ?? ""} ms`);
      }
      await removeProject(panel, ref);
    });
  } finally {
    await peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
  recordFigure("route-apply", samples);
  recordFigure("route-apply-failed", { ours: [samples.failed.reduce((sum, each) => sum + each, 0)], note: `In ${String(samples.failed.length)} changes` });
}

const route: OwnRoute = sampleOwnRoute({ id: "own-bench", name: "Bench", match: { path: { kind: "exact", value: "/bench-route" }, methods: [], headers: [] }, upstream: { kind: "service", service: "functions" }, rewrite: "/hello" });

type Gateway = { settings: GatewaySettings };

async function timeChange(panel: BenchPanel, ref: string, { apiUrl }: LoadedProject): Promise<number> {
  const { settings } = await ask<Gateway>(panel, "GET", `/api/v1/projects/${ref}/gateway`);
  const isAdded = settings.ownRoutes.length === 0;
  const startedAt = performance.now();
  const { version } = await ask<{ version: string }>(panel, "PUT", `/api/v1/projects/${ref}/gateway/draft`, { settings: { ...settings, ownRoutes: isAdded ? [route] : [] }, version: null });
  const { operationId } = await ask<{ operationId: string }>(panel, "POST", `/api/v1/projects/${ref}/gateway/draft/apply`, { version });
  await waitUntilDone(panel, operationId);
  const durationMs = performance.now() - startedAt;
  const { status } = await fetch(`${apiUrl}/bench-route`, { redirect: "manual" });
  if ((status === 200) !== isAdded) throw new Error(`The change is said to be in force, and /bench-route answers ${String(status)}.`);
  return durationMs;
}

const routeFile = z.looseObject({ resources: z.tuple([z.looseObject({ virtual_hosts: z.tuple([z.looseObject({ routes: z.array(z.looseObject({ name: z.string() })) })]) })]) });

/** The same change in the file of the exported folder. */
function toggleInFile({ path }: ExportedFolder): void {
  const file = join(path, "volumes/config/api-gw/etc/envoy/rds.json");
  const parsed = routeFile.parse(JSON.parse(readFileSync(file, "utf8")));
  const [host] = parsed.resources[0].virtual_hosts;
  const template = host.routes.find(({ name }) => name === "functions-v1-all");
  if (template === undefined) throw new Error("The exported folder has no route of the functions.");
  const others = host.routes.filter(({ name }) => name !== route.id);
  host.routes = others.length < host.routes.length ? others : [{ ...template, name: route.id, match: { path: route.match.path.value }, route: { cluster: "functions", prefix_rewrite: route.rewrite, timeout: "30s" } }, ...others];
  writeFileSync(file, JSON.stringify(parsed));
}
