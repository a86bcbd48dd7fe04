import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import { registryPort } from "@/lab/paths";
import { DockerEngine } from "@/lib/adapters/docker/docker-engine";
import { CaddyEdge } from "@/lib/adapters/edge/caddy-edge";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { LABEL } from "@/lib/engine/observed";
import type { EdgeInput } from "@/lib/gateway/edge-input";
import { edgeNames } from "@/lib/gateway/edge-port";

export const labPrefix = `127.0.0.1:${String(registryPort)}/`;

export type BenchEdge = { edge: CaddyEdge; engine: DockerEngine; instanceId: string; /** An input that serves nothing, on ports that were free. */ base: EdgeInput; };

/** A real edge of its own, as the worker makes it, given to `act` and removed with all that carries its label. */
export async function withEdge<T>(act: (bench: BenchEdge) => Promise<T>): Promise<T> {
  const instanceId = randomBytes(8).toString("hex");
  const engine = new DockerEngine();
  const edge = new CaddyEdge({ engine, instanceId, imagePrefix: () => Promise.resolve(labPrefix) });
  try {
    await edge.ensure();
    const [httpPort, httpsPort] = [await freePort(), await freePort()];
    const acme = { directoryUrl: "https://acme.invalid/directory", stagingDirectoryUrl: null, email: null, caRootPem: null };
    const base: EdgeInput = { panel: null, projects: [], acme, adminSocket: edgeNames(instanceId).adminSocket, liveFolder: edgeNames(instanceId).liveFolder, publicListen: { addresses: ["127.0.0.1"], httpPort, httpsPort }, trustedProxies: [] };
    return await act({ edge, engine, instanceId, base });
  } finally {
    await removeContainers(instanceId);
    await edge.remove({ withVolumes: true });
  }
}

async function removeContainers(instanceId: string): Promise<void> {
  const docker = new Docker();
  const filters = { label: [`${LABEL.instance}=${instanceId}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) await docker.getContainer(Id).remove({ force: true, v: true });
}
