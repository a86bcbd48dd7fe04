import { z } from "zod";
import { authorize, may } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { describeChanges, findWarnings } from "@/lib/gateway/diff";
import { gatewaySettingsSchema, type GatewaySettings } from "@/lib/gateway/route-model";
import { openStatuses } from "@/lib/operations/machine";
import { projectInput } from "../inputs";
import type { GatewayDraftView, GatewayRevisionState, GatewayRevisionView, GatewayView } from "./gateway-views";
import { loadGatewaySettings } from "./load-gateway-settings";
import { routeOptionsOf } from "./route-options";

const revisionsShown = 50;
const named = z.object({ name: z.string() });
const failure = z.object({ sentence: z.string(), evidence: z.array(z.string()) });

/** The gateway of a project as its routes page shows it: what is in force, the draft against it, and every earlier revision. */
export async function getGateway(ctx: VerbContext, input: { ref: string }): Promise<GatewayView> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.see", ref);
  const { db } = ctx.store;
  const [settings, draft, revisions, open, network, inner] = await Promise.all([
    loadGatewaySettings(db, project.id, project.gatewayRevision),
    db.gatewayDraft.findUnique({ where: { projectId: project.id } }),
    db.gatewayRevision.findMany({ where: { projectId: project.id }, orderBy: { number: "desc" }, take: revisionsShown }),
    db.operation.findFirst({ where: { projectId: project.id, kind: "gateway.apply", status: { in: [...openStatuses] } }, select: { id: true } }),
    db.subnetAllocation.findUnique({ where: { projectId: project.id }, select: { subnet: true } }),
    db.portAllocation.findFirst({ where: { projectId: project.id, purpose: "gateway-inner" }, select: { id: true } }),
  ]);
  const options = routeOptionsOf(project);
  return {
    ref, revision: project.gatewayRevision, settings, options,
    machineAddress: inner !== null ? "127.0.0.1" : network === null ? null : firstAddressOf(network.subnet),
    draft: draft === null ? null : toDraftView(draft, { inForce: settings, revision: project.gatewayRevision, options }),
    revisions: revisions.map(toRevisionView),
    openOperationId: open?.id ?? null,
    mayEdit: may(ctx.actor, "gateway.edit", project.id) === "yes",
    mayOpenNetworks: may(ctx.actor, "gateway.networks", project.id) === "yes",
  };
}

/** Docker gives its bridge the first address of a network. */
function firstAddressOf(subnet: string): string {
  const [first = "", ...rest] = (subnet.split("/")[0] ?? "").split(".").reverse();
  return [String(Number(first) + 1), ...rest].reverse().join(".");
}

type DraftRow = { version: string; settingsJson: string; basedOn: number; cause: string | null; editorJson: string; editedAt: Date };
type Present = { inForce: GatewaySettings; revision: number | null; options: ReturnType<typeof routeOptionsOf> };

function toDraftView(row: DraftRow, { inForce, revision, options }: Present): GatewayDraftView {
  const settings = gatewaySettingsSchema.parse(JSON.parse(row.settingsJson));
  const known = new Set(findWarnings(inForce, options).map(({ id }) => id));
  return {
    version: row.version, settings, cause: row.cause,
    editorName: named.parse(JSON.parse(row.editorJson)).name,
    editedAt: row.editedAt.toISOString(),
    isBehind: row.basedOn !== (revision ?? 0),
    changes: describeChanges(inForce, settings, options),
    warnings: findWarnings(settings, options).filter(({ id }) => !known.has(id)),
  };
}

type RevisionRow = { number: number; state: string; summaryJson: string; cause: string | null; authorJson: string; operationId: string | null; createdAt: Date; appliedAt: Date | null; failureJson: string | null };

function toRevisionView(row: RevisionRow): GatewayRevisionView {
  return {
    number: row.number,
    state: row.state as GatewayRevisionState,
    summary: z.array(z.string()).parse(JSON.parse(row.summaryJson)),
    cause: row.cause,
    authorName: named.parse(JSON.parse(row.authorJson)).name,
    operationId: row.operationId,
    createdAt: row.createdAt.toISOString(),
    appliedAt: row.appliedAt?.toISOString() ?? null,
    failure: row.failureJson === null ? null : failure.parse(JSON.parse(row.failureJson)),
  };
}
