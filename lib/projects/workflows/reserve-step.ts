import type { Step } from "@/lib/operations/types";
import { EngineError } from "@/lib/engine/port";
import { choosePort, chooseSubnet, overlapsAny, subnetPool, type PortPurpose } from "../allocate";
import { changeSettings } from "../change-settings";
import { localUrl } from "../create-project";
import { parseSettings } from "../settings-schema";
import { isUniqueViolation } from "../start-operation";
import { readTakenPorts } from "../taken-ports";
import { loadProject, type LoadedProject } from "./load-stack";
import type { WorkflowTools } from "./tools";

const edgeAnswerMs = 10_000;

/**
 * Asks the engine whether it is there and new enough, and makes sure that the reserved ports and the subnet are really free on
 * the host. A port that another program holds is exchanged for the next free one unless the person chose it, or people know it
 * already (`keepsPorts`).
 */
export function reserveStep<Input extends { projectId: string; chosenGatewayPort?: number | undefined }>(tools: WorkflowTools, { keepsPorts }: { keepsPorts: boolean }): Step<Input> {
  return {
    key: "reserve",
    title: "Check the engine, ports and network",
    timeoutMs: 60_000,
    isCancellable: true,
    async run({ input, emit }, signal) {
      const info = await tools.engine.info(signal);
      emit({ level: "info", message: `Docker Engine ${info.engineVersion}, API ${info.apiVersion}`, current: null, total: null, detail: null });
      const project = await loadProject(tools, input.projectId);
      const observed = await tools.engine.observe({ instanceId: tools.instanceId, projectId: project.id, imageRefs: [] }, signal);
      if (observed.containers.length === 0) await reservePorts(tools, project, { keepsPorts, chosenGatewayPort: input.chosenGatewayPort });
      if (observed.networks.length === 0) await reserveSubnet(tools, project);
      return { engineVersion: info.engineVersion };
    },
  };
}

async function reservePorts(tools: WorkflowTools, project: LoadedProject, { keepsPorts, chosenGatewayPort }: { keepsPorts: boolean; chosenGatewayPort: number | undefined }): Promise<void> {
  for (const row of project.ports) {
    if (await isFree(tools, project, row)) continue;
    if (keepsPorts || (row.purpose === "gateway" && row.port === chosenGatewayPort)) {
      throw new EngineError("port-taken", keepsPorts ? `Port ${row.port} is held by another program on this machine. Choose another one, or end that program and retry.` : chosenPortTaken(row.port));
    }
    await exchangePort(tools, project, row);
  }
  await moveAddress(tools, project);
}

/** Settings of a project that never was ready cannot be changed: another port means another creation. */
export function chosenPortTaken(port: number): string {
  return `Port ${port} is held by another program on this machine. End that program and retry, or clean up and create the project again with another port.`;
}

type PortRow = { purpose: string; port: number };

/** Whether the port can be had on the address that it is for. What the edge holds already, it holds for this project. */
async function isFree(tools: WorkflowTools, project: LoadedProject, { purpose, port }: PortRow): Promise<boolean> {
  const { bindAddress } = parseSettings(project.settingsJson);
  const address = purpose === "gateway-inner" || purpose === "gateway-beside" ? "127.0.0.1" : bindAddress;
  if (await tools.isPortFree(address, port)) return true;
  const isBehindEdge = project.ports.some((row) => row.purpose === "gateway-inner");
  return purpose === "gateway" && isBehindEdge && tools.edge.holds({ address, port }, AbortSignal.timeout(edgeAnswerMs));
}

/** Where nobody chose another address, it follows the gateway's port. */
async function moveAddress(tools: WorkflowTools, project: LoadedProject): Promise<void> {
  const settings = parseSettings(project.settingsJson);
  const after = await loadProject(tools, project.id);
  const gateway = after.ports.find((row) => row.purpose === "gateway");
  const before = project.ports.find((row) => row.purpose === "gateway");
  if (gateway === undefined || before === undefined || gateway.port === before.port) return;
  if (settings.publicUrl !== localUrl(settings.bindAddress, before.port)) return;
  const publicUrl = localUrl(settings.bindAddress, gateway.port);
  await tools.store.transaction((tx) => changeSettings(tx, project.id, () => ({ publicUrl })));
}

async function exchangePort(tools: WorkflowTools, project: LoadedProject, row: PortRow & { id: string }): Promise<void> {
  const tried = new Set<number>([row.port]);
  for (;;) {
    const taken = await readTakenPorts(tools.store.db, { hostId: project.hostId });
    const port = choosePort(row.purpose as PortPurpose, new Set([...tried, ...taken.keys()]));
    tried.add(port);
    if (!(await isFree(tools, project, { ...row, port }))) continue;
    const isTaken = await tools.store.transaction((tx) => tx.portAllocation.update({ where: { id: row.id }, data: { port } })).then(() => false, refuseAllButTaken);
    if (!isTaken) return;
  }
}

const gatewayPurposes: readonly PortPurpose[] = ["gateway", "gateway-inner", "gateway-beside"];
const purposesOf: Partial<Record<string, readonly PortPurpose[]>> = { "api-gw": gatewayPurposes, kong: gatewayPurposes, supavisor: ["pooler-session", "pooler-transaction"], db: ["database"] };

export const isGatewayService = (service: string | null): boolean => purposesOf[service ?? ""] === gatewayPurposes;

/**
 * Exchanges the ports of a service that could not start because another program was faster, unless the person chose them. Says whether
 * there is any reason to try again.
 */
export async function exchangeTakenPorts(tools: WorkflowTools, wish: { projectId: string; service: string | null; chosenGatewayPort?: number | undefined }): Promise<boolean> {
  const project = await loadProject(tools, wish.projectId);
  const purposes = purposesOf[wish.service ?? ""] ?? [];
  const isOwn = (row: { purpose: string; port: number }) => purposes.some((purpose) => purpose === row.purpose) && row.port !== wish.chosenGatewayPort;
  let hasChanged = false;
  for (const row of project.ports.filter(isOwn)) {
    if (await isFree(tools, project, row)) continue;
    await exchangePort(tools, project, row);
    hasChanged = true;
  }
  if (hasChanged) await moveAddress(tools, project);
  return hasChanged;
}

/** Another project took the same port in the meantime: true. */
function refuseAllButTaken(error: unknown): true {
  if (!isUniqueViolation(error)) throw error;
  return true;
}

async function reserveSubnet(tools: WorkflowTools, project: LoadedProject): Promise<void> {
  if (project.subnet === null) throw new Error(`Project ${project.ref} has no subnet allocated.`);
  const routes = await tools.hostRoutes();
  const others = await tools.store.db.subnetAllocation.findMany({ where: { hostId: project.hostId, NOT: { projectId: project.id } }, select: { subnet: true } });
  const foreign = [...routes, ...others.map((other) => other.subnet)];
  if (!overlapsAny(project.subnet.subnet, foreign)) return;
  const { id } = project.subnet;
  const subnet = chooseSubnet(subnetPool(tools.instanceId), foreign);
  await tools.store.transaction((tx) => tx.subnetAllocation.update({ where: { id }, data: { subnet } }));
}
