import { z } from "zod";
import type { Step, Workflow } from "@/lib/operations/types";
import { trashTimeMs } from "../delete-project";
import { applyStack } from "./apply-stack";
import { removeProjectRow, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

const deleteInput = z.object({ projectId: z.string(), previousState: z.string() });
type DeleteInput = z.infer<typeof deleteInput>;

/** Removes containers and network; volumes, secrets, reference and ports stay until the end of the trash time. */
export function deleteWorkflow(tools: WorkflowTools): Workflow<DeleteInput> {
  return {
    kind: "project.delete",
    parseInput: (json) => deleteInput.parse(json),
    onFailure: "hold",
    steps: [
      {
        key: "remove-containers",
        title: "Remove the containers and the network",
        timeoutMs: 3 * 60_000,
        isCancellable: false,
        run: ({ operation, input: { projectId }, emit }, signal) => applyStack(tools, { projectId, operationId: operation.id, goal: "remove-containers" }, emit, signal),
      },
    ],
    async settle({ input: { projectId, previousState }, outcome, failure }, tx) {
      const now = tools.now();
      if (outcome === "done") await setProjectState(tx, projectId, "deleted", null, { deletedAt: now, purgeAfter: new Date(now.getTime() + trashTimeMs) });
      else if (outcome === "failed") await setProjectState(tx, projectId, "failed", failure?.sentence ?? "The deletion failed.");
      else await setProjectState(tx, projectId, previousState, null, { wish: previousState === "paused" ? "pause" : "run" });
    },
  };
}

const purgeInput = z.object({ projectId: z.string(), ref: z.string() });
type PurgeInput = z.infer<typeof purgeInput>;

/** Removes containers, network, volumes and rows. Its only step is the point of no return. */
export function purgeWorkflow(tools: WorkflowTools): Workflow<PurgeInput> {
  const remove: Step<PurgeInput> = {
    key: "remove-all",
    title: "Remove the containers, the network and all data",
    timeoutMs: 5 * 60_000,
    isCancellable: false,
    isPointOfNoReturn: true,
    run: ({ operation, input: { projectId }, emit }, signal) => applyStack(tools, { projectId, operationId: operation.id, goal: "remove-all" }, emit, signal),
  };
  return {
    kind: "project.purge",
    parseInput: (json) => purgeInput.parse(json),
    onFailure: "hold",
    steps: [remove],
    async settle({ input: { projectId }, outcome, failure }, tx) {
      if (outcome === "done") await removeProjectRow(tx, projectId);
      else if (outcome === "failed") await setProjectState(tx, projectId, "failed", failure?.sentence ?? "The removal failed.");
    },
  };
}
