import { executePlan } from "@/lib/engine/execute";
import type { Plan } from "@/lib/engine/plan";
import { planToText } from "@/lib/engine/plan-text";
import { reconcile, type ReconcileGoal } from "@/lib/engine/reconcile";
import { StepFailure } from "@/lib/operations/step-failure";
import type { NewEvent } from "@/lib/operations/types";
import type { DesiredStack } from "@/lib/stack/desired";
import { followWithEdge } from "./follow-with-edge";
import { loadDesiredStack } from "./load-stack";
import type { WorkflowTools } from "./tools";

export type EventSink = (event: Omit<NewEvent, "stepKey">) => void;

type Apply = {
  projectId: string;
  operationId: string;
  goal: ReconcileGoal;
  /**
   * What a volume means that holds data and is missing from a project that was ready once: `refused` (unless told) stops before anything
   * is started, `of-added-services` looks at the database alone, `allowed` begins with an empty one.
   */
  emptyVolumes?: "refused" | "of-added-services" | "allowed";
};

const databaseVolumes = ["db-data", "db-config"];

/** `left`: names of what the engine did not let go of. */
export type Applied = { calls: number; left?: string[] };

/** The plan that would bring the project to its goal, from a fresh look at the engine. */
export async function planStack(tools: WorkflowTools, apply: Omit<Apply, "operationId">, signal: AbortSignal) {
  const isKept = apply.goal === "run" || apply.goal === "pause";
  const desired: DesiredStack | null = isKept ? await loadDesiredStack(tools, apply.projectId) : null;
  const { prefix } = await tools.imageSource();
  const imageRefs = desired === null ? [] : [...new Set(desired.services.map((service) => prefix + service.image))];
  const observed = await tools.engine.observe({ instanceId: tools.instanceId, projectId: apply.projectId, imageRefs }, signal);
  const context = { instanceId: tools.instanceId, projectId: apply.projectId, imagePrefix: prefix, hash: tools.hash, goal: apply.goal };
  return { plan: reconcile({ desired, observed, context }), desired };
}

/** Nothing is lost quietly: an empty volume in the place of one that held data is made only where somebody asked for it in words. */
async function refuseLostData(tools: WorkflowTools, { projectId, goal, emptyVolumes = "refused" }: Apply, plan: Plan): Promise<void> {
  if (goal !== "run" || emptyVolumes === "allowed") return;
  const holdData = emptyVolumes === "refused" ? [...databaseVolumes, "storage"] : databaseVolumes;
  const lost = plan.ops.flatMap((op) => (op.type === "createVolume" && holdData.includes(op.shortName) ? [op.shortName] : []));
  if (lost.length === 0) return;
  const project = await tools.store.db.project.findUnique({ where: { id: projectId }, select: { readyAt: true } });
  if (project === null || project.readyAt === null) return;
  throw new StepFailure({
    code: "data-missing",
    sentence: `The ${lost.length === 1 ? "volume" : "volumes"} ${lost.join(", ")} of this project ${lost.length === 1 ? "is" : "are"} gone, and the data with ${lost.length === 1 ? "it" : "them"}. Nothing was started. Put the data back if you have a copy; Reconcile begins with empty volumes.`,
    service: null, evidence: [], isRetryable: true,
  });
}

/**
 * Observes, reconciles and executes until the engine shows the goal. Idempotent: run again after a crash it continues from
 * whatever is there.
 * @throws StepFailure with the container's last log lines when a service does not get ready.
 */
export async function applyStack(tools: WorkflowTools, apply: Apply, emit: EventSink, signal: AbortSignal): Promise<Applied> {
  const { plan } = await planStack(tools, apply, signal);
  await refuseLostData(tools, apply, plan);
  emit({ level: "info", message: plan.ops.length === 0 ? "Nothing to change." : `${plan.ops.length} calls to the engine`, current: null, total: null, detail: { plan: planToText(plan) } });
  let done = 0;
  const left: string[] = [];
  const outcome = await executePlan(plan, {
    engine: tools.engine,
    signal,
    operationId: apply.operationId,
    onReady: (containerId) => tools.readyContainers.add(containerId),
    onEvent: (event) => {
      if (event.kind === "done") done++;
      if (event.kind === "left") left.push(event.resource);
      emit({
        level: event.kind === "failed" || event.kind === "left" ? "warn" : "progress",
        message: event.sentence,
        current: done,
        total: plan.ops.length,
        detail: { service: event.service, kind: event.kind, type: event.type, durationMs: event.durationMs ?? null },
      });
    },
  });
  if (outcome.failure === null) await followWithEdge(tools, apply, signal);
  if (outcome.failure === null) return { calls: plan.ops.length, ...(left.length > 0 ? { left } : {}) };
  throw new StepFailure({
    code: outcome.failure.code,
    sentence: outcome.failure.sentence,
    service: outcome.failure.service,
    evidence: outcome.failure.logTail,
    isRetryable: true,
  });
}
