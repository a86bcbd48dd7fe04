import { ConflictError } from "@/lib/access/errors";
import { EngineError, type EngineInfo, type HostCapacity } from "@/lib/engine/port";
import { planToText } from "@/lib/engine/plan-text";
import { reconcile } from "@/lib/engine/reconcile";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { generateProjectSecrets } from "@/lib/stack/keys";
import { suggestRef } from "@/lib/stack/names";
import { getRelease, serviceCatalogue } from "@/lib/stack/releases";
import type { ProjectPorts, ProjectSettings } from "@/lib/stack/settings";
import { choosePort, chooseSubnet, subnetPool, type PortPurpose } from "./allocate";
import { chooseRelease, chooseServices, localUrl, requireHost, reserveRef } from "./create-project";
import type { createProjectInput } from "./inputs";
import { readTakenPorts } from "./taken-ports";
import type { PreflightItem, ProjectPreview } from "./views";
import type { WorkflowTools } from "./workflows/tools";

type Wish = ReturnType<typeof createProjectInput.parse>;

/** Room that a new project's own data takes at first: an empty cluster, its write-ahead log and the logs' limit. */
const freshDataBytes = 600 * 1024 * 1024;
/** What an official image of a stack weighs on disk on average; only used to warn, and shown as "about". */
const averageImageBytes = 550 * 1024 * 1024;

/** What a new project would be, and what stands in its way, from a fresh look at the engine. Changes nothing. */
export async function runPreflight(tools: WorkflowTools, wish: Wish, signal: AbortSignal): Promise<ProjectPreview> {
  const draft = await draftProject(tools, wish);
  const release = getRelease(draft.settings.release);
  const catalogue = release === undefined ? [] : serviceCatalogue(release);
  const memoryBytes = catalogue.filter((item) => draft.settings.services.includes(item.name)).reduce((sum, item) => sum + item.memoryBytes, 0);
  const engine = await tools.engine.info(signal).then((info) => ({ info, error: null }), (error: unknown) => ({ info: null, error }));
  if (engine.info === null) return { ...emptyPreview(draft, memoryBytes), preflight: [...takenItems(draft), engineProblem(engine.error)] };
  const { prefix } = await tools.imageSource();
  const desired = await buildDraftStack(tools, draft);
  const imageRefs = [...new Set(desired.services.map((service) => prefix + service.image))];
  const observed = await tools.engine.observe({ instanceId: tools.instanceId, projectId: draft.projectId, imageRefs }, signal);
  const missing = imageRefs.filter((ref) => observed.images[ref] === undefined);
  const diskBytes = freshDataBytes + missing.length * averageImageBytes;
  const present = imageRefs.find((ref) => observed.images[ref] !== undefined);
  const capacity: HostCapacity = present === undefined ? { memoryAvailableBytes: null, diskFreeBytes: null } : await tools.engine.hostCapacity(present, signal).catch(() => ({ memoryAvailableBytes: null, diskFreeBytes: null }));
  const plan = reconcile({ desired, observed, context: { instanceId: tools.instanceId, projectId: draft.projectId, imagePrefix: prefix, hash: tools.hash, goal: "run" } });
  return {
    ref: draft.ref,
    preflight: [...takenItems(draft), engineItem(engine.info), memoryItem(memoryBytes, capacity), diskItem(diskBytes, capacity), imagesItem(missing, imageRefs.length), ...(await portItems(tools, draft)), mailItem(), ...exposureItems(draft.settings)],
    planText: planToText(plan),
    memoryBytes,
    diskBytes,
    ports: draft.ports,
  };
}

type Draft = { projectId: string; ref: string; isRefTaken: boolean; gatewayPortHolder: string | null; isGatewayPortChosen: boolean; settings: ProjectSettings; ports: ProjectPorts; subnet: string };

async function draftProject(tools: WorkflowTools, wish: Wish): Promise<Draft> {
  const { db } = tools.store;
  const held = await readTakenPorts(db, { hostId: (await requireHost(db)).id });
  const taken = new Set(held.keys());
  const subnets = (await db.subnetAllocation.findMany({ select: { subnet: true } })).map((row) => row.subnet);
  const release = chooseRelease(wish.release);
  const bindAddress = wish.bindAddress ?? "127.0.0.1";
  const choose = (purpose: PortPurpose) => chooseFreePort(tools, bindAddress, purpose, taken);
  const gateway = wish.gatewayPort ?? (await choose("gateway"));
  const isOpen = wish.isDirectDatabasePortOpen ?? false;
  return {
    projectId: "previewdraft",
    ...(await draftRef(tools, wish)),
    gatewayPortHolder: (wish.gatewayPort === undefined ? undefined : held.get(wish.gatewayPort)) ?? null,
    isGatewayPortChosen: wish.gatewayPort !== undefined,
    subnet: chooseSubnet(subnetPool(tools.instanceId), subnets),
    ports: { gateway, poolerSession: await choose("pooler-session"), poolerTransaction: await choose("pooler-transaction"), database: isOpen ? await choose("database") : null },
    settings: {
      displayName: wish.displayName, release, services: chooseServices(wish.services, release), bindAddress,
      publicUrl: localUrl(bindAddress, gateway), siteUrl: "http://localhost:3000", redirectUrls: [], smtp: null, isDirectDatabasePortOpen: isOpen,
    },
  };
}

