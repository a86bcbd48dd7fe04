import { setTimeout as sleep } from "node:timers/promises";
import { ask, type BenchPanel } from "./panel";
import { waitUntilDone } from "./projects";

type Started = { operationId: string };

/** Puts the edge in front of the panel's one project. */
export async function turnEdgeOn(panel: BenchPanel, ref: string): Promise<void> {
  await waitUntilDone(panel, (await ask<Started>(panel, "POST", "/api/v1/edge/turn-on")).operationId);
  for (let tries = 0; tries < 600; tries++) {
    const { projectsBehind } = await ask<{ projectsBehind: number }>(panel, "GET", "/api/v1/edge");
    const { runningOperationId } = await ask<{ runningOperationId: string | null }>(panel, "GET", `/api/v1/projects/${ref}`);
    if (projectsBehind > 0 && runningOperationId === null) return;
    await sleep(200);
  }
  throw new Error("The project did not move behind the edge within two minutes.");
}

/** Takes it away again, once no project is left behind it. */
export async function turnEdgeOff(panel: BenchPanel): Promise<void> {
  await waitUntilDone(panel, (await ask<Started>(panel, "POST", "/api/v1/edge/turn-off")).operationId);
}
