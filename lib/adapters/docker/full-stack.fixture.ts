import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { executePlan, type PlanEvent } from "@/lib/engine/execute";
import type { Plan } from "@/lib/engine/plan";
import { reconcile, type ReconcileGoal } from "@/lib/engine/reconcile";
import type { Observed } from "@/lib/engine/observed";
import { contractRequests, judgeContract, type ContractResult } from "@/lib/gateway/contract";
import { HttpContractProbe } from "@/lib/adapters/probe/contract-probe";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import type { DesiredStack } from "@/lib/stack/desired";
import { generateProjectSecrets } from "@/lib/stack/keys";
import { sampleSettings } from "@/lib/stack/sample-input.fixture";
import type { StackInput } from "@/lib/stack/settings";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { DockerEngine } from "./docker-engine";

/** Prefix of the lab's registry on loopback. */
export const labPrefix = "127.0.0.1:5055/";

/** Whether the lab's registry answers; without it nothing of this can run. */
export async function isLabUp(): Promise<boolean> {
  return fetch(`http://${labPrefix}v2/_catalog`, { signal: AbortSignal.timeout(2_000) }).then(async (answer) => (await answer.text()).includes("supabase/postgres"), () => false);
}

const hash = (text: string) => createHmac("sha256", "full-stack").update(text).digest("hex").slice(0, 32);

/** A project of all services with keys and ports of its own, on an installation that only tests use. */
export async function newProject(instanceId: string, subnet: string) {
  const [gateway, poolerSession, poolerTransaction] = await Promise.all([freePort(), freePort(), freePort()]);
  const secrets = await generateProjectSecrets({ randomBytes: (length) => new Uint8Array(randomBytes(length)), nowSeconds: Math.floor(Date.now() / 1000), uuid: randomUUID });
  const input: StackInput = {
    projectId: randomBytes(6).toString("hex"),
    projectRef: "full-stack",
    revision: 1,
    subnet,
    settings: { ...sampleSettings, publicUrl: `http://127.0.0.1:${gateway}` },
    ports: { gateway, poolerSession, poolerTransaction, database: null },
    secrets,
  };
  return new TestProject(instanceId, input);
}

/** One project on the real engine, driven as the worker drives it. */
export class TestProject {
  readonly engine = new DockerEngine();

  constructor(readonly instanceId: string, readonly input: StackInput) {}

  desired(change: Partial<StackInput> = {}): DesiredStack {
    return buildDesiredStack({ ...this.input, ...change });
  }

  observe(desired: DesiredStack | null): Promise<Observed> {
    const imageRefs = (desired?.services ?? []).map((service) => labPrefix + service.image);
    return this.engine.observe({ instanceId: this.instanceId, projectId: this.input.projectId, imageRefs });
  }

  async plan(desired: DesiredStack | null, goal: ReconcileGoal = "run"): Promise<Plan> {
    const context = { instanceId: this.instanceId, projectId: this.input.projectId, imagePrefix: labPrefix, hash, goal };
    return reconcile({ desired, observed: await this.observe(desired), context });
  }

  async apply(desired: DesiredStack | null, goal: ReconcileGoal = "run", onEvent: (event: PlanEvent) => void = () => undefined): Promise<Plan> {
    const plan = await this.plan(desired, goal);
    const { failure } = await executePlan(plan, { engine: this.engine, operationId: "full-stack", signal: new AbortController().signal, onEvent });
    if (failure !== null) throw new Error(`${failure.sentence}\n${failure.logTail.join("\n")}`);
    return plan;
  }

  /** Runs the contract once, from outside. */
  async contract(baseUrl = this.input.settings.publicUrl): Promise<ContractResult[]> {
    const probe = new HttpContractProbe();
    try {
      const requests = contractRequests({ enabledServices: this.input.settings.services, release: this.input.settings.release });
      const answers = await Promise.all(requests.map(async (request) => ({ request, answer: await probe.send(baseUrl, request, this.input.secrets, new AbortController().signal) })));
      return judgeContract(answers);
    } finally {
      await probe.close();
    }
  }

  /** What the contract has against the stack, one line each. */
  async complaints(baseUrl?: string): Promise<string[]> {
    const failed = (await this.contract(baseUrl)).filter((result) => !result.isPassed);
    return failed.map((result) => `${result.id}: expected ${result.expected}, received ${result.received}`);
  }
}