/** The port that creating would end with: reserved in the store first, exchanged there for the next one when another program holds it. */
async function chooseFreePort(tools: WorkflowTools, bindAddress: string, purpose: PortPurpose, taken: ReadonlySet<number>): Promise<number> {
  const tried = new Set(taken);
  for (;;) {
    const port = choosePort(purpose, tried);
    if (await tools.isPortFree(bindAddress, port)) return port;
    tried.add(port);
  }
}

async function draftRef(tools: WorkflowTools, wish: Wish): Promise<{ ref: string; isRefTaken: boolean }> {
  try {
    return { ref: await reserveRef(tools.store.db, wish), isRefTaken: false };
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return { ref: wish.ref ?? suggestRef(wish.displayName), isRefTaken: true };
  }
}

async function buildDraftStack(tools: WorkflowTools, draft: Draft) {
  const secrets = await generateProjectSecrets({ randomBytes: tools.randomBytes, nowSeconds: Math.floor(tools.now().getTime() / 1000), uuid: () => crypto.randomUUID() });
  return buildDesiredStack({ projectId: draft.projectId, projectRef: draft.ref, revision: 1, subnet: draft.subnet, settings: draft.settings, ports: draft.ports, secrets });
}

/** What another project holds already; creating would be refused. */
function takenItems({ ref, isRefTaken, gatewayPortHolder, ports }: Draft): PreflightItem[] {
  const items: PreflightItem[] = [];
  if (isRefTaken) items.push({ id: "ref", title: "Reference", state: "stop", sentence: `The reference ${ref} is taken. Choose another one.` });
  if (gatewayPortHolder !== null) items.push({ id: "gateway-port", title: "Ports", state: "stop", sentence: `Port ${ports.gateway} belongs to ${gatewayPortHolder}. Choose another one.` });
  return items;
}

function emptyPreview(draft: Draft, memoryBytes: number): ProjectPreview {
  return { ref: draft.ref, preflight: [], planText: "", memoryBytes, diskBytes: freshDataBytes, ports: draft.ports };
}

const gibibytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

function engineProblem(error: unknown): PreflightItem {
  const sentence = error instanceof EngineError ? error.message : "The Docker engine does not answer.";
  return { id: "engine", title: "Docker engine", state: "stop", sentence };
}

function engineItem(info: EngineInfo): PreflightItem {
  return { id: "engine", title: "Docker engine", state: "ok", sentence: `Docker ${info.engineVersion} (API ${info.apiVersion}) answers.` };
}

function memoryItem(neededBytes: number, { memoryAvailableBytes }: HostCapacity): PreflightItem {
  const base = { id: "memory", title: "Memory" };
  if (memoryAvailableBytes === null) return { ...base, state: "unknown", sentence: `About ${gibibytes(neededBytes)} are needed; how much is free on the engine's host cannot be read.` };
  const sentence = `About ${gibibytes(neededBytes)} of ${gibibytes(memoryAvailableBytes)} free memory are needed.`;
  return { ...base, state: memoryAvailableBytes < neededBytes ? "warn" : "ok", sentence };
}

function diskItem(neededBytes: number, { diskFreeBytes }: HostCapacity): PreflightItem {
  const base = { id: "disk", title: "Disk" };
  if (diskFreeBytes === null) return { ...base, state: "unknown", sentence: `About ${gibibytes(neededBytes)} are needed; how much is free on the engine's host cannot be read.` };
  return { ...base, state: diskFreeBytes < neededBytes ? "stop" : "ok", sentence: `About ${gibibytes(neededBytes)} of ${gibibytes(diskFreeBytes)} free disk are needed.` };
}

function imagesItem(missing: readonly string[], total: number): PreflightItem {
  if (missing.length === 0) return { id: "images", title: "Images", state: "ok", sentence: `All ${total} images are on the engine already.` };
  return { id: "images", title: "Images", state: "ok", sentence: `${missing.length} of ${total} images will be pulled.` };
}

/** Only a port that the person chose can stand in the way: the others are free ones already. */
async function portItems(tools: WorkflowTools, { ports, settings, isGatewayPortChosen, gatewayPortHolder }: Draft): Promise<PreflightItem[]> {
  const base = { id: "ports", title: "Ports" };
  if (gatewayPortHolder !== null) return [];
  if (isGatewayPortChosen && !(await tools.isPortFree(settings.bindAddress, ports.gateway))) {
    return [{ ...base, state: "stop", sentence: `Port ${ports.gateway} is held by another program. Choose another one, or leave it empty.` }];
  }
  const used = [ports.gateway, ...(settings.services.includes("supavisor") ? [ports.poolerSession, ports.poolerTransaction] : []), ...(ports.database === null ? [] : [ports.database])];
  return [{ ...base, state: "ok", sentence: used.length === 1 ? `Port ${used.join("")} is free.` : `Ports ${used.join(", ")} are free.` }];
}

function mailItem(): PreflightItem {
  return { id: "mail", title: "Mail", state: "warn", sentence: "Until mail is set up under Settings, sign-ups are confirmed automatically: anyone can sign up with an address that is not theirs." };
}

function exposureItems(settings: ProjectSettings): PreflightItem[] {
  if (settings.bindAddress.startsWith("127.")) return [];
  return [{ id: "exposure", title: "Address", state: "warn", sentence: `The gateway and the pooler will listen on ${settings.bindAddress}: reachable from the network, past host firewalls such as ufw.` }];
}
