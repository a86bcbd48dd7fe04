import type { z } from "zod";

import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { deriveState } from "./derive-state";
import { gatewaysOf } from "./gateway/gateway-choice";
import { listProjectsInput } from "./inputs";
import { lastContracts } from "./last-contract";
import { readSettings } from "./settings-schema";
import { parseDrift, parseServices } from "./snapshot";
import type { ProjectListItem, ProjectState, ServiceObservation } from "./views";
import { visibleProjects } from "./visible";
import { whileUnchanged } from "./while-unchanged";

const defaultLimit = 100;
export const openOperationStatuses = ["queued", "running", "compensating", "waiting"];

type ProjectPage = { items: ProjectListItem[]; nextCursor: string | null };

/** Projects that the actor may see, newest names last, one page at a time. `nextCursor` is null on the last page. */
export async function listProjects(ctx: VerbContext, input: z.input<typeof listProjectsInput> = {}): Promise<ProjectPage> {
  const { cursor, limit = defaultLimit, includeDeleted = false } = parseInput(listProjectsInput, input);
  const where = { AND: [visibleProjects(ctx.actor), cursor === undefined ? {} : { ref: { gt: cursor } }, includeDeleted ? {} : { state: { not: "deleted" } }] };
  const nowMs = ctx.now().getTime();
  return whileUnchanged(ctx.store, JSON.stringify(["projects", where, limit]), nowMs, () => loadPage(ctx.store.db, { where, limit, nowMs }));
}

async function loadPage(db: Db, { where, limit, nowMs }: { where: { AND: object[] }; limit: number; nowMs: number }): Promise<ProjectPage> {
  const rows = await db.project.findMany({ where, orderBy: { ref: "asc" }, take: limit + 1, include: { snapshot: true } });
  const page = rows.slice(0, limit);
  const ids = page.map((row) => row.id);
  const [operations, contracts] = await Promise.all([
    db.operation.findMany({ where: { projectId: { in: ids }, status: { in: openOperationStatuses } }, select: { id: true, projectId: true }, orderBy: { createdAt: "asc" } }),
    lastContracts(db, ids),
  ]);
  const openByProject = new Map(operations.map((operation) => [operation.projectId, operation.id]));
  const items = page.map((row) => toListItem(row, { nowMs, operationId: openByProject.get(row.id) ?? null, isContractPassed: contracts.get(row.id) ?? null }));
  return { items, nextCursor: rows.length > limit ? (page.at(-1)?.ref ?? null) : null };
}

export type ListRow = {
  id: string; ref: string; displayName: string; state: string; stateReason: string | null; release: string; settingsJson: string; gatewayKind: string | null; gatewayBesideJson: string | null;
  createdAt: Date; purgeAfter: Date | null;
  snapshot: { takenAt: Date; servicesJson: string; driftJson: string } | null;
};

export const unreadableReason = "Its settings in the panel's store cannot be read. Restore a backup of the panel's store to see and change it again; its containers go on as they were.";

/** A row that something else wrote: marked, since nothing of what is derived from its settings would be true. */
function unreadable(row: ListRow): { state: ProjectState; reason: string } {
  const state = row.state as ProjectState;
  return { state: state === "ready" ? "unknown" : state, reason: unreadableReason };
}

/** One row of the projects table. */
export function toListItem(row: ListRow, seen: { nowMs: number; operationId: string | null; isContractPassed: boolean | null }): ProjectListItem {
  const services = row.snapshot === null ? [] : parseServices(row.snapshot.servicesJson);
  const settings = readSettings(row.settingsJson);
  const gateways = gatewaysOf(row);
  const derived = settings === null ? unreadable(row) : deriveState(row, row.snapshot === null ? null : { takenAtMs: row.snapshot.takenAt.getTime(), services }, {
    nowMs: seen.nowMs,
    isContractPassed: seen.isContractPassed,
    hasOpenOperation: seen.operationId !== null,
  });
  return {
    id: row.id,
    ref: row.ref,
    displayName: row.displayName,
    state: derived.state,
    stateReason: derived.reason,
    release: row.release,
    gateway: gateways.serving,
    apiUrl: settings?.publicUrl ?? "",
    memoryBytes: memoryOf(services),
    servicesHealthy: services.filter((service) => service.state === "healthy").length,
    servicesTotal: settings === null ? services.length : settings.services.length + (gateways.beside === null ? 0 : 1),
    hasDrift: row.snapshot !== null && parseDrift(row.snapshot.driftJson).length > 0,
    hasStandIns: services.some((service) => service.standIn !== null),
    runningOperationId: seen.operationId,
    observedAt: row.snapshot?.takenAt.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    purgeAfter: row.purgeAfter?.toISOString() ?? null,
  };
}

/** Memory of all services that run; null while one of them was not measured yet, because a part would pass for the whole. */
function memoryOf(services: readonly Pick<ServiceObservation, "state" | "memoryBytes">[]): number | null {
  const running = services.filter((service) => service.state !== "stopped" && service.state !== "missing");
  const known = running.flatMap((service) => (service.memoryBytes === null ? [] : [service.memoryBytes]));
  return running.length === 0 || known.length < running.length ? null : known.reduce((sum, value) => sum + value, 0);
}
