import { z } from "zod";
import { authorize, may } from "@/lib/access/authorize";
import { ConflictError, ForbiddenError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { compareGateways, type EquivalenceReport } from "@/lib/gateway/equivalence";
import { openStatuses } from "@/lib/operations/machine";
import { gatewayNames, otherGateway } from "@/lib/stack/gateways";
import { projectInput, refSchema } from "../inputs";
import { requireState, startOperation } from "../start-operation";
import { gatewaysOf } from "./gateway-choice";
import type { GatewaySwitchView } from "./gateway-views";
import { loadGatewaySettings } from "./load-gateway-settings";
import { routeOptionsOf } from "./route-options";
import { toConfirm } from "./to-confirm";

export const switchInput = z.object({
  ref: refSchema,
  to: z.enum(["envoy", "kong"]),
  /** Ids of the differences that the person has read and confirmed. */
  acknowledged: z.array(z.string().max(300)).max(2_000).default([]),
});

/** How long the gateway that served before stays: for Switch back, and for the sockets that are open on it. */
export const keptHours = 24;
const switchKinds = ["gateway.switch", "gateway.end-beside"];

/** The other gateway of a project, how far it means the same, and what a switch to it does. */
export async function previewGatewaySwitch(ctx: VerbContext, input: { ref: string }): Promise<GatewaySwitchView> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.see", ref);
  const { db } = ctx.store;
  const row = await db.project.findUniqueOrThrow({ where: { id: project.id }, include: { ports: true } });
  const gateways = gatewaysOf(row);
  const to = otherGateway(gateways.serving);
  const [settings, open] = await Promise.all([
    loadGatewaySettings(db, row.id, row.gatewayRevision),
    db.operation.findFirst({ where: { projectId: row.id, status: { in: [...openStatuses] } }, select: { id: true, kind: true } }),
  ]);
  const report = compareGateways(settings, routeOptionsOf(row), to);
  const isOwner = may(ctx.actor, "gateway.networks", row.id) === "yes";
  return {
    ref, ...gateways, to, report, keptHours,
    keepsSockets: row.ports.some(({ purpose }) => purpose === "gateway-inner"),
    openOperationId: open !== null && switchKinds.includes(open.kind) ? open.id : null,
    whyNot: whyNot({ state: row.state, isBusy: open !== null, report, isOwner }),
    maySwitch: may(ctx.actor, "project.edit", row.id) === "yes",
  };
}

function whyNot({ state, isBusy, report, isOwner }: { state: string; isBusy: boolean; report: EquivalenceReport; isOwner: boolean }): string | null {
  if (report.severity === "impossible") return `${gatewayNames[report.towards]} cannot express every route. Change those named below first.`;
  if (report.needsOwner && !isOwner) return `${gatewayNames[report.towards]} cannot check where external upstreams lead at the moment it connects. An owner has to switch.`;
  if (state !== "ready") return `The gateway can be switched while the project is ready; it is ${state}.`;
  return isBusy ? "Another operation runs on this project. Switch when it has ended." : null;
}

/**
 * Switches a project to the other gateway, proven beside the present one before any traffic moves.
 * @throws ConflictError `not-equivalent` for a route that the other gateway cannot express, `differences`, once, for what it does otherwise.
 */
export async function switchGateway(ctx: VerbContext, input: z.input<typeof switchInput>): Promise<{ operationId: string }> {
  const { ref, to, acknowledged } = parseInput(switchInput, input);
  const project = await authorize(ctx, "project.edit", ref);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready"], "given another gateway");
    const row = await tx.project.findUniqueOrThrow({ where: { id: project.id } });
    const { serving, beside } = gatewaysOf(row);
    if (serving === to) throw new ConflictError("same-gateway", `${gatewayNames[to]} serves ${ref} already.`);
    const report = compareGateways(await loadGatewaySettings(tx, row.id, row.gatewayRevision), routeOptionsOf(row), to);
    const isBack = beside?.state === "kept";
    requireAgreement(ctx, row.id, { report, isBack, acknowledged: new Set(acknowledged) });
    return startOperation(tx, ctx, {
      kind: "gateway.switch", project: row, summary: `Switch the gateway of ${ref} ${isBack ? "back " : ""}to ${gatewayNames[to]}`, detail: { to, acknowledged },
      input: { projectId: row.id, to, before: { serving, beside: beside === null ? null : { state: beside.state, until: beside.until } } },
    });
  });
}

type Agreement = { report: EquivalenceReport; /** To the gateway that was kept: what it does is known. */ isBack: boolean; acknowledged: ReadonlySet<string> };

function requireAgreement(ctx: VerbContext, projectId: string, { report, isBack, acknowledged }: Agreement): void {
  const named = (severity: string) => report.differences.filter((difference) => difference.severity === severity);
  const [impossible] = named("impossible");
  if (impossible !== undefined) {
    throw new ConflictError("not-equivalent", `${gatewayNames[report.towards]} cannot express ${impossible.routeIds.join(", ")} (${impossible.title}). ${impossible.wayOut ?? "Change that first."}`);
  }
  if (report.needsOwner && may(ctx.actor, "gateway.networks", projectId) !== "yes") throw new ForbiddenError(`${gatewayNames[report.towards]} cannot check where external upstreams lead at the moment it connects, so an owner has to switch.`);
  const open = isBack ? [] : named("differs").filter(({ id }) => !acknowledged.has(id));
  const [first] = open;
  if (first === undefined) return;
  const more = open.length === 1 ? "" : ` (and ${open.length - 1} more)`;
  const titles = Object.fromEntries(open.map(({ id, title }) => [id, title]));
  throw new ConflictError("differences", `${first.title}: ${report.towards === "kong" ? first.kong : first.envoy}${more} Confirm what is done otherwise, or stay.`, titles, toConfirm(titles));
}

/** Ends the gateway that was kept after a switch, before its time. */
export async function endGatewayBeside(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.edit", ref);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready"], "given another gateway");
    const { beside } = gatewaysOf(await tx.project.findUniqueOrThrow({ where: { id: project.id } }));
    if (beside === null) throw new ConflictError("nothing-kept", `No other gateway is kept for ${ref}.`);
    return startOperation(tx, ctx, { kind: "gateway.end-beside", project, input: { projectId: project.id }, summary: `End the gateway ${gatewayNames[beside.kind]} that was kept for ${ref}` });
  });
}
