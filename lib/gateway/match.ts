import type { GatewayRoute, RouteMatch } from "./routes";

/** Whether a normalised path, without its query, is matched. */
export function matchesPath(match: RouteMatch, path: string): boolean {
  return match.kind === "exact" ? path === match.path : path.startsWith(match.path);
}

/** The first route that matches the request target; the query never counts. */
export function matchRoute(routes: readonly GatewayRoute[], requestTarget: string): GatewayRoute | undefined {
  const path = requestTarget.split("?", 1)[0] ?? "";
  return routes.find((route) => matchesPath(route.match, path));
}

/** Routes that can never be reached because an earlier one matches everything they match. */
export function findShadowedRoutes(routes: readonly GatewayRoute[]): { route: GatewayRoute; by: GatewayRoute }[] {
  return routes.flatMap((route, index) => {
    const by = routes.slice(0, index).find((earlier) => covers(earlier.match, route.match));
    return by === undefined ? [] : [{ route, by }];
  });
}

function covers(earlier: RouteMatch, later: RouteMatch): boolean {
  if (earlier.kind === "exact") return later.kind === "exact" && later.path === earlier.path;
  return later.path.startsWith(earlier.path);
}
