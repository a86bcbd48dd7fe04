import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import type { DesiredStack } from "@/lib/stack/desired";
import { parseSettings, toPorts } from "../settings-schema";
import type { WorkflowTools } from "./tools";

export type LoadedProject = Awaited<ReturnType<typeof loadProject>>;

/** The project row with its ports and subnet. Throws when the row is gone. */
export async function loadProject(tools: Pick<WorkflowTools, "store">, projectId: string) {
  return tools.store.db.project.findUniqueOrThrow({ where: { id: projectId }, include: { ports: true, subnet: true } });
}

/** Desired stack of a project, from its row and its secrets. */
export async function loadDesiredStack(tools: Pick<WorkflowTools, "store" | "secrets">, projectId: string): Promise<DesiredStack> {
  const project = await loadProject(tools, projectId);
  if (project.subnet === null) throw new Error(`Project ${project.ref} has no subnet allocated.`);
  return buildDesiredStack({
    projectId: project.id,
    projectRef: project.ref,
    revision: project.revision,
    subnet: project.subnet.subnet,
    settings: parseSettings(project.settingsJson),
    ports: toPorts(project.ports),
    secrets: await tools.secrets.readAll(tools.store.db, project.id),
  });
}
