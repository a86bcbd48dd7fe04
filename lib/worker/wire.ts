import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { customAlphabet } from "nanoid";
import { packTar, packTarGz } from "@/lib/adapters/archive/pack-tar";
import { isEngineHere } from "@/lib/adapters/docker/client";
import { DockerEngine } from "@/lib/adapters/docker/docker-engine";
import { AuthoritativeDns } from "@/lib/adapters/dns/authoritative-dns";
import { CaddyEdge } from "@/lib/adapters/edge/caddy-edge";
import { readHostAddresses } from "@/lib/adapters/host/host-addresses";
import { readHostRoutes } from "@/lib/adapters/host/host-routes";
import { resolveHost } from "@/lib/adapters/host/resolve-host";
import { readAcmeDirectory } from "@/lib/adapters/probe/acme-directory";
import { askByName } from "@/lib/adapters/probe/ask-by-name";
import { HttpContractProbe } from "@/lib/adapters/probe/contract-probe";
import { probeDoors } from "@/lib/adapters/probe/probe-doors";
import { isPortFree } from "@/lib/adapters/probe/is-port-free";
import { readTls } from "@/lib/adapters/probe/read-tls";
import { requireCurrentStore } from "@/lib/adapters/store/migrate";
import { openStore } from "@/lib/adapters/store/open-store";
import { edgeProof } from "@/lib/access/edge-proof";
import type { Store } from "@/lib/adapters/store/types";
import { openVault, type Vault } from "@/lib/adapters/vault/vault";
import type { DoorTools } from "@/lib/projects/doors/list-doors";
import { EdgeKeeper } from "@/lib/projects/edge/edge-keeper";
import type { PanelDoor } from "@/lib/projects/edge/load-edge-input";
import { readImageSource } from "@/lib/projects/installation";
import { pause } from "@/lib/projects/workflows/pause";
import type { WorkflowTools } from "@/lib/projects/workflows/tools";
import type { WorkerConfig } from "./config";
import { ExportsFolder } from "./exports-folder";
import { ensureInstallation } from "./installation";
import type { Log } from "./log";

export const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);

export type WorkerParts = { store: Store; vault: Vault; tools: WorkflowTools; exports: ExportsFolder; close(): Promise<void> };

/** Opens everything that the worker reaches and gives the inner rooms their ports. @throws with a sentence when something is not as it must be. */
export async function wireWorker(config: WorkerConfig, log: Log): Promise<WorkerParts> {
  await requireCurrentStore({ url: config.storeUrl });
  const store = await openStore({ url: config.storeUrl, log });
  try {
    const vault = await openVault({ store, keyFilePath: config.keyFilePath });
    const exports = new ExportsFolder(join(config.dataFolder, "worker/exports"));
    const probe = new HttpContractProbe();
    const instanceId = await ensureInstallation(store, new Date(), newId);
    const tools = makeTools({ store, vault, exports, probe, instanceId, panel: panelDoor(config), dnsServers: config.dnsServers ?? [] });
    return { store, vault, tools, exports, close: async () => void (await Promise.all([probe.close(), store.close()])) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

type Opened = { store: Store; vault: Vault; exports: ExportsFolder; probe: HttpContractProbe; instanceId: string; panel: PanelDoor | null; dnsServers: readonly string[] };

function makeTools({ store, vault, exports, probe, instanceId, panel, dnsServers }: Opened): WorkflowTools {
  const engine = new DockerEngine();
  const edge = new CaddyEdge({ engine, instanceId, imagePrefix: async () => (await readImageSource(store.db)).prefix });
  return {
    store,
    engine,
    edge: new EdgeKeeper({ store, edge, keys: vault.certificateKeys, instanceId, panel }),
    secrets: vault.secrets,
    probe,
    names: { ask: askByName },
    domains: { dns: new AuthoritativeDns({ servers: dnsServers }), readTls, readAcmeDirectory, hostAddresses: () => (isEngineHere() ? readHostAddresses() : []), isEngineHere },
    certificateKeys: vault.certificateKeys,
    isPortFree,
    resolveHost,
    hostRoutes: () => readHostRoutes(),
    hash: vault.hash,
    randomBytes: (length) => randomBytes(length),
    newId,
    now: () => new Date(),
    pause,
    instanceId,
    imageSource: () => readImageSource(store.db),
    packTar,
    packTarGz,
    readyContainers: new Set<string>(),
    saveExport: (operationId, name, archive) => exports.save(operationId, name, archive),
  };
}

/** The panel as the edge reaches it, where both run on this machine. The secret is made before the worker starts. */
function panelDoor({ panelUpstream, webSecretPath }: WorkerConfig): PanelDoor | null {
  if (!isEngineHere()) return null;
  try {
    return { upstream: panelUpstream, proof: edgeProof(readFileSync(webSecretPath, "utf8").trim()) };
  } catch {
    return null;
  }
}

/** How doors are looked for: only on this machine, and only where the engine is here as well. */
export function doorTools(): Pick<DoorTools, "hostAddresses" | "probeDoors"> {
  return { hostAddresses: () => (isEngineHere() ? readHostAddresses() : []), probeDoors: (targets, networks, signal) => probeDoors(targets, { networks, signal }) };
}
