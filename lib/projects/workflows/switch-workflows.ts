import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import type { Step, StepContext, Workflow } from "@/lib/operations/types";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { gatewayNames, gatewayServices, otherGateway } from "@/lib/stack/gateways";
import { gatewayBesideSchema, gatewaysOf, type GatewayBeside } from "../gateway/gateway-choice";
import { keptHours } from "../gateway/switch-gateway";
import { applyStack } from "./apply-stack";
import { validateGateway, waitInForce } from "./gateway-in-force";
import { giveLoopbackPort } from "./give-port";
import { imagesStep } from "./images-step";
import { loadStackInput } from "./load-stack";
import { proveStep } from "./prove-step";
import { markApplied, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

const kind = z.enum(["envoy", "kong"]);
const switchInput = z.object({ projectId: z.string(), to: kind, before: z.object({ serving: kind, beside: gatewayBesideSchema.nullable() }) });
type SwitchInput = z.infer<typeof switchInput>;

/**
 * Makes the other gateway the one that serves. It starts beside the one that does, is proven on an address of its own, and then gets the
 * traffic: behind the edge without a request lost, without the edge by exchanging the two containers. The one that served is kept.
 */
export function switchWorkflow(tools: WorkflowTools): Workflow<SwitchInput> {
  return {
    kind: "gateway.switch",
    parseInput: (json) => switchInput.parse(json),
    onFailure: "undo",
    steps: [enterStep(tools), imagesStep(tools), validateStep(tools), startStep(tools), proveStep(tools, undefined, "beside"), moveStep(tools), proveStep(tools)],
    async settle({ input, outcome, failure }, tx) {
      const { projectId } = input;
      if (outcome === "failed") return setProjectState(tx, projectId, "failed", failure?.sentence ?? "The gateway could not be switched, and not be switched back.");
      if (outcome === "done") await writeBeside(tx, projectId, { state: "kept", until: new Date(tools.now().getTime() + keptHours * 3_600_000).toISOString() });
      else await goBack(tx, input);
      await setProjectState(tx, projectId, "ready", null);
      await markApplied(tx, projectId, tools.now());
    },
  };
}

const apply = (tools: WorkflowTools, { operation, input: { projectId }, emit }: StepContext<{ projectId: string }>, signal: AbortSignal) => applyStack(tools, { projectId, operationId: operation.id, goal: "run" }, emit, signal);

/** From here on the stack has both gateways. Undone last, with all that is left of the switch. */
function enterStep(tools: WorkflowTools): Step<SwitchInput> {
  return {
    key: "enter", title: "Reserve an address for the other gateway", timeoutMs: 30_000, isCancellable: true,
    async run({ input: { projectId, to } }) {
      await giveLoopbackPort(tools, projectId, "gateway-beside");
      await tools.store.transaction(async (tx) => {
        if ((await readGateways(tx, projectId)).serving !== to) await writeBeside(tx, projectId, { state: "candidate", until: null });
      });
    },
    async undo(context, _output, signal) {
      await tools.store.transaction((tx) => goBack(tx, context.input));
      await apply(tools, context, signal);
    },
  };
}

function validateStep(tools: WorkflowTools): Step<SwitchInput> {
  return {
    key: "validate", title: "Check its configuration with its own checker", timeoutMs: 60_000, isCancellable: true,
    async run({ operation, input: { projectId, to } }, signal) {
      const input = await loadStackInput(tools, projectId);
      const image = buildDesiredStack(input).services.find(({ name }) => name === gatewayServices[to])?.image;
      if (image === undefined) throw new Error(`The stack has no service ${gatewayServices[to]}.`);
      const { prefix } = await tools.imageSource();
      await validateGateway(tools, { input, kind: to, operationId: operation.id, imageRef: prefix + image }, signal);
      return {};
    },
  };
}

function startStep(tools: WorkflowTools): Step<SwitchInput> {
  return {
    key: "start", title: "Start the other gateway beside the one that serves", timeoutMs: 5 * 60_000, isCancellable: true,
    async run(context, signal) {
      const applied = await apply(tools, context, signal);
      return { ...applied, ...(await waitInForce(tools, context.input.projectId, signal)) };
    },
  };
}

function moveStep(tools: WorkflowTools): Step<SwitchInput> {
  return {
    key: "move", title: "Move the traffic", timeoutMs: 5 * 60_000, isCancellable: true,
    async run(context, signal) {
      const { projectId, to } = context.input;
      await tools.store.transaction((tx) => serveBy(tx, projectId, to));
      const applied = await apply(tools, context, signal);
      await waitInForce(tools, projectId, signal);
      context.emit({ level: "info", message: `${gatewayNames[to]} serves. What is open on ${gatewayNames[otherGateway(to)]} stays open for up to ${keptHours} h.`, current: null, total: null, detail: null });
      return applied;
    },
    async undo(context, _output, signal) {
      await tools.store.transaction((tx) => serveBy(tx, context.input.projectId, context.input.before.serving));
      await apply(tools, context, signal);
    },
  };
}

async function readGateways(tx: Db, projectId: string) {
  return gatewaysOf(await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { release: true, gatewayKind: true, gatewayBesideJson: true } }));
}

