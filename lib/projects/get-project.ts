import { z } from "zod";
import { authorize, may } from "@/lib/access/authorize";
import { UnavailableError } from "@/lib/access/errors";
import { permissions, type Permission } from "@/lib/access/permissions";
import type { VerbContext } from "@/lib/access/verb-context";
import type { ProjectPorts, ProjectSettings } from "@/lib/stack/settings";
import { gatewaysOf } from "./gateway/gateway-choice";
import { lastContractRun } from "./last-contract";
import { openOperationStatuses, toListItem, unreadableReason } from "./list-projects";
import { readSettings, toPorts } from "./settings-schema";
import { parseDrift, parseServices } from "./snapshot";
import type { ConnectionView, ContractResultView, ProjectDetail, UnreadableProject } from "./views";

const contractResults: z.ZodType<ContractResultView[]> = z.array(
  z.object({
    id: z.string(), title: z.string(), method: z.string(), path: z.string(), credential: z.string(),
    expected: z.string(), received: z.string(), isPassed: z.boolean(), durationMs: z.number(),
  }),
);

/** The settings of a project cannot be read. Carries what can still be said of it and done with it. */
export class UnreadableProjectError extends UnavailableError {
  constructor(readonly project: UnreadableProject) {
    super(unreadableReason);
  }
}

/**
 * Everything that the pages of one project show, from what was last observed. Never asks Docker.
 * @throws UnreadableProjectError when its settings cannot be read.
 */
export async function getProject(ctx: VerbContext, ref: string): Promise<ProjectDetail> {
  const project = await authorize(ctx, "project.see", ref);
  const { db } = ctx.store;
  const [row, operation, contract] = await Promise.all([
    db.project.findUniqueOrThrow({ where: { id: project.id }, include: { ports: true, snapshot: true } }),
    db.operation.findFirst({ where: { projectId: project.id, status: { in: openOperationStatuses } }, orderBy: { createdAt: "asc" }, select: { id: true } }),
    lastContractRun(db, project.id),
  ]);
  const settings = readSettings(row.settingsJson);
  const item = toListItem(row, { nowMs: ctx.now().getTime(), operationId: operation?.id ?? null, isContractPassed: contract?.isPassed ?? null });
  const services = row.snapshot === null ? [] : parseServices(row.snapshot.servicesJson);
  const held = (Object.keys(permissions) as Permission[]).filter((permission) => may(ctx.actor, permission, project.id) !== "no");
  if (settings === null) {
    const reserved = row.ports.map(({ port }) => port).sort((a, b) => a - b);
    throw new UnreadableProjectError({ ...item, reason: unreadableReason, services: services.map(({ service }) => service), ports: reserved, wasEverReady: row.readyAt !== null, may: held });
  }
  const ports = toPorts(row.ports);
  return {
    ...item,
    services,
    drift: row.snapshot === null ? [] : parseDrift(row.snapshot.driftJson),
    contract: contract === null ? null : { at: contract.at.toISOString(), isPassed: contract.isPassed, results: contractResults.parse(JSON.parse(contract.resultsJson)) },
    connection: toConnection(row.ref, settings, ports),
    isMailConfigured: settings.smtp !== null,
    driftPolicy: row.driftPolicy === "enforce" ? "enforce" : "report",
    wasEverReady: row.readyAt !== null,
    gatewayBeside: gatewaysOf(row).beside,
    settings,
    ports,
    may: held,
  };
}

function toConnection(ref: string, settings: ProjectSettings, ports: ProjectPorts): ConnectionView {
  const host = settings.bindAddress === "0.0.0.0" ? new URL(settings.publicUrl).hostname : settings.bindAddress;
  const hasPooler = settings.services.includes("supavisor");
  const pooled = (port: number) => (hasPooler ? { host, port, user: `postgres.${ref}`, database: "postgres" } : null);
  return {
    apiUrl: settings.publicUrl,
    sessionPooler: pooled(ports.poolerSession),
    transactionPooler: pooled(ports.poolerTransaction),
    direct: ports.database === null ? null : { host, port: ports.database, user: "postgres", database: "postgres" },
  };
}
