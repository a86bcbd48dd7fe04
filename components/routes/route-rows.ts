import type { GatewayChange } from "@/lib/gateway/diff";
import type { OverrideField } from "@/lib/gateway/overrides";
import { effectiveRoutes, openMcpRouteId, toGatewayRoute } from "@/lib/gateway/precedence";
import type { GatewaySettings, OwnRoute } from "@/lib/gateway/route-model";
import type { GatewayOptions, GatewayRoute } from "@/lib/gateway/routes";

/** One line of the table of routes: what the gateway compares with requests at this place, and what of it a person may change. */
export type RouteRow = {
  id: string;
  /** What the operator called it; null for a built-in route. */
  name: string | null;
  route: GatewayRoute;
  isEnabled: boolean;
  /** Fields of a built-in route that may be changed; empty for own routes, where all may. */
  permitted: readonly OverrideField[];
  overridden: readonly OverrideField[];
  isMcp: boolean;
};

type Permitted = (id: string) => readonly OverrideField[];

/** Every route in order of precedence, those that are switched off at the place they would have. */
export function routeRows(settings: GatewaySettings, options: GatewayOptions, permitted: Permitted): RouteRow[] {
  const builtIns = effectiveRoutes({ ...settings, ownRoutes: [] }, options).map((route) => toBuiltInRow(route, settings, permitted));
  const own = (side: OwnRoute["position"]["side"]) => orderedOwn(settings.ownRoutes, side).map((route) => toOwnRow(route, options));
  return [...own("above"), ...builtIns.slice(0, -1), ...own("below"), ...builtIns.slice(-1)];
}

/** Own routes of one side in their order of precedence. */
export function orderedOwn(routes: readonly OwnRoute[], side: OwnRoute["position"]["side"]): OwnRoute[] {
  return routes.filter((route) => route.position.side === side).sort((one, other) => one.position.order - other.position.order || (one.id < other.id ? -1 : 1));
}

function toOwnRow(own: OwnRoute, options: GatewayOptions): RouteRow {
  return { id: own.id, name: own.name, route: toGatewayRoute(own, options), isEnabled: own.isEnabled, permitted: [], overridden: [], isMcp: false };
}

function toBuiltInRow(route: GatewayRoute, { builtInOverrides }: GatewaySettings, permitted: Permitted): RouteRow {
  const isMcp = route.id === openMcpRouteId || route.id === "mcp-denied";
  const override = builtInOverrides[route.id] ?? {};
  return { id: route.id, name: null, route, isEnabled: true, permitted: permitted(route.id), overridden: permitted(route.id).filter((field) => override[field] !== undefined), isMcp };
}

/** Whether an own route is the first or the last of its side. */
export function neighboursOf(row: RouteRow, rows: readonly RouteRow[]): { isFirst: boolean; isLast: boolean } {
  const at = rows.indexOf(row);
  const isOwn = (index: number) => (rows[index]?.name ?? null) !== null;
  return { isFirst: !isOwn(at - 1), isLast: !isOwn(at + 1) };
}

/** What a draft does to each route, by the id that the row has. */
export function marksOf(changes: readonly GatewayChange[]): Record<string, "added" | "changed"> {
  const marks: Record<string, "added" | "changed"> = {};
  for (const { routeId, kind } of changes) {
    if (routeId === null || kind === "removed") continue;
    marks[routeId] = kind;
    if (routeId === "mcp-denied") marks[openMcpRouteId] = kind;
  }
  return marks;
}
