import { LABEL, oneOffRole, type ObservedContainer } from "@/lib/engine/observed";
import type { GatewayKind } from "@/lib/gateway/contract";
import { StepFailure } from "@/lib/operations/step-failure";
import { gatewayCheck, gatewayValidation, type GatewayCheck } from "@/lib/stack/gateway-check";
import { gatewayNames, gatewayServices, runningGateways } from "@/lib/stack/gateways";
import type { StackInput } from "@/lib/stack/settings";
import { gatewayChoiceOf } from "../gateway/gateway-choice";
import { loadProject, loadStackInput } from "./load-stack";
import type { WorkflowTools } from "./tools";

export const inForceLimitMs = 10_000;
const pauseBetweenReadsMs = 100;

/** The gateways of a project that are to run, the one that serves first. */
export async function gatewayKinds(tools: Pick<WorkflowTools, "store">, projectId: string): Promise<GatewayKind[]> {
  return runningGateways(gatewayChoiceOf(await loadProject(tools, projectId)));
}

type Validation = { input: StackInput; kind: GatewayKind; operationId: string; /** As the engine knows it. */ imageRef: string };

/** @throws StepFailure with the checker's own words when the gateway would refuse the configuration. */
export async function validateGateway(tools: WorkflowTools, { input, kind, operationId, imageRef }: Validation, signal: AbortSignal): Promise<void> {
  const { argv, file, tell } = gatewayValidation(input, kind);
  const labels = { [LABEL.instance]: tools.instanceId, [LABEL.project]: input.projectId, [LABEL.role]: oneOffRole, [LABEL.operation]: operationId };
  const { exitCode, stdout, stderr } = await tools.engine.runOneOff({ imageRef, argv, networkName: null, mounts: [], timeoutMs: 30_000, files: [file], labels }, signal);
  if (exitCode === 0) return;
  const output = `${stdout}\n${stderr}`.trim();
  throw new StepFailure({ code: "configuration-refused", sentence: `${gatewayNames[kind]} refuses these routes: ${tell(output)}`, service: gatewayServices[kind], evidence: output.split("\n").slice(-20), isRetryable: false });
}

/** The running container of a project's gateway. @throws StepFailure when it does not run. */
export async function findGateway(tools: Pick<WorkflowTools, "engine" | "instanceId">, projectId: string, kind: GatewayKind, signal: AbortSignal): Promise<ObservedContainer> {
  const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId, imageRefs: [], readsMarkers: false }, signal);
  const service = gatewayServices[kind];
  const running = containers.find((container) => container.labels[LABEL.service] === service && container.state === "running");
  if (running === undefined) throw new StepFailure({ code: "gateway-down", sentence: `The gateway ${gatewayNames[kind]} does not run. Reconcile the project, then try again.`, service, evidence: [], isRetryable: true });
  return running;
}

/** A file that was moved into place is not proof that it is in force: a gateway may have missed or refused it. All that run are asked. */
export async function waitInForce(tools: WorkflowTools, projectId: string, signal: AbortSignal): Promise<{ versions: string[] }> {
  const input = await loadStackInput(tools, projectId);
  const checks = (await gatewayKinds(tools, projectId)).map((kind) => ({ kind, check: gatewayCheck(input, kind) }));
  await Promise.all(checks.map((each) => waitForOne(tools, projectId, each, signal)));
  return { versions: checks.map(({ check }) => `${check.name} ${check.version}`) };
}

async function waitForOne(tools: WorkflowTools, projectId: string, { kind, check }: { kind: GatewayKind; check: GatewayCheck }, signal: AbortSignal): Promise<void> {
  const { id } = await findGateway(tools, projectId, kind, signal);
  const until = tools.now().getTime() + inForceLimitMs;
  for (;;) {
    const { exitCode, stdout } = await tools.engine.exec(id, [...check.argv], { timeoutMs: 5_000, maxOutputBytes: 65_536 }, signal);
    if (exitCode === 0 && check.isInForce(stdout)) return;
    if (tools.now().getTime() >= until) {
      const log = await tools.engine.tailLogs(id, { tail: 40 }, signal);
      const evidence = log.map(({ text }) => text).filter((text) => /reject|error|warn/i.test(text) && !text.includes("Deprecated field")).slice(-10);
      throw new StepFailure({ code: "not-in-force", sentence: `The gateway ${check.name} did not take the new routes within 10 s; the version that it reports is another one.`, service: check.service, evidence, isRetryable: true });
    }
    await tools.pause(pauseBetweenReadsMs, signal);
  }
}
