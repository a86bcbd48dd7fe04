import { toActorRef } from "@/lib/access/actor-ref";
import { authorize, may } from "@/lib/access/authorize";
import { ConflictError, ForbiddenError, NotFoundError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { describeChanges, findWarnings } from "@/lib/gateway/diff";
import { compareGateways } from "@/lib/gateway/equivalence";
import { gatewaySettingsSchema, type GatewaySettings } from "@/lib/gateway/route-model";
import { startOperation, withFreshChoice } from "../start-operation";
import { routeOptionsOf } from "./route-options";
import { gatewaysOf } from "./gateway-choice";
import { applyDraftInput, revisionInput } from "./inputs";
import { loadGatewaySettings } from "./load-gateway-settings";
import { draftChanged, requireNearEnd, requireOwnerForNetworks, sameSettings, writeDraft } from "./save-draft";
import { toConfirm } from "./to-confirm";

/**
 * Makes the draft that was seen the next revision and has the worker validate it, put it in force and prove it. Warnings that the
 * person has not confirmed stop it once. A revision that fails leaves the last good one in force.
 */
export async function applyGatewayDraft(ctx: VerbContext, input: { ref: string; version: string; acknowledged?: string[] }): Promise<{ operationId: string; number: number }> {
  const { ref, version, acknowledged } = parseInput(applyDraftInput, input);
  const project = await authorize(ctx, "gateway.edit", ref);
  return withFreshChoice(ctx, async (tx) => {
    const row = await tx.project.findUniqueOrThrow({ where: { id: project.id } });
    if (row.state !== "ready") throw new ConflictError("wrong-state", `The routes of ${ref} cannot be applied while it is ${row.state}. The draft stays.`);
    const draft = await tx.gatewayDraft.findUnique({ where: { projectId: row.id } });
    if (draft === null) throw new ConflictError("no-draft", "There is no draft to apply.");
    if (draft.version !== version) throw draftChanged(draft.version);
    const settings = gatewaySettingsSchema.parse(JSON.parse(draft.settingsJson));
    const inForce = await loadGatewaySettings(tx, row.id, row.gatewayRevision);
    requireOwnerForNetworks(ctx, row.id, inForce, settings);
    requireNearEnd(ctx.now(), inForce, settings);
    const options = routeOptionsOf(row);
    requireAcknowledged(settings, inForce, options, new Set(acknowledged));
    requireExpressible(ctx, row, { settings, inForce, options });
    const number = (await newestNumber(tx, row.id)) + 1;
    const changes = describeChanges(inForce, settings, options);
    const started = await startOperation(tx, ctx, {
      kind: "gateway.apply", project: row, input: { projectId: row.id, number, previous: row.gatewayRevision },
      summary: `Apply gateway revision ${number} to ${ref}: ${changes.map(({ sentence }) => sentence).join("; ")}`, detail: { number },
    });
    await tx.gatewayRevision.create({
      data: {
        id: ctx.newId(), projectId: row.id, number, state: "applying", settingsJson: draft.settingsJson, summaryJson: JSON.stringify(changes.map(({ sentence }) => sentence)),
        cause: draft.cause, authorJson: JSON.stringify(toActorRef(ctx.actor)), operationId: started.operationId, createdAt: ctx.now(),
      },
    });
    await tx.gatewayDraft.delete({ where: { projectId: row.id } });
    return { operationId: started.operationId, number };
  });
}

type Options = ReturnType<typeof routeOptionsOf>;

/** Only what the draft brings is asked about: what is in force was confirmed when it came. */
function requireAcknowledged(settings: GatewaySettings, inForce: GatewaySettings, options: Options, acknowledged: ReadonlySet<string>): void {
  const known = new Set(findWarnings(inForce, options).map(({ id }) => id));
  const open = findWarnings(settings, options).filter(({ id }) => !known.has(id) && !acknowledged.has(id));
  const [first] = open;
  if (first === undefined) return;
  const more = open.length === 1 ? "" : ` (and ${open.length - 1} more)`;
  const sentences = Object.fromEntries(open.map(({ id, sentence }) => [id, sentence]));
  throw new ConflictError("warnings", `${first.sentence}${more} Confirm it, or change the draft.`, sentences, toConfirm(sentences));
}

type Change = { settings: GatewaySettings; inForce: GatewaySettings; options: Options };

/** Where Kong serves or is kept, it has to understand the routes as well. What is in force already was agreed to when it came. */
function requireExpressible(ctx: VerbContext, row: { id: string; release: string; gatewayKind: string | null; gatewayBesideJson: string | null }, { settings, inForce, options }: Change): void {
  const gateways = gatewaysOf(row);
  if (gateways.serving !== "kong" && gateways.beside?.kind !== "kong") return;
  const wayOut = gateways.serving === "kong" ? "Change that, or switch to Envoy first." : "Kong is kept beside Envoy for the way back: change that, or end Kong first.";
  const { differences, needsOwner } = compareGateways(settings, options, "kong");
  const impossible = differences.find(({ severity }) => severity === "impossible");
  if (impossible !== undefined) throw new ConflictError("not-expressible", `Kong cannot express ${impossible.routeIds.join(", ")}. ${impossible.title}: ${impossible.kong} ${wayOut}`);
  const known = new Set(externalOf(inForce));
  const hasNew = externalOf(settings).some((origin) => !known.has(origin));
  if (needsOwner && hasNew && may(ctx.actor, "gateway.networks", row.id) !== "yes") {
    throw new ForbiddenError(`Kong cannot check where an external upstream leads at the moment it connects, so an owner has to apply this. ${wayOut}`);
  }
}

const externalOf = ({ ownRoutes }: GatewaySettings) => ownRoutes.flatMap(({ upstream }) => (upstream.kind === "external" ? [upstream.origin] : []));

async function newestNumber(tx: Db, projectId: string): Promise<number> {
  const newest = await tx.gatewayRevision.findFirst({ where: { projectId }, orderBy: { number: "desc" }, select: { number: true } });
  return newest?.number ?? 0;
}

/** Brings the settings of an earlier revision (0: the release's own routes) back as a draft, to be looked at and applied like any other. */
export async function restoreGatewayRevision(ctx: VerbContext, input: { ref: string; number: number }): Promise<{ version: string }> {
  const { ref, number } = parseInput(revisionInput, input);
  const project = await authorize(ctx, "gateway.edit", ref);
  return ctx.store.transaction(async (tx) => {
    const row = await tx.project.findUniqueOrThrow({ where: { id: project.id } });
    if ((await tx.gatewayDraft.count({ where: { projectId: row.id } })) > 0) throw new ConflictError("draft-there", "There is a draft already. Apply or discard it first.");
    if (number > 0 && (await tx.gatewayRevision.count({ where: { projectId: row.id, number } })) === 0) throw new NotFoundError(`${ref} has no gateway revision ${number}.`);
    const settings = withoutEndedMcp(await loadGatewaySettings(tx, row.id, number === 0 ? null : number), ctx.now());
    const inForce = await loadGatewaySettings(tx, row.id, row.gatewayRevision);
    if (sameSettings(settings, inForce)) throw new ConflictError("same-settings", "These routes are in force already.");
    requireOwnerForNetworks(ctx, row.id, inForce, settings);
    return { version: await writeDraft(tx, ctx, row, { settings, cause: `Restores revision ${number}` }) };
  });
}

/** An opening that was for a time is not opened again by going back to it. */
function withoutEndedMcp(settings: GatewaySettings, now: Date): GatewaySettings {
  return settings.mcp.isOpen && Date.parse(settings.mcp.expiresAt) <= now.getTime() ? { ...settings, mcp: { isOpen: false } } : settings;
}
