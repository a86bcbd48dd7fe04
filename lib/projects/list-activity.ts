import { authorizeInstallation } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { containing } from "@/lib/adapters/store/types";
import { activityFilter, type ActivityFilter } from "./inputs";
import type { ActivityItem, OperationView } from "./views";
import { visibleProjectIds } from "./visible";

/**
 * Audited acts and operations, newest first: those of the projects that the actor sees, and for owners those of the whole
 * installation as well.
 */
export async function listActivity(ctx: VerbContext, input: ActivityFilter = {}): Promise<{ items: ActivityItem[]; nextCursor: string | null }> {
  const filter = parseInput(activityFilter, input);
  const { db } = ctx.store;
  const limit = filter.limit ?? 50;
  const mayAudit = await authorizeInstallation(ctx, "installation.audit").then(() => true, () => false);
  const visible = visibleProjectIds(ctx.actor);
  const before = filter.cursor === undefined ? null : await db.auditEntry.findUnique({ where: { id: filter.cursor }, select: { at: true } });
  const rows = await db.auditEntry.findMany({
    where: {
      AND: [
        mayAudit ? {} : { projectId: visible === null ? { not: null } : { in: visible } },
        filter.projectRef === undefined ? {} : { projectRef: filter.projectRef },
        filter.actor === undefined ? {} : { actorName: containing(ctx.store, filter.actor) },
        filter.action === undefined ? {} : { action: { startsWith: filter.action } },
        filter.from === undefined ? {} : { at: { gte: new Date(filter.from) } },
        filter.to === undefined ? {} : { at: { lte: new Date(filter.to) } },
        before === null ? {} : { OR: [{ at: { lt: before.at } }, { at: before.at, id: { lt: filter.cursor } }] },
      ],
    },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  const operationIds = page.flatMap((row) => (row.operationId === null ? [] : [row.operationId]));
  const operations = await db.operation.findMany({ where: { id: { in: operationIds } }, select: { id: true, status: true } });
  const statuses = new Map(operations.map((operation) => [operation.id, operation.status as OperationView["status"]]));
  return {
    items: page.map((row) => ({
      id: row.id, at: row.at.toISOString(), actorName: row.actorName, actorKind: row.actorKind, action: row.action, summary: row.summary,
      projectRef: row.projectRef, operationId: row.operationId, operationStatus: row.operationId === null ? null : (statuses.get(row.operationId) ?? null), ip: row.ip,
    })),
    nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}
