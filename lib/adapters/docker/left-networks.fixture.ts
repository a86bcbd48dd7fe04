import type Docker from "dockerode";
import { removeNetwork } from "./remove-network";

/**
 * Names of the networks with a label that somebody left. One that Docker does not let go of though nothing is attached (`remove-network.ts`)
 * is nobody's fault: it is known by asking Docker to remove it, so nothing may be in use meanwhile.
 */
export async function leftNetworks(docker: Docker, label: string): Promise<string[]> {
  const networks = await docker.listNetworks({ filters: { label: [label] } });
  const removals = await Promise.all(networks.map(({ Id }) => removeNetwork(docker, Id, { pauseMs: 200 }).catch(() => "in use")));
  return networks.filter((_, index) => removals[index] !== "left").map(({ Name }) => Name);
}
