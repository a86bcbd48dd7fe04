import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import type { Step, StepContext, Workflow } from "@/lib/operations/types";
import { edgeSettingKey, readEdgeSetting } from "../edge/edge-setting";
import { writeSetting } from "../installation";
import { applyStack } from "./apply-stack";
import { syncEdge, tellEdgeFailure } from "./follow-with-edge";
import { giveLoopbackPort } from "./give-port";
import { loadProject } from "./load-stack";
import { proveStep } from "./prove-step";
import { markApplied, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

const nothing = z.object({});
type Nothing = z.infer<typeof nothing>;

/** Starts the edge. The projects follow one by one, each with an operation of its own. */
export function turnEdgeOnWorkflow(tools: WorkflowTools): Workflow<Nothing> {
  return {
    kind: "edge.turn-on",
    parseInput: (json) => nothing.parse(json),
    onFailure: "undo",
    steps: [
      {
        key: "start", title: "Start the edge", timeoutMs: 5 * 60_000, isCancellable: true,
        run: async (_context, signal) => void (await tools.edge.start(signal).catch(tellEdgeFailure)),
        // The setting still says off: that removes it.
        undo: async (_context, _output, signal) => void (await syncEdge(tools, signal)),
      },
    ],
    settle: async ({ outcome }, tx) => (outcome === "done" ? turn(tx, tools, true) : undefined),
  };
}

/** From now on no project is put behind the edge, and each that is leaves it with an operation of its own. The last one takes it along. */
export function turnEdgeOffWorkflow(tools: WorkflowTools): Workflow<Nothing> {
  return {
    kind: "edge.turn-off",
    parseInput: (json) => nothing.parse(json),
    onFailure: "hold",
    steps: [
      {
        key: "check", title: "Look what is behind the edge", timeoutMs: 60_000, isCancellable: true,
        async run() {
          return { projects: await tools.store.db.portAllocation.count({ where: { purpose: "gateway-inner", project: { wish: { not: "delete" } } } }) };
        },
      },
    ],
    async settle({ outcome }, tx) {
      if (outcome !== "done") return;
      await turn(tx, tools, false);
      // Nothing of these runs: they come back without an edge in front.
      await tx.portAllocation.deleteMany({ where: { purpose: "gateway-inner", project: { state: "deleted", wish: "delete" } } });
    },
  };
}

async function turn(tx: Db, { now }: Pick<WorkflowTools, "now">, isOn: boolean): Promise<void> {
  await writeSetting(tx, edgeSettingKey, { ...(await readEdgeSetting(tx)), isOn, changedAt: now().toISOString() }, now());
}

const joinInput = z.object({ projectId: z.string() });
type JoinInput = z.infer<typeof joinInput>;

/** Moves a project's gateway to a port on loopback and its address to the edge, and proves the contract through it. */
export function joinEdgeWorkflow(tools: WorkflowTools): Workflow<JoinInput> {
  return {
    kind: "edge.join",
    parseInput: (json) => joinInput.parse(json),
    onFailure: "undo",
    steps: [
      {
        key: "move", title: "Move the gateway behind the edge", timeoutMs: 5 * 60_000, isCancellable: true,
        async run(context, signal) {
          await giveLoopbackPort(tools, context.input.projectId, "gateway-inner");
          await apply(tools, context, signal);
        },
        async undo(context, _output, signal) {
          await takeInnerPort(tools, context.input.projectId);
          // Before its gateway takes the address back, the edge has to let go of it.
          await syncEdge(tools, signal);
          await apply(tools, context, signal);
        },
      },
      proveRunning(tools),
    ],
    settle: (context, tx) => settleMove(tools, context, tx),
  };
}

const leaveInput = z.object({ projectId: z.string(), innerPort: z.number().int() });
type LeaveInput = z.infer<typeof leaveInput>;

/** The way back: the gateway holds the project's address itself. */
export function leaveEdgeWorkflow(tools: WorkflowTools): Workflow<LeaveInput> {
  return {
    kind: "edge.leave",
    parseInput: (json) => leaveInput.parse(json),
    onFailure: "undo",
    steps: [
      {
        key: "move", title: "Give the gateway its address back", timeoutMs: 5 * 60_000, isCancellable: true,
        async run(context, signal) {
          await takeInnerPort(tools, context.input.projectId);
          await syncEdge(tools, signal);
          await apply(tools, context, signal);
        },
        async undo(context, _output, signal) {
          await giveLoopbackPort(tools, context.input.projectId, "gateway-inner", context.input.innerPort);
          await apply(tools, context, signal);
        },
      },
      proveRunning(tools),
    ],
    settle: (context, tx) => settleMove(tools, context, tx),
  };
}

async function isPaused(tools: WorkflowTools, projectId: string): Promise<boolean> {
  return (await loadProject(tools, projectId)).wish === "pause";
}

async function apply(tools: WorkflowTools, { operation, input: { projectId }, emit }: StepContext<{ projectId: string }>, signal: AbortSignal): Promise<void> {
  await applyStack(tools, { projectId, operationId: operation.id, goal: (await isPaused(tools, projectId)) ? "pause" : "run" }, emit, signal);
}

/** A paused project is proven when it is resumed. */
function proveRunning<Input extends { projectId: string }>(tools: WorkflowTools): Step<Input> {
  const step = proveStep<Input>(tools);
  return { ...step, run: async (context, signal) => ((await isPaused(tools, context.input.projectId)) ? { requests: 0 } : step.run(context, signal)) };
}

async function takeInnerPort(tools: WorkflowTools, projectId: string): Promise<void> {
  await tools.store.transaction((tx) => tx.portAllocation.deleteMany({ where: { projectId, purpose: "gateway-inner" } }));
}

type Ending = Parameters<Workflow<{ projectId: string }>["settle"]>[0];

async function settleMove(tools: WorkflowTools, { input: { projectId }, outcome, failure }: Ending, tx: Db): Promise<void> {
  if (outcome === "failed") await setProjectState(tx, projectId, "failed", failure?.sentence ?? "The project's address could not be moved, and not be moved back.");
  else if (outcome === "done") await markApplied(tx, projectId, tools.now());
}
