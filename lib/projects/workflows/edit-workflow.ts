import { z } from "zod";
import type { Workflow } from "@/lib/operations/types";
import { restoreBefore, type EditBefore } from "../edit-project";
import { applyStack } from "./apply-stack";
import { imagesStep } from "./images-step";
import { proveStep } from "./prove-step";
import { secretsStep } from "./secrets-step";
import { markApplied, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

const input = z.object({ projectId: z.string(), previousState: z.string().default("ready"), previousReason: z.string().nullable().default(null), before: z.custom<EditBefore>((value) => typeof value === "object" && value !== null) });
type EditInput = z.infer<typeof input>;

/**
 * Applies changed settings: services that differ are replaced, then the contract is proven. A failure or a cancel brings the
 * earlier settings, ports and containers back by itself.
 */
export function editWorkflow(tools: WorkflowTools): Workflow<EditInput> {
  return {
    kind: "project.edit",
    parseInput: (json) => input.parse(json),
    onFailure: "undo",
    steps: [
      secretsStep(tools),
      imagesStep(tools),
      {
        key: "services",
        title: "Apply the settings",
        timeoutMs: 10 * 60_000,
        isCancellable: true,
        run: ({ operation, input: { projectId }, emit }, signal) => applyStack(tools, { projectId, operationId: operation.id, goal: "run", emptyVolumes: "of-added-services" }, emit, signal),
        async undo({ operation, input: { projectId, before }, emit }, _output, signal) {
          await tools.store.transaction((tx) => restoreBefore(tx, tools, projectId, before));
          await applyStack(tools, { projectId, operationId: operation.id, goal: "run" }, emit, signal);
        },
      },
      proveStep(tools),
    ],
    async settle({ input: { projectId, previousState, previousReason, before }, outcome, failure }, tx) {
      if (outcome === "done") {
        await setProjectState(tx, projectId, "ready", null);
        await markApplied(tx, projectId, tools.now());
        return;
      }
      if (outcome === "failed") {
        await setProjectState(tx, projectId, "failed", failure?.sentence ?? "The settings could not be applied.");
        return;
      }
      await restoreBefore(tx, tools, projectId, before);
      await setProjectState(tx, projectId, previousState, previousReason);
      await markApplied(tx, projectId, tools.now());
    },
  };
}
