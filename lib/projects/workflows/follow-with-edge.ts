import type { ReconcileGoal } from "@/lib/engine/reconcile";
import { EdgeError } from "@/lib/gateway/edge-port";
import { StepFailure } from "@/lib/operations/step-failure";
import type { EdgeSync, SyncOptions } from "../edge/edge-keeper";
import { parseSettings, toPorts } from "../settings-schema";
import type { WorkflowTools } from "./tools";

/**
 * Brings the edge to what the store says of a project whose containers have just been brought there: the address it listens on, the gateway
 * behind it, or neither of them any more. Nothing for a project that is not behind the edge.
 * @throws StepFailure when the edge cannot serve this project; what another project lacks is no failure of this one.
 */
export async function followWithEdge(tools: WorkflowTools, { projectId, goal }: { projectId: string; goal: ReconcileGoal }, signal: AbortSignal): Promise<void> {
  const project = await tools.store.db.project.findUnique({ where: { id: projectId }, include: { ports: true } });
  if (project === null || !project.ports.some(({ purpose }) => purpose === "gateway-inner")) return;
  const isKept = goal === "run" || goal === "pause";
  const { leftOut } = await syncEdge(tools, signal, isKept ? {} : { without: projectId });
  if (!isKept) return;
  const { bindAddress } = parseSettings(project.settingsJson);
  const { gateway } = toPorts(project.ports);
  if (leftOut.includes(`${bindAddress}:${gateway}`)) {
    throw new StepFailure({ code: "port-taken", sentence: `Port ${gateway} is held by another program on the engine's host. End that program or choose another port, then retry.`, service: "api-gw", evidence: [], isRetryable: true });
  }
}

/** `EdgeKeeper.sync`, with what goes wrong told as a step's failure. */
export async function syncEdge(tools: Pick<WorkflowTools, "edge">, signal: AbortSignal, options: SyncOptions = {}): Promise<EdgeSync> {
  return tools.edge.sync(signal, options).catch(tellEdgeFailure);
}

export function tellEdgeFailure(error: unknown): never {
  if (!(error instanceof EdgeError)) throw error;
  throw new StepFailure({ code: `edge-${error.kind}`, sentence: error.message, service: null, evidence: error.detail === "" ? [] : error.detail.split("\n").slice(-10), isRetryable: true });
}
