import { isRegexMatch } from "./regex";
import type { GatewayRoute, HeaderMatch, HttpMethod, RouteMatch } from "./routes";

/** A request as a route sees it; header names in lower case, with a list where a header was sent several times. */
export type GatewayRequest = { method: string; /** Path with its query. */ target: string; headers: Readonly<Record<string, string | readonly string[]>> };

/** Every value of a header; none when it was not sent. */
export function valuesOf({ headers }: Pick<GatewayRequest, "headers">, name: string): readonly string[] {
  return Object.hasOwn(headers, name) ? [headers[name] ?? []].flat() : [];
}

/** Whether a normalised path, without its query, is matched. */
export function matchesPath(match: RouteMatch, path: string): boolean {
  if (match.kind === "regex") return isRegexMatch(match.path, path);
  return match.kind === "exact" ? path === match.path : path.startsWith(match.path);
}

/** A browser's question before a call from another origin, which carries neither keys nor the method that it asks for. */
export function isPreflight(request: GatewayRequest): boolean {
  return request.method === "OPTIONS" && valuesOf(request, "origin").length > 0 && valuesOf(request, "access-control-request-method").length > 0;
}

/** Whether a route takes the request's method; a preflight counts as the method that it asks for. */
export function matchesMethod({ methods }: RouteMatch, request: GatewayRequest): boolean {
  if (methods === undefined) return true;
  const isListed = (method: string) => methods.some((listed) => listed === method);
  return isListed(request.method) || (isPreflight(request) && valuesOf(request, "access-control-request-method").some(isListed));
}

/** Whether a condition on a header holds; of a header that was sent several times one value is enough. */
export function matchesHeader(condition: HeaderMatch, request: Pick<GatewayRequest, "headers">): boolean {
  const values = valuesOf(request, condition.name);
  switch (condition.kind) {
    case "present":
      return values.length > 0;
    case "absent":
      return values.length === 0;
    case "exact":
      return values.includes(condition.value);
    case "prefix":
      return values.some((value) => value.startsWith(condition.value));
    case "regex":
      return values.some((value) => isRegexMatch(condition.value, value));
  }
}

/** Whether a route takes a request whose path was normalised. */
export function matchesRequest(match: RouteMatch, path: string, request: GatewayRequest): boolean {
  return matchesPath(match, path) && matchesMethod(match, request) && (match.headers ?? []).every((condition) => matchesHeader(condition, request));
}

/** The first route that takes a GET of this target without headers; its path is taken as normalised, and the query never counts. */
export function matchRoute(routes: readonly GatewayRoute[], requestTarget: string): GatewayRoute | undefined {
  const path = requestTarget.split("?", 1)[0] ?? "";
  return routes.find((route) => matchesRequest(route.match, path, { method: "GET", target: requestTarget, headers: {} }));
}

/** Routes that can never be reached because an earlier one takes everything that they would. */
export function findShadowedRoutes(routes: readonly GatewayRoute[]): { route: GatewayRoute; by: GatewayRoute }[] {
  return routes.flatMap((route, index) => {
    const by = routes.slice(0, index).find((earlier) => covers(earlier.match, route.match));
    return by === undefined ? [] : [{ route, by }];
  });
}

/** Expressions that match every path, as people write them. */
const everyPath = new Set([".*", "/.*", "^.*$", "^/.*$", "^/.*", "(.*)"]);

/** Whether `earlier` takes every request that `later` takes. Of two different expressions it says no: nobody can see that at a glance either. */
export function covers(earlier: RouteMatch, later: RouteMatch): boolean {
  return coversPath(earlier, later) && coversMethods(earlier.methods, later.methods) && (earlier.headers ?? []).every((condition) => (later.headers ?? []).some((other) => isSame(condition, other)));
}

function coversPath(earlier: RouteMatch, later: RouteMatch): boolean {
  if (earlier.kind === "prefix") return earlier.path === "/" || (later.kind !== "regex" && later.path.startsWith(earlier.path));
  if (earlier.kind === "exact") return later.kind === "exact" && later.path === earlier.path;
  if (later.kind === "exact") return isRegexMatch(earlier.path, later.path);
  return everyPath.has(earlier.path) || (later.kind === "regex" && later.path === earlier.path);
}

function coversMethods(earlier: readonly HttpMethod[] | undefined, later: readonly HttpMethod[] | undefined): boolean {
  return earlier === undefined || (later?.every((method) => earlier.includes(method)) ?? false);
}

const isSame = (one: HeaderMatch, other: HeaderMatch) => JSON.stringify(one) === JSON.stringify(other);
