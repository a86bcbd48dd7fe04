import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import { z } from "zod";
import type { NetworkRemoval } from "@/lib/engine/port";
import { statusOf } from "./errors";

const attempts = 5;
const inspected = z.object({ Containers: z.record(z.string(), z.unknown()).nullish() });

/**
 * Removes a network; one that is gone already is fine. Right after its last container went, Docker may still count an endpoint. Seen on
 * 20.10.24: after many containers started and stopped at once the count stays wrong for good, with nothing attached, and only a restart
 * of the engine sets it right. Such a shell holds no data and no container, so it must not keep a project from being deleted: it is left,
 * with its labels, and taken up again when the project comes back.
 */
export async function removeNetwork(docker: Docker, id: string, options: { signal?: AbortSignal | undefined; pauseMs: number }): Promise<NetworkRemoval> {
  const network = docker.getNetwork(id);
  for (let attempt = 1; ; attempt++) {
    try {
      await network.remove();
      return "removed";
    } catch (error) {
      if (statusOf(error) === 404) return "removed";
      if (!(error instanceof Error) || !error.message.includes("has active endpoints")) throw error;
      if (attempt === attempts && (await isEmpty(network))) return "left";
      if (attempt === attempts) throw error;
    }
    await pause(options.pauseMs, undefined, { signal: options.signal });
  }
}

async function isEmpty(network: Docker.Network): Promise<boolean> {
  return Object.keys(inspected.parse(await network.inspect()).Containers ?? {}).length === 0;
}
