import type { KeyKind } from "./access-log";
import { externalClusterName, type ExternalUpstreams } from "./envoy-clusters";
import { luaFilterName } from "./envoy-lua";
import { anyOriginPolicy, filterNames, routePolicies, upstreamCorsHeaders, type PolicyContext } from "./envoy-policies";
import type { GatewayRoute, HeaderMatch, HeaderValue, RouteMatch, RouteTarget } from "./routes";

/** Keys that the gateway knows of one project, and the internal tokens that opaque keys are exchanged for. */
export type GatewayKeys = {
  /** null: the legacy key is switched off. */
  anon: string | null;
  serviceRole: string | null;
  /** Several are valid together while one replaces another. */
  publishable: string | readonly string[];
  secret: string | readonly string[];
  /**
   * Keys that were switched off although services behind would still verify them: a request that carries one anywhere is refused, on routes
   * for everyone too. By the kind that the log names them by.
   */
  revoked?: Partial<Record<KeyKind, readonly string[]>>;
  anonToken: string;
  serviceRoleToken: string;
  /** htpasswd lines in `{SHA}` form for the dashboard, one per user. */
  dashboardHtpasswd: string;
};

export type RouteConfigurationInput = {
  routes: readonly GatewayRoute[];
  keys: GatewayKeys;
  /** Base URL of the project as browsers see it. */
  publicUrl: string;
  /** `{"keys":[…]}` that verifies signed-in users' tokens; without it routes for them refuse everybody. */
  jwks?: string;
  /** Where external routes lead; without it they answer 503. */
  external?: ExternalUpstreams;
  /** Proxies in front, each of which adds the address it was asked from; 0 when clients connect to the gateway themselves. */
  trustedHops?: number;
};

export const routeConfigurationName = "project";

const typed = (name: string) => `type.googleapis.com/${name}`;

/** The route configuration of a project: all that differs between projects and may change while sockets stay open. */
export function routeConfiguration({ routes, keys, publicUrl }: RouteConfigurationInput) {
  const { dashboardHtpasswd } = keys;
  return {
    "@type": typed("envoy.config.route.v3.RouteConfiguration"),
    name: routeConfigurationName,
    virtual_hosts: [
      {
        name: "project",
        domains: ["*"],
        request_headers_to_add: [addIfAbsent("X-Forwarded-Host", "%REQ(:AUTHORITY)%"), addIfAbsent("X-Forwarded-Port", publicPort(publicUrl))],
        typed_per_filter_config: {
          [filterNames.cors]: anyOriginPolicy,
          [luaFilterName]: { "@type": typed("envoy.extensions.filters.http.lua.v3.LuaPerRoute"), filter_context: keyContext(keys) },
          [filterNames.basicAuth]: { "@type": typed("envoy.config.route.v3.FilterConfig"), disabled: true },
        },
        routes: routes.flatMap((route) => renderRoute(route, { dashboardHtpasswd, publicUrl })),
      },
    ],
  };
}

/** Keys as the Lua filter looks them up: a list per kind. */
function keyContext({ anon, serviceRole, publishable, secret, revoked, anonToken, serviceRoleToken }: GatewayKeys) {
  const list = (keys: string | readonly string[] | null) => [keys ?? []].flat().filter((key) => key !== "");
  return { anon: list(anon), serviceRole: list(serviceRole), publishable: list(publishable), secret: list(secret), ...(revoked === undefined ? {} : { revoked }), anonToken, serviceRoleToken };
}

function addIfAbsent(key: string, value: string) {
  return { header: { key, value }, append_action: "ADD_IF_ABSENT" };
}

/** `%` starts a substitution in Envoy's header values. */
const literal = (value: string) => value.replaceAll("%", "%%");

