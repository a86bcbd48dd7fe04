import { authorize } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { refusedMcpRouteId } from "@/lib/gateway/key-use";
import { openMcpRouteId } from "@/lib/gateway/precedence";
import { projectInput } from "../inputs";
import { sinceHour } from "../keys/key-uses";
import { gatewaysOf } from "./gateway-choice";
import type { McpUsesView } from "./gateway-views";

/** Who used the opened MCP endpoint within the last 7 days, as the gateway's log tells; also after it was closed again. */
export async function getMcpUses(ctx: VerbContext, input: { ref: string }): Promise<McpUsesView> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.see", ref);
  const projectId = project.id;
  const { db } = ctx.store;
  const since = (hours: number, routeId = openMcpRouteId) => ({ projectId, routeId, hour: { gte: sinceHour(ctx.now(), hours) } });
  const count = async (hours: number, routeId: string) => (await db.keyUse.aggregate({ where: since(hours, routeId), _sum: { count: true } }))._sum.count ?? 0;
  const [requestsLastDay, requestsLastWeek, refusedLastDay, refusedLastWeek, groups] = await Promise.all([
    count(24, openMcpRouteId), count(7 * 24, openMcpRouteId), count(24, refusedMcpRouteId), count(7 * 24, refusedMcpRouteId),
    db.keyUse.groupBy({ by: ["network", "userAgent"], where: since(7 * 24), _sum: { count: true }, _max: { lastAt: true }, orderBy: { _max: { lastAt: "desc" } }, take: 50 }),
  ]);
  return {
    isCounted: gatewaysOf(project).serving === "envoy",
    requestsLastDay, requestsLastWeek, refusedLastDay, refusedLastWeek,
    callers: groups.map(({ network, userAgent, _sum, _max }) => ({ network, userAgent, requests: _sum.count ?? 0, lastAt: (_max.lastAt ?? ctx.now()).toISOString() })),
  };
}
