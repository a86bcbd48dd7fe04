import { z } from "zod";
import { LABEL } from "@/lib/engine/observed";
import type { Step, Workflow } from "@/lib/operations/types";
import { applyStack } from "./apply-stack";
import { functionsStep } from "./functions-step";
import { imagesStep } from "./images-step";
import { proveStep } from "./prove-step";
import { reserveStep } from "./reserve-step";
import { secretsStep } from "./secrets-step";
import { markApplied, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

const projectOnly = z.object({ projectId: z.string() });
type ProjectOnly = z.infer<typeof projectOnly>;

type ServicesOptions = { /** A person may begin anew with empty volumes, which the drift note says; nobody else does. */ mayBeginEmpty?: boolean };

function servicesStep<Input extends ProjectOnly>(tools: WorkflowTools, title: string, { mayBeginEmpty = false }: ServicesOptions = {}): Step<Input> {
  return {
    key: "services",
    title,
    timeoutMs: 10 * 60_000,
    isCancellable: true,
    run: ({ operation, input: { projectId }, emit }, signal) => {
      const emptyVolumes = mayBeginEmpty && operation.actor.kind !== "system" ? "allowed" : "refused";
      return applyStack(tools, { projectId, operationId: operation.id, goal: "run", emptyVolumes }, emit, signal);
    },
  };
}

function stopStep(tools: WorkflowTools): Step<ProjectOnly> {
  return {
    key: "stop",
    title: "Stop the containers",
    timeoutMs: 3 * 60_000,
    isCancellable: false,
    run: ({ operation, input: { projectId }, emit }, signal) => applyStack(tools, { projectId, operationId: operation.id, goal: "pause" }, emit, signal),
  };
}

/** Stops the containers of a project; its data, ports and address stay. */
export function pauseWorkflow(tools: WorkflowTools): Workflow<ProjectOnly> {
  return {
    kind: "project.pause",
    parseInput: (json) => projectOnly.parse(json),
    onFailure: "hold",
    steps: [stopStep(tools)],
    async settle({ input: { projectId }, outcome, failure }, tx) {
      if (outcome === "done") await setProjectState(tx, projectId, "paused", null);
      else if (outcome === "failed") await setProjectState(tx, projectId, "failed", failure?.sentence ?? "Pausing failed.");
      else await tx.project.updateMany({ where: { id: projectId }, data: { wish: "run" } });
    },
  };
}

/** Starts a paused project and proves it. Cancelled, it is paused again. */
export function resumeWorkflow(tools: WorkflowTools): Workflow<ProjectOnly> {
  const start = servicesStep<ProjectOnly>(tools, "Start the services");
  return {
    kind: "project.resume",
    parseInput: (json) => projectOnly.parse(json),
    onFailure: "hold",
    steps: [
      secretsStep(tools),
      imagesStep(tools),
      { ...start, undo: async ({ operation, input: { projectId }, emit }, _output, signal) => void (await applyStack(tools, { projectId, operationId: operation.id, goal: "pause" }, emit, signal)) },
      functionsStep(tools),
      proveStep(tools),
    ],
    async settle({ input: { projectId }, outcome, failure }, tx) {
      if (outcome === "done") {
        await setProjectState(tx, projectId, "ready", null, { readyAt: tools.now() });
        await markApplied(tx, projectId, tools.now());
      } else if (outcome === "failed") await setProjectState(tx, projectId, "failed", failure?.sentence ?? "Resuming failed.");
      else await setProjectState(tx, projectId, "paused", null, { wish: "pause" });
    },
  };
}

/** Starts or replaces what differs from the wish, and proves the contract. */
export function reconcileWorkflow(tools: WorkflowTools): Workflow<ProjectOnly> {
  return {
    kind: "project.reconcile",
    parseInput: (json) => projectOnly.parse(json),
    onFailure: "hold",
    steps: [imagesStep(tools), servicesStep(tools, "Bring the services back to what is wished for", { mayBeginEmpty: true }), functionsStep(tools), proveStep(tools)],
    settle: ({ input: { projectId }, outcome, failure }, tx) => settleRunning(tools, tx, { projectId, outcome, sentence: failure?.sentence ?? null }),
  };
}

/** Runs the contract and changes nothing. */
export function proveWorkflow(tools: WorkflowTools): Workflow<ProjectOnly> {
  return {
    kind: "project.prove",
    parseInput: (json) => projectOnly.parse(json),
    onFailure: "hold",
    steps: [proveStep(tools)],
    async settle() {
      // The contract run itself is what the page shows; the project's stored state stays.
    },
  };
}

const restartInput = projectOnly.extend({ service: z.string() });
type RestartInput = z.infer<typeof restartInput>;

/** Restarts one service, waits until it answers and proves the contract. */
export function restartWorkflow(tools: WorkflowTools): Workflow<RestartInput> {
  return {
    kind: "project.restart-service",
    parseInput: (json) => restartInput.parse(json),
    onFailure: "hold",
    steps: [
      {
        key: "stop",
        title: "Stop the service",
        timeoutMs: 2 * 60_000,
        isCancellable: false,
        async run({ input: { projectId, service } }, signal) {
          const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId, imageRefs: [] }, signal);
          const container = containers.find((candidate) => candidate.labels[LABEL.service] === service);
          if (container !== undefined) await tools.engine.stopContainer(container.id, { graceMs: 20_000 }, signal);
          return { stopped: container !== undefined };
        },
        undo: async ({ operation, input: { projectId }, emit }, _output, signal) => void (await applyStack(tools, { projectId, operationId: operation.id, goal: "run" }, emit, signal)),
      },
      servicesStep<RestartInput>(tools, "Start it and wait until it answers"),
      proveStep(tools),
    ],
    settle: ({ input: { projectId }, outcome, failure }, tx) => settleRunning(tools, tx, { projectId, outcome, sentence: failure?.sentence ?? null }),
  };
}

/** Brings a project back from the trash. */
export function undoDeleteWorkflow(tools: WorkflowTools): Workflow<ProjectOnly> {
  const start = servicesStep<ProjectOnly>(tools, "Start the services on the kept data");
  return {
    kind: "project.undo-delete",
    parseInput: (json) => projectOnly.parse(json),
    onFailure: "hold",
    steps: [
      reserveStep(tools, { keepsPorts: true }),
      imagesStep(tools),
      { ...start, undo: async ({ operation, input: { projectId }, emit }, _output, signal) => void (await applyStack(tools, { projectId, operationId: operation.id, goal: "remove-containers" }, emit, signal)) },
      functionsStep(tools),
      proveStep(tools),
    ],
    async settle({ input: { projectId }, outcome, failure }, tx) {
      if (outcome === "done") {
        await setProjectState(tx, projectId, "ready", null, { deletedAt: null, purgeAfter: null, wish: "run" });
        await markApplied(tx, projectId, tools.now());
      } else if (outcome === "failed") await setProjectState(tx, projectId, "failed", failure?.sentence ?? "Bringing it back failed.", { deletedAt: null, purgeAfter: null });
      else await setProjectState(tx, projectId, "deleted", null, { wish: "delete" });
    },
  };
}

type Settled = { projectId: string; outcome: string; sentence: string | null };

async function settleRunning(tools: WorkflowTools, tx: Parameters<typeof setProjectState>[0], { projectId, outcome, sentence }: Settled): Promise<void> {
  if (outcome === "done") {
    await setProjectState(tx, projectId, "ready", null, { readyAt: tools.now() });
    await markApplied(tx, projectId, tools.now());
  } else if (outcome === "failed") {
    await setProjectState(tx, projectId, "failed", sentence ?? "The operation failed.");
  }
}
