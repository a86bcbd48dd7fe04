import type { Step } from "@/lib/operations/types";
import { StepFailure } from "@/lib/operations/step-failure";
import { contractRequests, judgeContract, type ContractRequest, type ContractResult, type ContractRoute } from "@/lib/gateway/contract";
import { adaptContract, routeProbes, takesDashboardLogin } from "@/lib/gateway/route-probes";
import { withStudioRules } from "@/lib/gateway/studio-rules";
import { getRelease } from "@/lib/stack/releases";
import type { ProjectPorts, ProjectSettings } from "@/lib/stack/settings";
import { otherGateway } from "@/lib/stack/gateways";
import { gatewaysOf } from "../gateway/gateway-choice";
import { parseSettings, toPorts } from "../settings-schema";
import { localUrl } from "../create-project";
import type { ContractResultView } from "../views";
import { loadGatewaySettings } from "../gateway/load-gateway-settings";
import { loadProject } from "./load-stack";
import type { WorkflowTools } from "./tools";

/** How long a fresh stack may take until every request of the contract is answered as it must be. */
const proofDeadlineMs = 60_000;
const pauseBetweenRoundsMs = 250;

/** Runs the gateway contract from outside until it passes; what failed last is kept and shown. */
export function proveStep<Input extends { projectId: string }>(tools: WorkflowTools, deadlineMs = proofDeadlineMs, via: "local" | "beside" = "local"): Step<Input> {
  return {
    key: via === "local" ? "prove" : "prove-beside",
    title: via === "local" ? "Prove the gateway contract" : "Prove the contract on the new gateway's own address",
    timeoutMs: deadlineMs + 30_000,
    isCancellable: true,
    async run({ input, operation, emit }, signal) {
      const results = await runContract(tools, { projectId: input.projectId, deadlineMs, via }, signal, (passed, total) =>
        emit({ level: "progress", message: `${passed} of ${total} requests answered as they must`, current: passed, total, detail: null }),
      );
      const isPassed = results.every((result) => result.isPassed);
      await saveContractRun(tools, { projectId: input.projectId, operationId: operation.id, isPassed, results });
      if (isPassed) return { requests: results.length };
      const failed = results.filter((result) => !result.isPassed);
      throw new StepFailure({
        code: "contract-failed",
        sentence: `${failed.length} of ${results.length} requests of the contract were not answered as they must be.`,
        service: null,
        evidence: tellFailed(results),
        isRetryable: true,
      });
    },
  };
}

/** The requests that failed, a line each. */
export function tellFailed(results: readonly ContractResultView[]): string[] {
  return results.filter(({ isPassed }) => !isPassed).map(({ method, path, credential, expected, received }) => `${method} ${path} (${credential}): expected ${expected}, received ${received}`);
}

type Round = (passed: number, total: number) => void;

/** An address of the project other than those that are known of it. */
export type ContractDoor = { baseUrl: string; route: ContractRoute };

/** `via`: the project's own address on the machine, the one that browsers are told, or that of the gateway beside the one that serves. */
type ContractRun = { projectId: string; deadlineMs: number; via?: "local" | "public" | "beside" | ContractDoor };

/** Sends the contract until all of it is answered as it must be, or the time is over; once at least. */
export async function runContract(tools: WorkflowTools, { projectId, deadlineMs, via = "local" }: ContractRun, signal: AbortSignal, onRound: Round): Promise<ContractResultView[]> {
  const project = await loadProject(tools, projectId);
  const settings = parseSettings(project.settingsJson);
  const release = getRelease(settings.release);
  if (release === undefined) throw new Error(`Unknown release ${settings.release}.`);
  const secrets = await tools.secrets.readAll(tools.store.db, projectId);
  const ports = toPorts(project.ports);
  const wished = await loadGatewaySettings(tools.store.db, projectId, project.gatewayRevision);
  const gateway = withStudioRules(wished, settings.studio, { isBehindEdge: ports.gatewayInner !== undefined });
  const options = { enabledServices: settings.services, release, isLegacyOff: settings.keys?.legacy === "off" };
  const gateways = gatewaysOf(project);
  const kind = via === "beside" ? otherGateway(gateways.serving) : gateways.serving;
  const contract = adaptContract(contractRequests({ enabledServices: settings.services, release: release.name, gateway: kind }), gateway, options);
  const requests = [...contract, ...routeProbes(gateway, options, { publicUrl: settings.publicUrl, nowMs: tools.now().getTime() })];
  const { baseUrl, route } = typeof via === "object" ? via : { baseUrl: addressOf(settings, ports, via), route: undefined };
  // At the edge the panel is asked before Studio, which is no business of the gateway's contract.
  const inner = via === "beside" || ports.gatewayInner === undefined ? null : localUrl("127.0.0.1", ports.gatewayInner);
  const doorOf = (request: ContractRequest) => (inner !== null && takesDashboardLogin(request, gateway, options) ? { baseUrl: inner, route: undefined } : { baseUrl, route });
  const done = new Map<string, ContractResult>();
  const deadline = tools.now().getTime() + deadlineMs;
  for (;;) {
    const open = requests.filter((request) => done.get(request.id)?.isPassed !== true);
    const answers = await Promise.all(open.map(async (request) => {
      const door = doorOf(request);
      return { request, answer: await tools.probe.send(door.baseUrl, request, secrets, signal, door.route) };
    }));
    for (const result of judgeContract(answers)) done.set(result.id, result);
    const passed = [...done.values()].filter((result) => result.isPassed).length;
    onRound(passed, requests.length);
    if (passed === requests.length || tools.now().getTime() > deadline) break;
    await tools.pause(pauseBetweenRoundsMs, signal);
  }
  return requests.map((request) => done.get(request.id)).filter((result) => result !== undefined);
}

function addressOf({ publicUrl, bindAddress }: ProjectSettings, { gateway, gatewayBeside }: ProjectPorts, via: "local" | "public" | "beside"): string {
  if (via === "public") return publicUrl;
  if (via === "local") return localUrl(bindAddress, gateway);
  if (gatewayBeside === undefined) throw new Error("The project has no gateway beside the one that serves.");
  return localUrl("127.0.0.1", gatewayBeside);
}

type Run = { projectId: string; operationId: string; isPassed: boolean; results: ContractResultView[] };

async function saveContractRun(tools: WorkflowTools, run: Run): Promise<void> {
  await tools.store.transaction(async (tx) => {
    await tx.contractRun.create({
      data: { id: tools.newId(), projectId: run.projectId, operationId: run.operationId, at: tools.now(), isPassed: run.isPassed, resultsJson: JSON.stringify(run.results) },
    });
    const old = await tx.contractRun.findMany({ where: { projectId: run.projectId }, orderBy: { at: "desc" }, skip: 20, select: { id: true } });
    if (old.length > 0) await tx.contractRun.deleteMany({ where: { id: { in: old.map((row) => row.id) } } });
  });
}
