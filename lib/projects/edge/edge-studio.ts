import type { Db } from "@/lib/adapters/store/types";
import type { EdgePanel, EdgeStudio } from "@/lib/gateway/edge-input";
import { edgeProofHeader } from "@/lib/gateway/edge-panel";
import { apiRoutesOf } from "@/lib/gateway/edge-studio";
import { effectiveRoutes } from "@/lib/gateway/precedence";
import { defaultGatewaySettings, gatewaySettingsSchema, type GatewaySettings } from "@/lib/gateway/route-model";
import { defaultStudioSettings, type ProjectSettings } from "@/lib/stack/settings";
import { routeOptionsOf } from "../gateway/route-options";

/** Path at which the panel answers the edge's question whether a request may go on to Studio. */
const studioQuestionPath = "/api/edge/studio";
/** Header of the panel's answer that holds what the gateway wants in `authorization`. */
export const studioAuthorizationHeader = "x-basehold-studio-authorization";

type Row = { id: string; settingsJson: string; gatewayRevision: number | null };

/**
 * What stands before Studio of a project behind the edge; null where it runs without Studio.
 * `door` null: the edge cannot reach the panel, so the gateway's own password is what opens it.
 */
export function toEdgeStudio(row: Row, settings: ProjectSettings, { gateway, door }: { gateway: GatewaySettings; door: Pick<EdgePanel, "upstream" | "proof"> | null }): EdgeStudio | null {
  if (!settings.services.includes("studio")) return null;
  const { allowedNetworks, isOnApiNames, isOnLocalAddress } = settings.studio ?? defaultStudioSettings;
  const options = routeOptionsOf(row);
  const apiRoutes = apiRoutesOf(effectiveRoutes(defaultGatewaySettings, options));
  const known = new Set(apiRoutes.map((route) => JSON.stringify(route)));
  return {
    apiRoutes,
    ownApiRoutes: apiRoutesOf(effectiveRoutes(gateway, options)).filter((route) => !known.has(JSON.stringify(route))),
    isOnApiNames,
    isOnLocalAddress,
    allowedNetworks,
    forwardAuth: door === null ? null : {
      upstream: door.upstream,
      path: studioQuestionPath,
      headers: { [edgeProofHeader]: door.proof },
      copyHeaders: [{ from: studioAuthorizationHeader, to: "authorization" }],
      letsBasicAuthPass: true,
    },
  };
}

/** The gateway settings that these projects wish for, in one query. One that cannot be read counts as the release's own routes. */
export async function loadWishedGateways(db: Db, rows: readonly Row[]): Promise<(row: Row) => GatewaySettings> {
  const wished = new Map(rows.flatMap(({ id, gatewayRevision }) => (gatewayRevision === null ? [] : [[id, gatewayRevision] as const])));
  // Two lists and not a pair for each project: SQLite refuses an expression of a thousand alternatives.
  const where = { projectId: { in: [...wished.keys()] }, number: { in: [...new Set(wished.values())] } };
  const found = wished.size === 0 ? [] : await db.gatewayRevision.findMany({ where, select: { projectId: true, number: true, settingsJson: true } });
  const known = new Map(found.filter(({ projectId, number }) => wished.get(projectId) === number).map(({ projectId, settingsJson }) => [projectId, readGateway(settingsJson)]));
  return ({ id }) => known.get(id) ?? defaultGatewaySettings;
}

function readGateway(json: string): GatewaySettings {
  const parsed = gatewaySettingsSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : defaultGatewaySettings;
}
