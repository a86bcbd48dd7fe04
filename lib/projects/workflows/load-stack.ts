import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import type { DesiredStack } from "@/lib/stack/desired";
import type { StackInput } from "@/lib/stack/settings";
import { loadGatewayRevision } from "../gateway/load-gateway-settings";
import { gatewayChoiceOf } from "../gateway/gateway-choice";
import { parseSettings, toPorts } from "../settings-schema";
import type { WorkflowTools } from "./tools";

export type LoadedProject = Awaited<ReturnType<typeof loadProject>>;

/** The project row with its ports and subnet. Throws when the row is gone. */
export async function loadProject(tools: Pick<WorkflowTools, "store">, projectId: string) {
  return tools.store.db.project.findUniqueOrThrow({ where: { id: projectId }, include: { ports: true, subnet: true } });
}

/** Desired stack of a project, from its row and its secrets. */
export async function loadDesiredStack(tools: Pick<WorkflowTools, "store" | "secrets">, projectId: string): Promise<DesiredStack> {
  return buildDesiredStack(await loadStackInput(tools, projectId));
}

/** All that decides a project's stack, as it is stored; under another gateway revision than the wished one where `gatewayRevision` names it. */
export async function loadStackInput(tools: Pick<WorkflowTools, "store" | "secrets">, projectId: string, gatewayRevision?: number): Promise<StackInput> {
  const project = await loadProject(tools, projectId);
  if (project.subnet === null) throw new Error(`Project ${project.ref} has no subnet allocated.`);
  const gateway = await loadGatewayRevision(tools.store.db, project.id, gatewayRevision ?? project.gatewayRevision);
  return {
    projectId: project.id,
    projectRef: project.ref,
    revision: project.revision,
    subnet: project.subnet.subnet,
    settings: parseSettings(project.settingsJson),
    ports: toPorts(project.ports),
    secrets: await tools.secrets.readAll(tools.store.db, project.id),
    gateway: gateway.settings,
    gateways: gatewayChoiceOf(project),
    externalAddresses: gateway.externalAddresses,
    dashboardUsers: await tools.secrets.readDashboardUsers(tools.store.db, project.id),
  };
}
