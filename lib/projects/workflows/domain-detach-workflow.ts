import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import type { Step, StepContext, Workflow } from "@/lib/operations/types";
import type { DomainState } from "../domains/domain-views";
import { leaveMain, parseReplaced, withoutEarlier } from "../domains/main-address";
import { mainSnapshotSchema, putBack, readAddressSettings, writeAddressSettings } from "../domains/main-snapshot";
import { applyStack } from "./apply-stack";
import { serveAs } from "./domain-certificate";
import { loadProject } from "./load-stack";
import { proveStep } from "./prove-step";
import { markApplied } from "./settle";
import type { WorkflowTools } from "./tools";

const input = z.object({
  projectId: z.string(),
  domainId: z.string(),
  state: z.custom<DomainState>((value) => typeof value === "string"),
  before: mainSnapshotSchema,
});
type DetachInput = z.infer<typeof input>;
type Context = StepContext<DetachInput>;

/** The services answered their own probes before. */
const proofDeadlineMs = 20_000;

/** Closes a name, and brings back what it replaced in the settings unless somebody has changed it since. */
export function detachDomainWorkflow(tools: WorkflowTools): Workflow<DetachInput> {
  const prove = proveStep<DetachInput>(tools, proofDeadlineMs);
  return {
    kind: "domain.detach",
    parseInput: (json) => input.parse(json),
    onFailure: "undo",
    steps: [
      settingsStep(tools),
      closeStep(tools),
      // One that does not run is proven when it is started; and nobody has to keep a name because a service is down that was down before.
      { ...prove, run: async (context, signal) => (isTold(context.outputs["services"]) && (await isRunning(tools, context.input.projectId)) ? prove.run(context, signal) : { requests: 0 }) },
    ],
    async settle({ input: detach, outcome, failure }, tx) {
      const { projectId, domainId, state, before } = detach;
      if (outcome === "done") {
        await tx.domain.deleteMany({ where: { id: domainId } });
        return markApplied(tx, projectId, tools.now());
      }
      await putBack(tx, projectId, before);
      await tx.domain.updateMany({ where: { id: domainId }, data: { state, stateReason: failure?.sentence ?? null, updatedAt: tools.now() } });
      if (outcome === "failed") await tx.project.updateMany({ where: { id: projectId, state: "ready" }, data: { state: "failed", stateReason: failure?.sentence ?? "A domain could not be removed, and what it changed did not come back." } });
    },
  };
}

const isTold = (output: unknown) => z.object({ isChanged: z.literal(true) }).safeParse(output).success;

async function isRunning(tools: WorkflowTools, projectId: string): Promise<boolean> {
  const { wish, state } = await loadProject(tools, projectId);
  return wish === "run" && state !== "failed";
}

/** The services are told only where they run; a failed project is told when it is reconciled. */
async function tellServices(tools: WorkflowTools, { operation, input: { projectId }, emit }: Context, signal: AbortSignal): Promise<void> {
  const { state, wish } = await loadProject(tools, projectId);
  if (state !== "failed") await applyStack(tools, { projectId, operationId: operation.id, goal: wish === "pause" ? "pause" : "run" }, emit, signal);
}

function settingsStep(tools: WorkflowTools): Step<DetachInput> {
  return {
    key: "services", title: "Tell the services the address from before", timeoutMs: 10 * 60_000, isCancellable: true,
    async run(context, signal) {
      const isChanged = await tools.store.transaction((tx) => takeOut(tx, context.input));
      if (isChanged) await tellServices(tools, context, signal);
      return { isChanged };
    },
    async undo(context, _output, signal) {
      const { projectId, domainId, before } = context.input;
      await tools.store.transaction((tx) => putBack(tx, projectId, before));
      // Also where the settings are back already: a worker before this one may have died while it told the services.
      if (before.domains.some(({ id, replacedJson }) => id === domainId && replacedJson !== null)) await tellServices(tools, context, signal);
    },
  };
}

/** Sets absolute values, so that it may run twice; whether anything differs from before the removal. */
async function takeOut(tx: Db, { projectId, domainId, before }: DetachInput): Promise<boolean> {
  const own = before.domains.find(({ id }) => id === domainId);
  const replaced = parseReplaced(own?.replacedJson ?? null);
  if (own === undefined || replaced === null) return false;
  const { localUrl } = await readAddressSettings(tx, projectId);
  const after = leaveMain(before.settings, replaced, localUrl);
  await writeAddressSettings(tx, projectId, after);
  for (const other of before.domains.filter(({ id }) => id !== domainId)) {
    const theirs = parseReplaced(other.replacedJson);
    const isMain = own.isMain ? other.id === replaced.previousMainId : other.isMain;
    await tx.domain.updateMany({ where: { id: other.id }, data: { isMain, replacedJson: theirs === null ? null : JSON.stringify(withoutEarlier(theirs, replaced, domainId)) } });
  }
  await tx.domain.updateMany({ where: { id: domainId }, data: { isMain: false } });
  return JSON.stringify(after) !== JSON.stringify(before.settings);
}

function closeStep(tools: WorkflowTools): Step<DetachInput> {
  return {
    key: "close", title: "Close the name", timeoutMs: 60_000, isCancellable: true,
    run: ({ input: { domainId } }, signal) => serveAs(tools, domainId, { state: "added" }, signal),
    undo: ({ input: { domainId, state } }, _output, signal) => serveAs(tools, domainId, { state }, signal),
  };
}