async function writeBeside(tx: Db, projectId: string, beside: GatewayBeside | null): Promise<void> {
  await tx.project.update({ where: { id: projectId }, data: { gatewayBesideJson: beside === null ? null : JSON.stringify(beside) } });
}

/** Lets this gateway serve. Behind the edge the two exchange what their ports are for: neither container notices. */
async function serveBy(tx: Db, projectId: string, to: SwitchInput["to"]): Promise<void> {
  const { serving, usual } = await readGateways(tx, projectId);
  if (serving === to) return;
  await tx.project.update({ where: { id: projectId }, data: { gatewayKind: to === usual ? null : to } });
  const rows = await tx.portAllocation.findMany({ where: { projectId, purpose: { in: ["gateway-inner", "gateway-beside"] } } });
  const [inner, beside] = ["gateway-inner", "gateway-beside"].map((purpose) => rows.find((row) => row.purpose === purpose));
  if (inner === undefined || beside === undefined) return;
  await tx.portAllocation.deleteMany({ where: { id: { in: [inner.id, beside.id] } } });
  await tx.portAllocation.createMany({ data: [{ ...inner, port: beside.port }, { ...beside, port: inner.port }] });
}

/** The gateways as they were before the switch: one that was kept already is kept on. */
async function goBack(tx: Db, { projectId, before }: SwitchInput): Promise<void> {
  await serveBy(tx, projectId, before.serving);
  await writeBeside(tx, projectId, before.beside);
  if (before.beside === null) await takeBesidePort(tx, projectId);
}

/** Frees the loopback port of the gateway that does not serve. */
async function takeBesidePort(tx: Db, projectId: string): Promise<void> {
  await tx.portAllocation.deleteMany({ where: { projectId, purpose: "gateway-beside" } });
}

/** Lets go of the gateway that was kept. */
export async function forgetBeside(tx: Db, projectId: string): Promise<void> {
  await writeBeside(tx, projectId, null);
  await takeBesidePort(tx, projectId);
}

const endInput = z.object({ projectId: z.string() });

/** Ends the gateway that was kept after a switch, and with it the sockets that are still open on it. */
export function endBesideWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof endInput>> {
  return {
    kind: "gateway.end-beside",
    parseInput: (json) => endInput.parse(json),
    onFailure: "hold",
    steps: [
      {
        key: "end", title: "Remove the gateway that was kept", timeoutMs: 3 * 60_000, isCancellable: false,
        async run(context, signal) {
          await tools.store.transaction((tx) => forgetBeside(tx, context.input.projectId));
          return apply(tools, context, signal);
        },
      },
    ],
    async settle({ input: { projectId }, outcome }, tx) {
      if (outcome === "done") await markApplied(tx, projectId, tools.now());
    },
  };
}
