import { z } from "zod";
import type { Step, StepContext, Workflow } from "@/lib/operations/types";
import { StepFailure } from "@/lib/operations/step-failure";
import { LABEL, oneOffRole } from "@/lib/engine/observed";
import { externalHostsOf } from "@/lib/gateway/envoy-clusters";
import { parseVersions, readVersionsArgv, validationProblem } from "@/lib/gateway/envoy-control";
import { renderEnvoy, renderEnvoyForValidation } from "@/lib/gateway/envoy";
import { buildGatewayInput } from "@/lib/stack/build-desired-stack";
import { applyStack } from "./apply-stack";
import { loadStackInput } from "./load-stack";
import { pause } from "./pause";
import { proveStep } from "./prove-step";
import { settleRevision } from "./settle-revision";
import type { WorkflowTools } from "./tools";

const input = z.object({ projectId: z.string(), number: z.number().int(), previous: z.number().int().nullable() });
type ApplyInput = z.infer<typeof input>;

const gatewayProofMs = 10_000;
const inForceLimitMs = 10_000;
const validationFile = "/tmp/basehold-validate.yaml";

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
      const rendered = renderEnvoyForValidation(await candidate(tools, projectId, number));
      const image = await gatewayImage(tools, projectId, signal);
      const { exitCode, stdout, stderr } = await tools.engine.runOneOff(
        {
          imageRef: image, argv: ["envoy", "--mode", "validate", "-c", validationFile], networkName: null, mounts: [], timeoutMs: 30_000,
          files: [{ path: validationFile, content: rendered, mode: 0o444, uid: 0, gid: 0, reloadable: false }],
          labels: { [LABEL.instance]: tools.instanceId, [LABEL.project]: projectId, [LABEL.role]: oneOffRole, [LABEL.operation]: operation.id },
        },
        signal,
      );
      if (exitCode === 0) return {};
      throw new StepFailure({ code: "configuration-refused", sentence: `Envoy refuses these routes: ${validationProblem(`${stdout}\n${stderr}`)}`, service: "api-gw", evidence: `${stdout}\n${stderr}`.trim().split("\n").slice(-20), isRetryable: false });
    },
  };
}

/** The image that the project's gateway runs, as its container names it. */
async function gatewayImage(tools: WorkflowTools, projectId: string, signal: AbortSignal): Promise<string> {
  return (await findGateway(tools, projectId, signal)).imageRef;
}

async function findGateway(tools: WorkflowTools, projectId: string, signal: AbortSignal) {
  const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId, imageRefs: [], readsMarkers: false }, signal);
  const running = containers.find((container) => container.labels[LABEL.service] === "api-gw" && container.state === "running");
  if (running === undefined) throw new StepFailure({ code: "gateway-down", sentence: "The gateway does not run. Reconcile the project, then apply the draft again.", service: "api-gw", evidence: [], isRetryable: true });
  return running;
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

const pauseBetweenReadsMs = 100;

/** A file that was moved into place is not proof that it is in force: the gateway may have missed or refused it. */
export async function waitInForce(tools: WorkflowTools, projectId: string, signal: AbortSignal): Promise<{ routes: string; clusters: string }> {
  const wanted = renderEnvoy(buildGatewayInput(await loadStackInput(tools, projectId)));
  const { id } = await findGateway(tools, projectId, signal);
  const until = tools.now().getTime() + inForceLimitMs;
  for (;;) {
    const { exitCode, stdout } = await tools.engine.exec(id, readVersionsArgv, { timeoutMs: 5_000, maxOutputBytes: 65_536 }, signal);
    const seen = parseVersions(exitCode === 0 ? stdout : "");
    const isFilterOld = seen.filters !== null && seen.filters !== wanted.ecdsVersion;
    if (seen.routes === wanted.rdsVersion && seen.clusters === wanted.cdsVersion && !isFilterOld) return { routes: wanted.rdsVersion, clusters: wanted.cdsVersion };
    if (tools.now().getTime() >= until) {
      const log = await tools.engine.tailLogs(id, { tail: 40 }, signal);
      const evidence = log.map(({ text }) => text).filter((text) => /reject|error|warn/i.test(text) && !text.includes("Deprecated field")).slice(-10);
      throw new StepFailure({ code: "not-in-force", sentence: "The gateway did not take the new routes within 10 s; the version that it reports is another one.", service: "api-gw", evidence, isRetryable: true });
    }
    await pause(pauseBetweenReadsMs, signal);
  }
}
