import type Docker from "dockerode";
import { statusOf } from "./errors";

/**
 * Names of the networks with a label that somebody left. One that Docker 20.10 does not let go of, counting an endpoint where nothing is
 * attached (`remove-network.ts`), is nobody's fault: it is known by asking Docker to remove it, so nothing may be in use meanwhile.
 */
export async function leftNetworks(docker: Docker, label: string): Promise<string[]> {
  const networks = await docker.listNetworks({ filters: { label: [label] } });
  const isStuck = await Promise.all(networks.map(({ Id }) => isStuckEmpty(docker.getNetwork(Id))));
  return networks.filter((_, index) => isStuck[index] !== true).map(({ Name }) => Name);
}

async function isStuckEmpty(network: Docker.Network): Promise<boolean> {
  const refusal: unknown = await network.remove().then(() => null, (error: unknown) => error);
  if (refusal === null || statusOf(refusal) === 404) return false;
  const { Containers } = (await network.inspect()) as { Containers?: Record<string, unknown> | null };
  return Object.keys(Containers ?? {}).length === 0;
}
