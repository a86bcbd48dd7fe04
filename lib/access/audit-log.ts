import { z } from "zod";
import { containing } from "@/lib/adapters/store/types";
import { authorizeInstallation } from "./authorize";
import { parseInput } from "./parse-input";
import type { VerbContext } from "./verb-context";

export const auditFilter = z.object({
  cursor: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  projectRef: z.string().max(40).optional(),
  actor: z.string().max(200).optional(),
  action: z.string().max(100).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type AuditFilter = z.input<typeof auditFilter>;

export type AuditItem = {
  id: string; at: string; actorKind: string; actorId: string | null; actorName: string; ip: string | null; action: string; projectRef: string | null; operationId: string | null;
  targetKind: string | null; targetId: string | null; summary: string; detail: Record<string, unknown>;
};

const detailSchema = z.record(z.string(), z.unknown());

/** The audit log of the installation, newest first. */
export async function listAudit(ctx: VerbContext, input: AuditFilter = {}): Promise<{ items: AuditItem[]; nextCursor: string | null }> {
  await authorizeInstallation(ctx, "installation.audit");
  const filter = parseInput(auditFilter, input);
  const limit = filter.limit ?? 100;
  const { db } = ctx.store;
  const last = filter.cursor === undefined ? null : await db.auditEntry.findUnique({ where: { id: filter.cursor }, select: { at: true, id: true } });
  const rows = await db.auditEntry.findMany({
    where: {
      AND: [
        filter.projectRef === undefined ? {} : { projectRef: filter.projectRef },
        filter.actor === undefined ? {} : { actorName: containing(ctx.store, filter.actor) },
        filter.action === undefined ? {} : { action: { startsWith: filter.action } },
        filter.from === undefined ? {} : { at: { gte: new Date(filter.from) } },
        filter.to === undefined ? {} : { at: { lte: new Date(filter.to) } },
        last === null ? {} : { OR: [{ at: { lt: last.at } }, { at: last.at, id: { lt: last.id } }] },
      ],
    },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id, at: row.at.toISOString(), actorKind: row.actorKind, actorId: row.actorId, actorName: row.actorName, ip: row.ip, action: row.action, projectRef: row.projectRef, operationId: row.operationId,
    targetKind: row.targetKind, targetId: row.targetId, summary: row.summary, detail: detailSchema.parse(JSON.parse(row.detailJson)),
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const columns = ["at", "action", "summary", "actorKind", "actorName", "actorId", "ip", "projectRef", "operationId", "targetKind", "targetId", "id"] as const satisfies readonly (keyof AuditItem)[];

/** The log under the same filter as CSV (RFC 4180), in pieces, so that a long one never lies in memory. */
export async function* auditCsv(ctx: VerbContext, input: Omit<AuditFilter, "cursor" | "limit"> = {}): AsyncGenerator<string> {
  yield csvLine(columns);
  let cursor: string | null | undefined;
  do {
    const page = await listAudit(ctx, { ...input, limit: 500, ...(cursor === undefined || cursor === null ? {} : { cursor }) });
    yield page.items.map((item) => csvLine(columns.map((column) => item[column] ?? ""))).join("");
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** A cell that a spreadsheet shows as text: what it would take for a formula gets an apostrophe in front. */
export function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
