import { z } from "zod";
import { authorizeInstallation, may } from "@/lib/access/authorize";
import type { VerbContext } from "@/lib/access/verb-context";
import { parseInput } from "@/lib/access/parse-input";
import { operationInput } from "./inputs";
import { operationTitle, readOnlyKinds } from "./operation-titles";
import type { OperationDetail, OperationView } from "./views";
import { authorizeOperation, visibleProjectIds } from "./visible";

const failureSchema = z.object({ sentence: z.string(), service: z.string().nullable(), evidence: z.array(z.string()), isRetryable: z.boolean() });
/** What ends a step that a cancel stopped, which is no failure of it. */
const cancelSchema = z.object({ code: z.literal("cancelled") });
const actorSchema = z.object({ name: z.string() });

type OperationRecord = Awaited<ReturnType<typeof authorizeOperation>>["operation"];
type StepRecord = { key: string; title: string; status: string; startedAt: Date | null; finishedAt: Date | null; errorJson: string | null };

/** One operation with its steps, as its page shows it. */
export async function getOperation(ctx: VerbContext, operationId: string): Promise<OperationDetail> {
  const parsed = parseInput(operationInput, { operationId });
  const { operation, projectRef } = await authorizeOperation(ctx, "project.see", parsed.operationId);
  const [steps, last, newest, summary] = await Promise.all([
    ctx.store.db.operationStep.findMany({ where: { operationId: operation.id }, orderBy: { ordinal: "asc" } }),
    ctx.store.db.operationEvent.findFirst({ where: { operationId: operation.id }, orderBy: { seq: "desc" }, select: { seq: true } }),
    newestWork(ctx, operation.projectId === null ? [] : [operation.projectId]),
    summaryOf(ctx, operation),
  ]);
  return { ...toView(ctx, operation, { projectRef, steps, lastSeq: last?.seq ?? 0, newest }), summary };
}

/** The operation and its entry are written in one transaction: looking around that moment spares a walk through the whole log. */
const auditedWithinMs = 60_000;

/** What was asked for, for those to whom the activity page shows it. */
async function summaryOf(ctx: VerbContext, { id, kind, createdAt }: OperationRecord): Promise<string | null> {
  const createdMs = createdAt.getTime();
  const entry = await ctx.store.db.auditEntry.findFirst({
    where: { operationId: id, action: kind, at: { gte: new Date(createdMs - auditedWithinMs), lte: new Date(createdMs + auditedWithinMs) } },
    select: { summary: true, projectId: true },
  });
  if (entry === null || entry.projectId !== null) return entry?.summary ?? null;
  return authorizeInstallation(ctx, "installation.audit").then(() => entry.summary, () => null);
}

const listInput = z.object({
  cursor: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).optional(),
  projectRef: z.string().max(40).optional(),
  isOpen: z.boolean().optional(),
});

/** Operations that the actor may see, newest first. */
export async function listOperations(ctx: VerbContext, input: z.input<typeof listInput> = {}): Promise<{ items: OperationView[]; nextCursor: string | null }> {
  const { cursor, limit = 50, projectRef, isOpen } = parseInput(listInput, input);
  const { db } = ctx.store;
  const visible = visibleProjectIds(ctx.actor);
  const project = projectRef === undefined ? null : await db.project.findUnique({ where: { ref: projectRef }, select: { id: true } });
  if (projectRef !== undefined && project === null) return { items: [], nextCursor: null };
  const before = cursor === undefined ? null : await db.operation.findUnique({ where: { id: cursor }, select: { createdAt: true } });
  const rows = await db.operation.findMany({
    where: {
      AND: [
        visible === null ? {} : { projectId: { in: visible } },
        project === null ? {} : { projectId: project.id },
        isOpen === true ? { status: { in: ["queued", "running", "compensating", "waiting"] } } : {},
        before === null ? {} : { OR: [{ createdAt: { lt: before.createdAt } }, { createdAt: before.createdAt, id: { lt: cursor } }] },
      ],
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit + 1,
    include: { steps: { orderBy: { ordinal: "asc" } } },
  });
  const page = rows.slice(0, limit);
  const projectIds = page.flatMap((row) => (row.projectId === null ? [] : [row.projectId]));
  const [refs, newest] = await Promise.all([refsOf(ctx, projectIds), newestWork(ctx, projectIds)]);
  const items = page.map((row) => toView(ctx, row, { projectRef: row.projectId === null ? null : (refs.get(row.projectId) ?? null), steps: row.steps, lastSeq: 0, newest }));
  return { items, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

async function refsOf(ctx: VerbContext, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await ctx.store.db.project.findMany({ where: { id: { in: [...new Set(ids)] } }, select: { id: true, ref: true } });
  return new Map(rows.map((row) => [row.id, row.ref]));
}

/** When the last work that changes each project was asked for: only that can be tried again. */
async function newestWork(ctx: VerbContext, ids: readonly string[]): Promise<Map<string | null, Date | null>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.store.db.operation.groupBy({ by: ["projectId"], where: { projectId: { in: [...new Set(ids)] }, kind: { notIn: readOnlyKinds } }, _max: { createdAt: true } });
  return new Map(rows.map((row) => [row.projectId, row._max.createdAt]));
}

function toView(ctx: VerbContext, operation: OperationRecord, more: { projectRef: string | null; steps: StepRecord[]; lastSeq: number; newest: ReadonlyMap<string | null, Date | null> }): OperationView {
  const failure = operation.errorJson === null ? null : failureSchema.parse(JSON.parse(operation.errorJson));
  const isOpen = ["queued", "running", "waiting"].includes(operation.status);
  const newestAt = more.newest.get(operation.projectId) ?? null;
  const isNewest = newestAt === null || operation.createdAt >= newestAt;
  const mayAct = operation.projectId !== null && may(ctx.actor, "operation.cancel", operation.projectId) !== "no";
  return {
    id: operation.id,
    kind: operation.kind,
    title: operationTitle(operation.kind),
    projectId: operation.projectId,
    projectRef: more.projectRef,
    status: operation.status as OperationView["status"],
    actorName: actorSchema.parse(JSON.parse(operation.actorJson)).name,
    createdAt: operation.createdAt.toISOString(),
    startedAt: operation.startedAt?.toISOString() ?? null,
    finishedAt: operation.finishedAt?.toISOString() ?? null,
    isCancellable: mayAct && isOpen && operation.pointOfNoReturnAt === null && operation.cancelRequestedAt === null,
    isRetryable: mayAct && operation.status === "failed" && more.projectRef !== null && isNewest && (failure?.isRetryable ?? true),
    isPastPointOfNoReturn: operation.pointOfNoReturnAt !== null,
    steps: more.steps.map(toStepView),
    failure: failure === null ? null : { sentence: failure.sentence, service: failure.service, evidence: failure.evidence },
    lastSeq: more.lastSeq,
  };
}

function toStepView(step: StepRecord): OperationView["steps"][number] {
  const ended: unknown = step.errorJson === null ? null : JSON.parse(step.errorJson);
  return {
    key: step.key,
    title: step.title,
    status: step.status === "failed" && cancelSchema.safeParse(ended).success ? "cancelled" : step.status,
    startedAt: step.startedAt?.toISOString() ?? null,
    finishedAt: step.finishedAt?.toISOString() ?? null,
    note: ended === null ? null : failureSchema.parse(ended).sentence,
  };
}
