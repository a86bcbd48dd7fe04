import type { BuiltInOverride } from "./overrides";
import type { GatewaySettings, McpSettings, OwnAccess, OwnRoute } from "./route-model";
import { builtInRoutes, deniedBody, realtimeHost, withoutService, type GatewayOptions, type GatewayRoute, type RouteAccess, type RouteMatch, type RouteTarget } from "./routes";

/** Id of the MCP route while it is open, so that the access log tells its use apart from refusals. */
export const openMcpRouteId = "mcp-open";

/**
 * Every route of a project's gateway in order; the first that matches wins. Own routes above, then the built-in ones with
 * what was changed on them, then own routes below, and last of all the dashboard, which takes every path that is left.
 */
export function effectiveRoutes(settings: GatewaySettings, options: GatewayOptions): GatewayRoute[] {
  const builtIns = builtInRoutes(options).map((route) => overrideRoute(openMcp(route, settings.mcp, options), settings.builtInOverrides[route.id]));
  return [...ownRoutes(settings, "above", options), ...builtIns.slice(0, -1), ...ownRoutes(settings, "below", options), ...builtIns.slice(-1)];
}

function ownRoutes(settings: GatewaySettings, side: OwnRoute["position"]["side"], options: GatewayOptions): GatewayRoute[] {
  return settings.ownRoutes
    .filter((route) => route.isEnabled && route.position.side === side)
    .sort((one, other) => one.position.order - other.position.order || (one.id < other.id ? -1 : 1))
    .map((route) => toGatewayRoute(route, options));
}

const accessOf: Record<Exclude<OwnAccess, "denied">, RouteAccess> = {
  open: "open",
  "any-key": "any-key",
  "opaque-key": "opaque-key",
  "service-key": "service-key",
  dashboard: "basic-auth",
  "user-jwt": "user-jwt",
};

const closedTarget: RouteTarget = { kind: "answer", status: 403, body: deniedBody };

function toMatch({ path, methods, headers }: OwnRoute["match"]): RouteMatch {
  return { kind: path.kind, path: path.value, ...(methods.length === 0 ? {} : { methods }), ...(headers.length === 0 ? {} : { headers }) };
}

function toTarget({ upstream, access, rewrite }: OwnRoute): RouteTarget {
  if (upstream.kind === "none" || access === "denied") return closedTarget;
  const rewritten = rewrite === null ? {} : { rewrite };
  if (upstream.kind === "external") return { kind: "external", origin: upstream.origin, forwardsCredentials: upstream.forwardsCredentials, ...rewritten };
  return { kind: "service", service: upstream.service, ...rewritten, ...(upstream.service === "realtime" ? { host: realtimeHost } : {}) };
}

/** Of a prefix alone an upstream can be told where it is mounted. */
function mountedAt({ match: { path } }: OwnRoute): string {
  return path.kind === "prefix" ? path.value.replace(/\/$/, "") || "/" : "/";
}

/** One own route as the gateways see it. */
export function toGatewayRoute(own: OwnRoute, { enabledServices }: Pick<GatewayOptions, "enabledServices">): GatewayRoute {
  const target = toTarget(own);
  // The dashboard's password is the gateway's alone, so it is taken off before the request goes on.
  const removed = [...own.requestHeaders.remove, ...(own.access === "dashboard" ? ["authorization"] : [])];
  const route: GatewayRoute = {
    id: own.id,
    isOwn: true,
    match: toMatch(own.match),
    target,
    access: own.access === "denied" ? "open" : accessOf[own.access],
    forwardedPrefix: mountedAt(own),
    retryAttempts: own.retryAttempts,
    ...(own.timeoutMs === null ? {} : { timeoutMs: own.timeoutMs }),
    ...(own.idleTimeoutMs === null ? {} : { idleTimeoutMs: own.idleTimeoutMs }),
    ...(target.kind === "service" && target.service === "realtime" && own.rewrite?.startsWith("/socket/") === true ? { isSocket: true } : {}),
    ...(own.requestHeaders.set.length === 0 ? {} : { requestHeaders: own.requestHeaders.set }),
    ...(removed.length === 0 ? {} : { removeRequestHeaders: removed }),
    ...(own.responseHeaders.set.length === 0 ? {} : { responseHeaders: own.responseHeaders.set }),
    ...(own.responseHeaders.remove.length === 0 ? {} : { removeResponseHeaders: own.responseHeaders.remove }),
    ...(own.cors === null ? {} : { cors: own.cors }),
    ...(own.ipAllow.length === 0 ? {} : { ipAllow: own.ipAllow }),
    ...(own.rateLimit === null ? {} : { rateLimit: own.rateLimit }),
    ...(own.maxBodyBytes === null ? {} : { maxBodyBytes: own.maxBodyBytes }),
  };
  return target.kind === "service" && !enabledServices.includes(target.service) ? withoutService(route, target.service) : route;
}

function overrideRoute(route: GatewayRoute, override: BuiltInOverride | undefined): GatewayRoute {
  if (override === undefined) return route;
  const { isClosed, ...changes } = override;
  if (isClosed === true) return { id: route.id, match: route.match, target: closedTarget, access: "open", forwardedPrefix: route.forwardedPrefix };
  const changed: GatewayRoute = { ...route };
  for (const [field, value] of Object.entries(changes)) {
    if (value !== undefined) Object.assign(changed, { [field]: value ?? undefined });
  }
  return changed;
}

function openMcp(route: GatewayRoute, mcp: McpSettings, { enabledServices }: GatewayOptions): GatewayRoute {
  if (route.id !== "mcp-denied" || !mcp.isOpen) return route;
  const opened: GatewayRoute = {
    id: openMcpRouteId,
    match: route.match,
    target: { kind: "service", service: "studio", rewrite: "/api/mcp" },
    access: mcp.requiresServiceKey ? "service-key" : "bypass",
    forwardedPrefix: route.forwardedPrefix,
    ipAllow: mcp.ipAllow,
    closesAtMs: Date.parse(mcp.expiresAt),
  };
  return enabledServices.includes("studio") ? opened : withoutService(opened, "studio");
}
