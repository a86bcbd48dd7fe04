import { fingerprint } from "./htpasswd";
import { consumers, type KongKeys } from "./kong-consumers";
import { hiddenSlashExpression, toExpression } from "./kong-expressions";
import { globalPlugins, replacedPath, routePlugins, terminate, type KongPlugin } from "./kong-plugins";
import { upstreamAddresses, type GatewayRoute, type RouteTarget } from "./routes";

/** The declarative file inside the gateway's container, in a folder that no image has: root owns it, and may exchange files there whatever the image is run as. JSON, which Kong reads as well as YAML and which takes no time to write. */
export const kongFile = "/etc/basehold/kong.json";

export type KongInput = { routes: readonly GatewayRoute[]; keys: KongKeys; /** Base URL of the project as browsers see it. */ publicUrl: string };

export type RenderedKong = {
  /** The declarative document. Kong's `/status` shows the MD5 of what it loaded as `configuration_hash`. */
  config: string;
  /** Tells two documents apart. */
  version: string;
};

/** The declarative document of a project's Kong (format 3.0, router flavour `expressions`). */
export function renderKong(input: KongInput): RenderedKong {
  const config = `${JSON.stringify(kongDocument(input), null, 2)}\n`;
  return { config, version: fingerprint(config) };
}

type KongRoute = { name: string; expression: string; priority: number; strip_path: boolean; preserve_host: boolean; request_buffering: boolean; response_buffering: boolean; plugins: KongPlugin[] };
type KongService = { name: string; protocol: "http" | "https"; host: string; port: number; path: string; connect_timeout: number; read_timeout: number; write_timeout: number; retries: number; tls_verify?: true; tls_verify_depth?: number; routes: KongRoute[] };

function kongDocument({ routes, keys, publicUrl }: KongInput) {
  const rendered = routes.map((route, index) => ({ route, kong: renderRoute(route, routes.length - index, { keys, publicUrl }) }));
  return {
    _format_version: "3.0",
    _transform: true,
    consumers: consumers(keys),
    services: rendered.flatMap(({ route, kong }) => (route.target.kind === "answer" ? [] : [{ ...serviceOf(route, route.target), routes: [kong] }])),
    routes: [refusalOfHiddenSlashes(routes.length + 1), ...rendered.flatMap(({ route, kong }) => (route.target.kind === "answer" ? [kong] : []))],
    plugins: globalPlugins(keys.revoked),
  };
}

/** The table's order becomes Kong's priority: the highest is tried first. */
function renderRoute(route: GatewayRoute, priority: number, shared: Omit<KongInput, "routes">): KongRoute {
  const { target } = route;
  return {
    name: route.id,
    expression: toExpression(route.match),
    priority,
    strip_path: target.kind !== "answer" && target.rewrite !== undefined && replacedPath(route) === undefined,
    preserve_host: target.kind === "service" && target.host === undefined,
    // Bodies travel as they come, as through Envoy: an upload is not written to the gateway's disk first.
    request_buffering: false,
    response_buffering: false,
    plugins: routePlugins(route, shared),
  };
}

/** Name of the route that refuses paths with a hidden slash. */
export const hiddenSlashRouteId = "hidden-slashes";

function refusalOfHiddenSlashes(priority: number): KongRoute {
  const plugins = [terminate(400, "The path holds an escaped slash, or a #.")];
  return { name: hiddenSlashRouteId, expression: hiddenSlashExpression, priority, strip_path: false, preserve_host: false, request_buffering: false, response_buffering: false, plugins };
}

const connectTimeoutMs = 5_000;
const listenerIdleMs = 300_000;
/** Longest that Kong can wait. */
const foreverMs = 2_147_483_646;
const defaultRetries = 2;

/** Kong ends silence, not the whole answer, so the shorter of both times counts between two pieces. */
function silenceMs({ timeoutMs, idleTimeoutMs = listenerIdleMs }: GatewayRoute): number {
  return Math.min(timeoutMs ?? foreverMs, idleTimeoutMs === 0 ? foreverMs : idleTimeoutMs);
}

function serviceOf(route: GatewayRoute, target: Exclude<RouteTarget, { kind: "answer" }>): Omit<KongService, "routes"> {
  const silence = silenceMs(route);
  const path = replacedPath(route) === undefined ? (target.rewrite ?? "/") : "/";
  return { name: route.id, ...addressOf(target), path, connect_timeout: connectTimeoutMs, read_timeout: silence, write_timeout: silence, retries: route.retryAttempts ?? defaultRetries };
}

function addressOf(target: Exclude<RouteTarget, { kind: "answer" }>): Pick<KongService, "protocol" | "host" | "port" | "tls_verify" | "tls_verify_depth"> {
  if (target.kind === "service") return { protocol: "http", ...upstreamAddresses[target.service] };
  const url = new URL(target.origin);
  return { protocol: "https", host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? 443 : Number(url.port), tls_verify: true, tls_verify_depth: 5 };
}
