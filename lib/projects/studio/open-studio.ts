import type { z } from "zod";
import { audit } from "@/lib/access/audit";
import { authorize, requirePerson } from "@/lib/access/authorize";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import { hashSecretText, randomText } from "@/lib/access/secret-text";
import type { VerbContext } from "@/lib/access/verb-context";
import { readEdgeSetting } from "../edge/edge-setting";
import { loadGatewaySettings } from "../gateway/load-gateway-settings";
import { parseSettings } from "../settings-schema";
import { requireState } from "../start-operation";
import { openStudioInput } from "./inputs";
import { studioAddresses } from "./studio-addresses";
import { redeemWithinMs, ticketParameter } from "./studio-session";
import { whyClosed } from "./why-closed";

/** Tickets are kept for a while after they ended, so that it can be told who was in. */
const keptMs = 7 * 24 * 3_600_000;

/**
 * Makes a link that opens Studio without its password: once, within a minute, for this person.
 * @throws ConflictError `no-studio`, `no-edge` or `no-address` where nothing can be opened by a link.
 */
export async function openStudio(ctx: VerbContext, input: z.input<typeof openStudioInput>): Promise<{ url: string; redeemBy: string }> {
  const { ref, path = "/" } = parseInput(openStudioInput, input);
  const project = await authorize(ctx, "project.studio", ref);
  const person = requirePerson(ctx.actor);
  const { db } = ctx.store;
  const row = await db.project.findUniqueOrThrow({ where: { id: project.id }, include: { ports: true, domains: true } });
  const settings = parseSettings(row.settingsJson);
  const [gateway, { httpsPort }] = await Promise.all([loadGatewaySettings(db, row.id, row.gatewayRevision), readEdgeSetting(db)]);
  const addresses = studioAddresses(row, settings, { gateway, httpsPort });
  const closed = whyClosed({ ref, services: settings.services, isBehindEdge: row.ports.some(({ purpose }) => purpose === "gateway-inner"), addresses });
  const best = addresses.find(({ opensByTicket }) => opensByTicket);
  if (closed !== null || best === undefined) throw new ConflictError(closed?.code ?? "no-address", closed?.sentence ?? `Studio of ${ref} answers at no address that the panel can open.`);
  const token = randomText();
  const now = ctx.now();
  const redeemBy = new Date(now.getTime() + redeemWithinMs);
  await ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready", "failed"], "opened in Studio");
    await tx.studioTicket.deleteMany({ where: { projectId: row.id, createdAt: { lt: new Date(now.getTime() - keptMs) } } });
    await tx.studioTicket.create({ data: { id: ctx.newId(), projectId: row.id, userId: person.userId, sessionId: person.sessionId, tokenHash: await hashSecretText(token), createdAt: now, redeemBy, ip: person.ip } });
    await audit(tx, ctx, { action: "studio.open", project, summary: `Open Studio of ${ref}`, detail: { address: best.url } });
  });
  return { url: `${best.url}${path}${path.includes("?") ? "&" : "?"}${ticketParameter}=${token}`, redeemBy: redeemBy.toISOString() };
}
