import type { ContractCredential, ContractRequest } from "./contract";
import { judgeCaller, explainMatch, type Caller } from "./explain";
import type { GatewayRequest } from "./match";
import { effectiveRoutes, openMcpRouteId } from "./precedence";
import type { GatewaySettings } from "./route-model";
import { deniedBody, type GatewayOptions, type GatewayRoute, type HttpMethod } from "./routes";

/** Addresses that the prober is seen as from the gateway: it runs on the engine's host, or reaches it through a published port. */
export type ProbeView = { publicUrl: string; nowMs: number };

/** Statuses with which a gateway says by itself that it got nothing from behind. */
const upstreamFailures = [502, 503, 504];
const allStatuses = Array.from({ length: 500 }, (_, index) => index + 100);
const answeredByUpstream = allStatuses.filter((status) => !upstreamFailures.includes(status));

const callerOf: Record<ContractCredential, Caller | null> = { none: "nobody", bogus: null, anon: "anon", publishable: "publishable", secret: "secret", service: "service", dashboard: "dashboard" };

/**
 * The contract under a project's own settings: a request that now goes to an own route is left out (that route is proven by its own
 * requests), one that meets a closed route must be refused, and where a list of addresses stands before a route both answers are right,
 * because the prober need not be on it. With the legacy keys off, every request that carries one must be refused, whatever its route.
 */
export function adaptContract(requests: readonly ContractRequest[], settings: GatewaySettings, options: GatewayOptions & { isLegacyOff?: boolean }): ContractRequest[] {
  const routes = effectiveRoutes(settings, options);
  return requests.flatMap((request) => {
    const explanation = explainMatch(routes, toGatewayRequest(request));
    if (explanation.outcome !== "matched") return [request];
    const { route } = explanation;
    if (route.isOwn === true) return [];
    if (options.isLegacyOff === true && (request.credential === "anon" || request.credential === "service")) return [withKeyOff(request, route)];
    if (settings.builtInOverrides[route.id]?.isClosed === true) return [{ ...request, title: `${request.title} (closed by this project)`, expected: { statuses: request.credential === "none" ? [401, 403] : [403] } }];
    if (route.id === openMcpRouteId) return [withOpenMcp(request, route)];
    if (route.ipAllow !== undefined) return [{ ...request, expected: { statuses: [...new Set([...request.expected.statuses, 403])] } }];
    return [request];
  });
}

/** The prober may be on the list, and Studio then answers as it likes. */
function withOpenMcp(request: ContractRequest, { access }: GatewayRoute): ContractRequest {
  return { ...request, title: "The MCP endpoint is open to the addresses listed and no others", expected: { statuses: access === "service-key" ? [401, 403] : answeredByUpstream } };
}

/** Whether a request takes the dashboard's login: behind the edge it is asked about there, and only the gateway itself tells what it would say. */
export function takesDashboardLogin(request: ContractRequest, settings: GatewaySettings, options: GatewayOptions): boolean {
  const explanation = explainMatch(effectiveRoutes(settings, options), toGatewayRequest(request));
  return explanation.outcome === "matched" && explanation.route.access === "basic-auth";
}

/** Kong answers for a closed route, and for a service that is not there, before it looks for such keys. */
function withKeyOff(request: ContractRequest, { ipAllow, target }: GatewayRoute): ContractRequest {
  const others = [...(ipAllow === undefined ? [] : [403]), ...(target.kind === "answer" ? [target.status] : [])];
  return { ...request, title: `The legacy ${request.credential} key is off: ${request.method} ${request.path}`, expected: { statuses: [...new Set([401, ...others])] } };
}

function toGatewayRequest({ method, path, headers, isWebSocket }: Pick<ContractRequest, "method" | "path" | "headers" | "isWebSocket">): GatewayRequest {
  return { method, target: path, headers: isWebSocket ? { ...headers, upgrade: "websocket", connection: "upgrade" } : headers };
}

/**
 * Requests that prove own routes: for each one that a request can be made up for, one by nobody and one by whoever may pass. A route
 * whose upstream does not answer fails here, which is what takes a change back. A proof changes nothing: through a route that only
 * writes, only what must be refused is sent.
 */
export function routeProbes(settings: GatewaySettings, options: GatewayOptions, view: ProbeView): ContractRequest[] {
  const routes = effectiveRoutes(settings, options);
  return routes.filter(({ isOwn }) => isOwn === true).flatMap((route) => probesOf(route, routes, view));
}

function probesOf(route: GatewayRoute, routes: readonly GatewayRoute[], view: ProbeView): ContractRequest[] {
  const request = sampleRequest(route);
  if (request === null) return [];
  const explanation = explainMatch(routes, request);
  if (explanation.outcome !== "matched" || explanation.route !== route) return [];
  const credentials: ContractCredential[] = ["none", ...credentialsFor(route)];
  const isHarmless = (credential: ContractCredential) => request.method === "GET" || !judge(route, request, credential, view).isAllowed;
  return credentials.filter(isHarmless).map((credential) => toProbe(route, request, credential, view));
}

function judge(route: GatewayRoute, request: GatewayRequest, credential: ContractCredential, { publicUrl, nowMs }: ProbeView) {
  return judgeCaller(route, request, callerOf[credential] ?? "nobody", { publicUrl, nowMs });
}

/** A credential that passes; none where the prober holds nothing that does (a signed-in user's token). */
function credentialsFor({ access }: GatewayRoute): ContractCredential[] {
  if (access === "any-key" || access === "opaque-key") return ["publishable"];
  if (access === "service-key") return ["publishable", "secret"];
  return access === "basic-auth" ? ["dashboard"] : [];
}

function toProbe(route: GatewayRoute, request: Sample, credential: ContractCredential, view: ProbeView): ContractRequest {
  const verdict = judge(route, request, credential, view);
  const refusals = route.ipAllow === undefined ? [] : [403];
  const who = credential === "none" ? "whoever sends no key" : `the ${credential === "dashboard" ? "dashboard's password" : `${credential} key`}`;
  const base = { id: `${route.id}-${credential}`, method: request.method, path: request.target, credential, headers: { ...request.headers }, isWebSocket: false };
  if (!verdict.isAllowed && verdict.status !== null) {
    const hasBody = verdict.status === 403 && route.target.kind === "answer";
    return { ...base, title: `${route.match.path} refuses ${who}`, expected: { statuses: [...new Set([verdict.status, ...refusals])], ...(hasBody ? { bodyIncludes: deniedBody } : {}) } };
  }
  return { ...base, title: `${route.match.path} answers ${who}`, expected: { statuses: answeredByUpstream } };
}

/** A request as it is sent. */
type Sample = { method: HttpMethod; target: string; headers: Record<string, string> };

/** A request that the route takes; null where none can be made up: a regular expression, a header of a form, a method that is not sent. */
function sampleRequest({ match }: GatewayRoute): Sample | null {
  const method = match.methods === undefined || match.methods.includes("GET") ? "GET" : match.methods[0];
  if (method === undefined || match.kind === "regex") return null;
  const headers: Record<string, string> = {};
  for (const condition of match.headers ?? []) {
    if (condition.kind === "regex") return null;
    if (condition.kind !== "absent") headers[condition.name] = condition.kind === "present" ? "basehold" : condition.value;
  }
  return { method, target: match.path, headers };
}
