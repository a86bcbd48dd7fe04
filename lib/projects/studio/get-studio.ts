import { authorize, may } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { openStatuses } from "@/lib/operations/machine";
import type { OperationKind } from "@/lib/operations/types";
import { defaultStudioSettings } from "@/lib/stack/settings";
import { readEdgeSetting } from "../edge/edge-setting";
import { loadGatewaySettings } from "../gateway/load-gateway-settings";
import { projectInput } from "../inputs";
import { parseSettings } from "../settings-schema";
import { studioAddresses } from "./studio-addresses";
import { listStudioSessions } from "./studio-sessions";
import type { StudioView } from "./studio-views";
import { whyClosed } from "./why-closed";

const kinds: OperationKind[] = ["studio.users", "studio.settings"];

/** Studio of a project as its page shows it: where it answers, who is in, who may sign in at it. No password is opened. */
export async function getStudio(ctx: VerbContext, input: { ref: string }): Promise<StudioView> {
  const { ref } = parseInput(projectInput, input);
  const { id } = await authorize(ctx, "studio.see", ref);
  const { db } = ctx.store;
  const row = await db.project.findUniqueOrThrow({ where: { id }, include: { ports: true, domains: true } });
  const settings = parseSettings(row.settingsJson);
  const [gateway, { httpsPort }, users, sessions, open] = await Promise.all([
    loadGatewaySettings(db, id, row.gatewayRevision),
    readEdgeSetting(db),
    db.dashboardUser.findMany({ where: { projectId: id }, select: { username: true, createdAt: true, updatedAt: true }, orderBy: { username: "asc" } }),
    listStudioSessions(ctx, id),
    db.operation.findFirst({ where: { projectId: id, kind: { in: kinds }, status: { in: [...openStatuses] } }, select: { id: true } }),
  ]);
  const isBehindEdge = row.ports.some(({ purpose }) => purpose === "gateway-inner");
  const addresses = studioAddresses(row, settings, { gateway, httpsPort });
  return {
    ref, displayName: settings.displayName, state: row.state,
    hasStudio: settings.services.includes("studio"),
    isBehindEdge,
    whyClosed: whyClosed({ ref, services: settings.services, isBehindEdge, addresses })?.sentence ?? null,
    addresses, sessions,
    users: users.map(({ username, createdAt, updatedAt }) => ({ username, createdAt: createdAt.toISOString(), changedAt: updatedAt.toISOString() })),
    settings: settings.studio ?? defaultStudioSettings,
    routeNetworks: gateway.builtInOverrides["dashboard"]?.ipAllow ?? null,
    openOperationId: open?.id ?? null,
    mayOpen: may(ctx.actor, "project.studio", id) !== "no",
    mayChange: may(ctx.actor, "studio.change", id) !== "no",
    mayChangeUsers: may(ctx.actor, "studio.users", id) !== "no",
    mayReveal: may(ctx.actor, "secret.reveal", id) !== "no",
  };
}
