import { z } from "zod";
import type { Step, StepContext, Workflow } from "@/lib/operations/types";
import { StepFailure } from "@/lib/operations/step-failure";
import { externalHostsOf } from "@/lib/gateway/envoy-clusters";
import { buildGatewayInput } from "@/lib/stack/build-desired-stack";
import { applyStack } from "./apply-stack";
import { loadStackInput } from "./load-stack";
import { findGateway, gatewayKinds, inForceLimitMs, validateGateway, waitInForce } from "./gateway-in-force";
import { proveStep } from "./prove-step";
import { settleRevision } from "./settle-revision";
import type { WorkflowTools } from "./tools";

const input = z.object({ projectId: z.string(), number: z.number().int(), previous: z.number().int().nullable() });
type ApplyInput = z.infer<typeof input>;

const gatewayProofMs = 10_000;

/**
 * Puts a revision of gateway settings in force: looked up, validated by the gateway's own checker, applied, read back from the gateway,
 * proven. Whatever fails brings the last good revision back, and the failed one is kept with the reason.
 */
export function gatewayWorkflow(tools: WorkflowTools): Workflow<ApplyInput> {
  return {
    kind: "gateway.apply",
    parseInput: (json) => input.parse(json),
    onFailure: "undo",
    steps: [lookUpStep(tools), validateStep(tools), applyStep(tools), confirmStep(tools), proveStep(tools, gatewayProofMs)],
    settle: (context, tx) => settleRevision(tools, context, tx),
  };
}

const refreshInput = z.object({ projectId: z.string(), number: z.number().int() });

/**
 * Gives the gateway the addresses that external hosts have now. Nobody asked for it, so a failure leaves the project as it is: the next
 * look tries again.
 */
export function refreshWorkflow(tools: WorkflowTools): Workflow<z.infer<typeof refreshInput>> {
  return {
    kind: "gateway.refresh-upstreams",
    parseInput: (json) => refreshInput.parse(json),
    onFailure: "hold",
    steps: [
      lookUpStep(tools),
      {
        key: "apply", title: "Give the gateway their addresses", timeoutMs: 3 * 60_000, isCancellable: true,
        run: ({ operation, input: { projectId }, emit }, signal) => applyStack(tools, { projectId, operationId: operation.id, goal: "run" }, emit, signal),
      },
      confirmStep(tools),
    ],
    settle: () => Promise.resolve(),
  };
}

/** Addresses of external hosts are part of what is applied: a gateway connects to what was judged, never to what DNS says later. */
function lookUpStep<Input extends { projectId: string; number: number }>(tools: WorkflowTools): Step<Input> {
  return {
    key: "look-up",
    title: "Look up external upstreams",
    timeoutMs: 30_000,
    isCancellable: true,
    async run({ input: { projectId, number } }, signal) {
      const hosts = externalHostsOf((await candidate(tools, projectId, number)).routes);
      const found = await Promise.all(hosts.map(async (host) => [host, await lookUp(tools, host, signal)] as const));
      const addressesJson = JSON.stringify(Object.fromEntries(found));
      await tools.store.transaction((tx) => tx.gatewayRevision.update({ where: { projectId_number: { projectId, number } }, data: { addressesJson } }));
      return { hosts };
    },
  };
}

/** What the gateway would be given under this revision. */
async function candidate(tools: WorkflowTools, projectId: string, number: number) {
  return buildGatewayInput(await loadStackInput(tools, projectId, number));
}

async function lookUp(tools: WorkflowTools, host: string, signal: AbortSignal): Promise<string[]> {
  const addresses = await tools.resolveHost(host, signal).catch(() => []);
  if (addresses.length > 0) return [...addresses].sort();
  throw new StepFailure({ code: "upstream-unknown", sentence: `The upstream ${host} has no address: the name is unknown, or the resolver of this machine does not answer.`, service: "api-gw", evidence: [], isRetryable: true });
}

function validateStep(tools: WorkflowTools): Step<ApplyInput> {
  return {
    key: "validate",
    title: "Check the configuration with the gateway's own checker",
    timeoutMs: 60_000,
    isCancellable: true,
    async run({ input: { projectId, number }, operation }, signal) {
      const input = await loadStackInput(tools, projectId, number);
      for (const kind of await gatewayKinds(tools, projectId)) {
        const { imageRef } = await findGateway(tools, projectId, kind, signal);
        await validateGateway(tools, { input, kind, operationId: operation.id, imageRef }, signal);
      }
      return {};
    },
  };
}

function applyStep(tools: WorkflowTools): Step<ApplyInput> {
  const point = async (projectId: string, number: number | null) => void (await tools.store.transaction((tx) => tx.project.updateMany({ where: { id: projectId }, data: { gatewayRevision: number } })));
  const apply = ({ operation, input: { projectId }, emit }: StepContext<ApplyInput>, signal: AbortSignal) => applyStack(tools, { projectId, operationId: operation.id, goal: "run" }, emit, signal);
  return {
    key: "apply",
    title: "Give the gateway its routes",
    timeoutMs: 3 * 60_000,
    isCancellable: true,
    async run(context, signal) {
      await point(context.input.projectId, context.input.number);
      return apply(context, signal);
    },
    async undo(context, _output, signal) {
      await point(context.input.projectId, context.input.previous);
      await apply(context, signal);
      await waitInForce(tools, context.input.projectId, signal);
    },
  };
}

function confirmStep<Input extends { projectId: string }>(tools: WorkflowTools): Step<Input> {
  return {
    key: "confirm",
    title: "Read back the version in force",
    timeoutMs: inForceLimitMs + 20_000,
    isCancellable: true,
    run: ({ input: { projectId } }, signal) => waitInForce(tools, projectId, signal),
  };
}

