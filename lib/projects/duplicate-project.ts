import { authorize, may } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { defaultGatewaySettings, parseGatewaySettings, type GatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "./create-project";
import { loadGatewaySettings } from "./gateway/load-gateway-settings";
import { sameSettings, writeDraft } from "./gateway/save-draft";
import { duplicateProjectInput, type DuplicateProjectInput } from "./inputs";
import { parseSettings } from "./settings-schema";

type Source = { id: string; ref: string; settingsJson: string; gatewayKind: string | null; gatewayRevision: number | null };

/**
 * Creates a new project with the settings, gateway and edge functions of an existing one; the routes in force come along as a draft.
 * Data, keys, ports, domains and mail password are its own: no row, object or secret is copied.
 */
export async function duplicateProject(ctx: VerbContext, input: DuplicateProjectInput): Promise<{ projectId: string; ref: string; operationId: string }> {
  const parsed = parseInput(duplicateProjectInput, input);
  const source = await authorize(ctx, "project.duplicate", parsed.ref);
  const { release, services, bindAddress, isDirectDatabasePortOpen } = parseSettings(source.settingsJson);
  const wish = { displayName: parsed.displayName, ref: parsed.newRef, release, services, bindAddress, isDirectDatabasePortOpen };
  return createProject(ctx, wish, async (tx, projectId) => {
    await copySettings(tx, source, projectId);
    await copyFunctions(tx, ctx, source, projectId);
    await draftRoutes(tx, ctx, source, projectId);
  });
}

async function copySettings(tx: Db, source: Source, projectId: string): Promise<void> {
  const { siteUrl, redirectUrls } = parseSettings(source.settingsJson);
  const row = await tx.project.findUniqueOrThrow({ where: { id: projectId } });
  const copy = { ...parseSettings(row.settingsJson), siteUrl, redirectUrls };
  await tx.project.update({ where: { id: projectId }, data: { settingsJson: JSON.stringify(copy), gatewayKind: source.gatewayKind } });
}

async function copyFunctions(tx: Db, ctx: VerbContext, source: Source, projectId: string): Promise<void> {
  const functions = await tx.edgeFunction.findMany({ where: { projectId: source.id }, orderBy: [{ name: "asc" }, { version: "desc" }] });
  for (const newest of functions.filter((fn, index) => functions[index - 1]?.name !== fn.name && !fn.isDeleted)) {
    await tx.edgeFunction.create({ data: { ...newest, id: ctx.newId(), projectId, version: 1, createdAt: ctx.now(), deployedAt: null } });
  }
}

/** As a draft: whoever applies it sees what it opens, confirms its warnings, and the gateway's checker has seen it with this project's names. */
async function draftRoutes(tx: Db, ctx: VerbContext, source: Source, projectId: string): Promise<void> {
  const settings = routesFor(ctx, projectId, await loadGatewaySettings(tx, source.id, source.gatewayRevision));
  if (sameSettings(settings, defaultGatewaySettings)) return;
  const { ref } = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { ref: true } });
  await writeDraft(tx, ctx, { id: projectId, ref, gatewayRevision: null }, { settings, cause: `Routes of ${source.ref}` });
}

/** MCP was opened for one project and a while. Networks are an owner's to open: for anybody else, routes that need one stay behind. */
function routesFor({ actor }: VerbContext, projectId: string, inForce: GatewaySettings): GatewaySettings {
  const settings = { ...inForce, mcp: defaultGatewaySettings.mcp };
  if (may(actor, "gateway.networks", projectId) !== "no") return settings;
  const isValidAlone = (route: GatewaySettings["ownRoutes"][number]) => parseGatewaySettings({ ...defaultGatewaySettings, ownRoutes: [route] }).isValid;
  return { ...settings, allowedUpstreamNetworks: [], ownRoutes: settings.ownRoutes.filter(isValidAlone) };
}
