import { StepFailure } from "@/lib/operations/step-failure";
import { choosePort, type PortPurpose } from "../allocate";
import { isUniqueViolation } from "../start-operation";
import { readTakenPorts } from "../taken-ports";
import { loadProject } from "./load-stack";
import type { WorkflowTools } from "./tools";

const racesLostMax = 5;

/** Gives a gateway of the project a port on loopback, unless it has one: `wished`, or the first that no project has and no program holds. */
export async function giveLoopbackPort(tools: WorkflowTools, projectId: string, purpose: Extract<PortPurpose, "gateway-inner" | "gateway-beside">, wished?: number): Promise<void> {
  const project = await loadProject(tools, projectId);
  if (project.ports.some((row) => row.purpose === purpose)) return;
  const tried = new Set<number>();
  for (let lost = 0; lost < racesLostMax; ) {
    const taken = new Set([...tried, ...(await readTakenPorts(tools.store.db, { hostId: project.hostId })).keys()]);
    const port = wished !== undefined && !taken.has(wished) ? wished : choosePort(purpose, taken);
    tried.add(port);
    if (!(await tools.isPortFree("127.0.0.1", port))) continue;
    try {
      await tools.store.transaction((tx) => tx.portAllocation.create({ data: { id: tools.newId(), hostId: project.hostId, projectId, purpose, port } }));
      return;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      lost++;
    }
  }
  throw new StepFailure({ code: "no-port-left", sentence: "Other projects took every port that was tried for the gateway. Try again.", service: "api-gw", evidence: [], isRetryable: true });
}