function overwrite({ name, value }: HeaderValue) {
  return { header: { key: name, value: literal(value) }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

function publicPort(publicUrl: string): string {
  const url = new URL(publicUrl);
  return url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
}

function renderRoute(route: GatewayRoute, context: PolicyContext) {
  const policies = routePolicies(route, context);
  const shared = {
    metadata: { filter_metadata: { [luaFilterName]: luaMetadata(route) } },
    ...renderAction(route),
    request_headers_to_add: [addIfAbsent("X-Forwarded-Prefix", literal(route.forwardedPrefix)), ...(route.requestHeaders ?? []).map(overwrite)],
    ...unlessEmpty("request_headers_to_remove", removedFromRequest(route)),
    ...unlessEmpty("response_headers_to_add", (route.responseHeaders ?? []).map(overwrite)),
    ...unlessEmpty("response_headers_to_remove", [...(typeof route.cors === "object" || route.cors === "project" ? upstreamCorsHeaders : []), ...(route.removeResponseHeaders ?? [])]),
    ...(Object.keys(policies).length === 0 ? {} : { typed_per_filter_config: policies }),
  };
  return renderMatches(route.match).map((match) => ({ name: route.id, match, ...shared }));
}

function unlessEmpty<Name extends string>(name: Name, values: readonly (object | string)[]) {
  return values.length === 0 ? {} : { [name]: values };
}

/** What leaves for an external origin only when it was asked for. */
const credentialHeaders = ["apikey", "authorization", "cookie", "x-api-key", "proxy-authorization"];

function removedFromRequest({ target, removeRequestHeaders = [] }: GatewayRoute): string[] {
  return target.kind === "external" && !target.forwardsCredentials ? [...credentialHeaders, ...removeRequestHeaders.filter((name) => !credentialHeaders.includes(name))] : [...removeRequestHeaders];
}

function luaMetadata({ access, isSocket, target, maxBodyBytes, retryAttempts, closesAtMs }: GatewayRoute) {
  return {
    access,
    socket: isSocket ?? false,
    ...(target.kind === "external" ? { credentials: target.forwardsCredentials ? "keep" : "strip" } : {}),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    ...(retryAttempts === undefined || retryAttempts === 0 ? {} : { retry: true }),
    ...(closesAtMs === undefined ? {} : { closesAt: closesAtMs / 1000 }),
  };
}

/** One match, and where methods are named a second for the preflights that ask for them. */
function renderMatches(match: RouteMatch) {
  const path = match.kind === "exact" ? { path: match.path } : match.kind === "prefix" ? { prefix: match.path } : { safe_regex: { regex: match.path } };
  const headers = (match.headers ?? []).map(renderHeaderMatch);
  if (match.methods === undefined) return [{ ...path, ...unlessEmpty("headers", headers) }];
  const asked = methodMatch(match.methods);
  return [
    { ...path, headers: [{ name: ":method", string_match: asked }, ...headers] },
    { ...path, headers: [{ name: ":method", string_match: { exact: "OPTIONS" } }, { name: "origin", present_match: true }, { name: "access-control-request-method", string_match: asked }, ...headers] },
  ];
}

function methodMatch(methods: readonly string[]) {
  const [only] = methods;
  return methods.length === 1 && only !== undefined ? { exact: only } : { safe_regex: { regex: methods.join("|") } };
}

function renderHeaderMatch(condition: HeaderMatch) {
  const { name } = condition;
  switch (condition.kind) {
    case "present":
      return { name, present_match: true };
    case "absent":
      return { name, present_match: true, invert_match: true };
    case "exact":
      return { name, string_match: { exact: condition.value } };
    case "prefix":
      return { name, string_match: { prefix: condition.value } };
    case "regex":
      return { name, string_match: { safe_regex: { regex: condition.value } } };
  }
}

const seconds = (milliseconds: number) => `${milliseconds / 1000}s`;

/** A connection that was never made is tried again for every method: the request has not left the gateway. The Lua filter adds 502 and 503 for safe ones. */
function retryPolicy(attempts: number) {
  return attempts === 0 ? {} : { retry_policy: { retry_on: "connect-failure", num_retries: attempts, retry_back_off: { base_interval: "0.1s", max_interval: "0.5s" } } };
}

function hostRewrite(target: Exclude<RouteTarget, { kind: "answer" }>) {
  if (target.kind === "external") return { host_rewrite_literal: new URL(target.origin).host };
  return target.host === undefined ? {} : { host_rewrite_literal: target.host };
}

function renderAction({ match, target, timeoutMs, idleTimeoutMs, retryAttempts = 2 }: GatewayRoute) {
  if (target.kind === "answer") return { direct_response: { status: target.status, body: { inline_string: target.body } } };
  return {
    route: {
      cluster: target.kind === "service" ? target.service : externalClusterName(target.origin),
      ...pathRewrite(match, target.rewrite),
      ...hostRewrite(target),
      timeout: seconds(timeoutMs ?? 0),
      ...(idleTimeoutMs === undefined ? {} : { idle_timeout: seconds(idleTimeoutMs) }),
      ...retryPolicy(retryAttempts),
    },
  };
}

/** Of a regular expression the whole path is replaced, as of an exact match. */
function pathRewrite({ kind }: RouteMatch, rewrite: string | undefined) {
  if (rewrite === undefined) return {};
  return kind === "regex" ? { regex_rewrite: { pattern: { regex: "^.*$" }, substitution: rewrite.replaceAll("\\", "\\\\") } } : { prefix_rewrite: rewrite };
}
