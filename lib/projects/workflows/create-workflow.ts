import { z } from "zod";
import { StepFailure } from "@/lib/operations/step-failure";
import type { StepContext, Workflow } from "@/lib/operations/types";
import { applyStack, type Applied } from "./apply-stack";
import { functionsStep } from "./functions-step";
import { imagesStep } from "./images-step";
import { proveStep } from "./prove-step";
import { chosenPortTaken, exchangeTakenPorts, isGatewayService, reserveStep } from "./reserve-step";
import { secretsStep } from "./secrets-step";
import { markApplied, removeProjectRow, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

const input = z.object({ projectId: z.string(), chosenGatewayPort: z.number().optional() });
type CreateInput = z.infer<typeof input>;

/**
 * Creates a project: reserve, secrets, images, services, functions, proof. A failure keeps everything for inspection
 * (retry, or clean up); a cancel takes every container, network and volume back and frees the reference.
 */
export function createWorkflow(tools: WorkflowTools): Workflow<CreateInput> {
  return {
    kind: "project.create",
    parseInput: (json) => input.parse(json),
    onFailure: "hold",
    steps: [
      reserveStep(tools, { keepsPorts: false }),
      secretsStep(tools),
      imagesStep(tools),
      {
        key: "services",
        title: "Start the services",
        timeoutMs: 10 * 60_000,
        isCancellable: true,
        run: (context, signal) => startServices(tools, context, signal),
        undo: async ({ operation, input: { projectId }, emit }, _output, signal) => {
          await applyStack(tools, { projectId, operationId: operation.id, goal: "remove-all" }, emit, signal);
        },
      },
      functionsStep(tools),
      proveStep(tools),
    ],
    async settle({ input: { projectId }, outcome, failure }, tx) {
      if (outcome === "done") {
        await setProjectState(tx, projectId, "ready", null, { readyAt: tools.now() });
        await markApplied(tx, projectId, tools.now());
      } else if (outcome === "failed") {
        await setProjectState(tx, projectId, "failed", failure?.sentence ?? "The creation failed.");
      } else {
        await removeProjectRow(tx, projectId);
      }
    },
  };
}

/** A port that another program took between the check and the start is exchanged once, unless the person chose it. */
async function startServices(tools: WorkflowTools, { operation, input: wish, emit }: StepContext<CreateInput>, signal: AbortSignal): Promise<Applied> {
  const apply = { projectId: wish.projectId, operationId: operation.id, goal: "run", emptyVolumes: "allowed" } as const;
  try {
    return await applyStack(tools, apply, emit, signal);
  } catch (error) {
    const isPortTaken = error instanceof StepFailure && error.failure.code === "port-taken";
    if (!isPortTaken) throw error;
    const { failure } = error;
    if (!(await exchangeTakenPorts(tools, { ...wish, service: failure.service }))) {
      if (wish.chosenGatewayPort === undefined || !isGatewayService(failure.service)) throw error;
      throw new StepFailure({ ...failure, sentence: chosenPortTaken(wish.chosenGatewayPort) });
    }
    emit({ level: "warn", message: "Another program took a port in the meantime; the next free one is used.", current: null, total: null, detail: null });
    return applyStack(tools, apply, emit, signal);
  }
}
