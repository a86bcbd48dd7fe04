import { z } from "zod";
import { StepFailure } from "@/lib/operations/step-failure";
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
  const look: Step<PurgeInput> = {
    key: "look",
    title: "See that nothing of it runs",
    timeoutMs: 30_000,
    isCancellable: true,
    run: ({ input: { projectId } }, signal) => refuseWhileItRuns(tools, projectId, signal),
  };
  return {
    kind: "project.purge",
    parseInput: (json) => purgeInput.parse(json),
    onFailure: "hold",
    steps: [look, remove],
    async settle({ input: { projectId }, outcome, failure }, tx) {
      if (outcome === "done") await removeProjectRow(tx, projectId);
      else if (outcome === "failed") await setProjectState(tx, projectId, "failed", failure?.sentence ?? "The removal failed.");
    },
  };
}

/**
 * A deleted project has no containers. Where some run, the store is older than the machine (it was restored from a backup): its data is in
 * use and is not removed on the word of that store.
 */
async function refuseWhileItRuns(tools: WorkflowTools, projectId: string, signal: AbortSignal): Promise<Record<string, never>> {
  const project = await tools.store.db.project.findUnique({ where: { id: projectId }, select: { state: true } });
  if (project?.state !== "deleted") return {};
  const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId, imageRefs: [], readsMarkers: false }, signal);
  const running = containers.filter(({ state }) => state === "running");
  if (running.length === 0) return {};
  throw new StepFailure({
    code: "still-runs",
    sentence: `${running.length} ${running.length === 1 ? "container" : "containers"} of this project run although it lies in the trash, so nothing was removed. Reconcile it to keep it; to remove it, delete it, then purge it.`,
    service: null, evidence: running.map(({ name }) => name), isRetryable: true,
  });
}
