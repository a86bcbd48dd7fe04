import { turnEdgeOff, turnEdgeOn } from "./parts/edge-on";
import { ask, withPanel, type BenchPanel } from "./parts/panel";
import { changeUnderLoad, findLoadedProject } from "./parts/project-load";
import { createProject, removeProject, waitUntilDone } from "./parts/projects";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";

const directions = ["kong", "envoy"] as const;
type Direction = (typeof directions)[number];

/** To Kong and back, once per round, as a person would who has read what is different. */
export async function benchGatewaySwitch(): Promise<void> {
  const failed: Record<Direction, number> = { kong: 0, envoy: 0 };
  const tookMs: number[] = [];
  await withPanel(async (panel) => {
    const { ref } = await createProject(panel, "Switched");
    await turnEdgeOn(panel, ref);
    const project = await findLoadedProject(panel, ref);
    for (let round = 0; round < rounds; round++) {
      for (const to of directions) {
        const { value, failed: lost, isSocketAlive, words } = await changeUnderLoad(project, () => switchTo(panel, ref, to));
        failed[to] += lost + (isSocketAlive ? 0 : 1);
        tookMs.push(value);
        console.log(`to ${to} in ${(value / 1000).toFixed(1)} s: ${words}`);
      }
    }
    await removeProject(panel, ref);
    await turnEdgeOff(panel);
  });
  recordFigure("gateway-switch", { ours: [failed.kong + failed.envoy], note: `${String(rounds)} switches in each direction: ${String(failed.kong)} towards Kong, ${String(failed.envoy)} back; the longest took ${(Math.max(...tookMs) / 1000).toFixed(1)} s` });
}

type Preview = { report: { differences: { id: string; severity: string }[] } };

async function switchTo(panel: BenchPanel, ref: string, to: Direction): Promise<number> {
  const path = `/api/v1/projects/${ref}/gateway/switch`;
  const { report } = await ask<Preview>(panel, "GET", path);
  const acknowledged = report.differences.filter(({ severity }) => severity === "differs").map(({ id }) => id);
  const startedAt = performance.now();
  const { operationId } = await ask<{ operationId: string }>(panel, "POST", path, { to, acknowledged });
  await waitUntilDone(panel, operationId);
  return performance.now() - startedAt;
}
