import { z } from "zod";
import { toActorRef } from "@/lib/access/actor-ref";
import { audit } from "@/lib/access/audit";
import { authorize, may } from "@/lib/access/authorize";
import { ConflictError, ForbiddenError, InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { findHeaderProblems } from "@/lib/gateway/header-rules";
import { gatewaySettingsSchema, mcpDaysMax, type GatewaySettings } from "@/lib/gateway/route-model";
import { draftInput, draftVersionInput } from "./inputs";
import { loadGatewaySettings } from "./load-gateway-settings";

/** The draft that was seen is not the draft that is there: somebody else has saved or discarded it in between. */
export function draftChanged(version: string | null): ConflictError {
  return new ConflictError("draft-changed", "Somebody else changed this draft in the meantime. Look at their change, then add yours or discard it.", { version: version ?? "" });
}

type Row = { id: string; ref: string; gatewayRevision: number | null };

/**
 * Keeps a draft of a project's gateway settings; nothing is in force before it is applied. `version` is that of the draft the person
 * saw, null where there was none: a save that has not seen another person's is refused, so nothing is overwritten.
 * A draft that changes nothing is taken away.
 * @returns the draft's new version; null when there is none any more.
 */
export async function saveGatewayDraft(ctx: VerbContext, input: { ref: string; settings: unknown; version: string | null }): Promise<{ version: string | null }> {
  const { ref, version } = parseInput(draftInput, input);
  const project = await authorize(ctx, "gateway.edit", ref);
  const settings = requireValid(input.settings);
  return ctx.store.transaction(async (tx) => {
    const row: Row = await tx.project.findUniqueOrThrow({ where: { id: project.id }, select: { id: true, ref: true, gatewayRevision: true } });
    const present = await tx.gatewayDraft.findUnique({ where: { projectId: row.id } });
    if ((present?.version ?? null) !== version) throw draftChanged(present?.version ?? null);
    const inForce = await loadGatewaySettings(tx, row.id, row.gatewayRevision);
    requireOwnerForNetworks(ctx, row.id, inForce, settings);
    requireNearEnd(ctx.now(), inForce, settings);
    requireSoundHeaders(inForce, settings);
    if (sameSettings(inForce, settings)) {
      await tx.gatewayDraft.deleteMany({ where: { projectId: row.id } });
      return { version: null };
    }
    return { version: await writeDraft(tx, ctx, row, { settings }) };
  });
}

/** The settings, or an error that names each field which breaks a rule by its place in the input, as `settings.ownRoutes.0.rewrite`. */
export function requireValid(settings: unknown): GatewaySettings {
  return parseInput(z.object({ settings: gatewaySettingsSchema }), { settings }).settings;
}

/** Which private networks external routes may reach is the owner's to say: such a route can talk to whatever listens there. */
export function requireOwnerForNetworks({ actor }: Pick<VerbContext, "actor">, projectId: string, before: GatewaySettings, after: GatewaySettings): void {
  if (JSON.stringify(before.allowedUpstreamNetworks) === JSON.stringify(after.allowedUpstreamNetworks)) return;
  if (may(actor, "gateway.networks", projectId) === "no") throw new ForbiddenError("Only an owner can say which private networks external routes may reach.");
}

/** An opening of MCP, which runs SQL, ends in the future and within a time that somebody still remembers it. One that is in force stays as it is. */
export function requireNearEnd(now: Date, { mcp: before }: GatewaySettings, { mcp: after }: GatewaySettings): void {
  if (!after.isOpen || JSON.stringify(before) === JSON.stringify(after)) return;
  const daysLeft = (Date.parse(after.expiresAt) - now.getTime()) / 86_400_000;
  if (daysLeft <= 0) throw new InvalidError({ "settings.mcp.expiresAt": "MCP: choose a time in the future, at which it closes again." });
  if (daysLeft > mcpDaysMax) throw new InvalidError({ "settings.mcp.expiresAt": `MCP: choose a time within ${String(mcpDaysMax)} days, and open it again when that is over.` });
}

/** Headers that contradict each other are refused where they are new: what is in force with them keeps nobody from changing other routes. */
function requireSoundHeaders({ ownRoutes: before }: GatewaySettings, { ownRoutes: after }: GatewaySettings): void {
  const problems = findHeaderProblems(after, before);
  if (problems.length > 0) throw new InvalidError(Object.fromEntries(problems.map(({ field, message }) => [`settings.${field}`, message])));
}

export function sameSettings(a: GatewaySettings, b: GatewaySettings): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Writes the draft over the one that is there, inside the caller's transaction; the caller has compared versions. */
export async function writeDraft(tx: Db, ctx: VerbContext, row: Row, draft: { settings: GatewaySettings; cause?: string }): Promise<string> {
  const data = {
    settingsJson: JSON.stringify(draft.settings), version: ctx.newId(), basedOn: row.gatewayRevision ?? 0, cause: draft.cause ?? null,
    editorJson: JSON.stringify(toActorRef(ctx.actor)), editedAt: ctx.now(),
  };
  await tx.gatewayDraft.upsert({ where: { projectId: row.id }, create: { projectId: row.id, ...data }, update: data });
  return data.version;
}

/** Throws away the draft that was seen. */
export async function discardGatewayDraft(ctx: VerbContext, input: { ref: string; version: string }): Promise<void> {
  const { ref, version } = parseInput(draftVersionInput, input);
  const project = await authorize(ctx, "gateway.edit", ref);
  await ctx.store.transaction(async (tx) => {
    const gone = await tx.gatewayDraft.deleteMany({ where: { projectId: project.id, version } });
    if (gone.count === 0) {
      const present = await tx.gatewayDraft.findUnique({ where: { projectId: project.id }, select: { version: true } });
      if (present === null) throw new ConflictError("no-draft", "There is no draft to discard.");
      throw draftChanged(present.version);
    }
    await audit(tx, ctx, { action: "gateway.discard-draft", project, summary: `Discard the gateway draft of ${ref}`, detail: { version } });
  });
}
