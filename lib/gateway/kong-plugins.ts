import { exposedHeaders, opensHeadersWithCredentials } from "./cors-headers";
import { groups } from "./kong-consumers";
import { authorizationTemplate, cleanRequestLua, cleanResponseLua, closingLua, keyTemplate, revokedLua, templateLiteral, uncountedCheckLua, type KeyTranslation } from "./kong-lua";
import { deniedBody, type CorsRule, type GatewayRoute, type RouteTarget } from "./routes";

export type KongPlugin = { name: string; config: Record<string, unknown> };

/** Plugins that a project's Kong loads, and no others. */
export const kongPlugins = [
  "key-auth", "acl", "basic-auth", "jwt", "cors", "ip-restriction", "rate-limiting", "request-size-limiting",
  "request-transformer", "response-transformer", "request-termination", "post-function", "prometheus",
] as const;

/** Longest life of a signed-in user's token that upstream's settings allow. API keys are tokens too and live for years: this keeps them out. */
const userTokenLifetimeS = 604_800;

const plainText = "text/plain";

/** In force on every route that has no post-function of its own. Consumers are counted too: each kind of key is one. */
export const globalPlugins = (revoked: readonly string[]): KongPlugin[] => [
  cleaning(refusingKeys(revoked)),
  { name: "prometheus", config: { status_code_metrics: true, latency_metrics: true, bandwidth_metrics: true, upstream_health_metrics: false, per_consumer: true } },
];

/** Routes that check no key pass tokens on to services that verify them by themselves. */
function refusingKeys(revoked: readonly string[]): string[] {
  return revoked.length === 0 ? [] : [revokedLua(revoked)];
}

function cleaning(before: readonly string[]): KongPlugin {
  return { name: "post-function", config: { access: [...before, cleanRequestLua], header_filter: [cleanResponseLua, uncountedCheckLua] } };
}

export function terminate(status: number, body: string): KongPlugin {
  return { name: "request-termination", config: { status_code: status, content_type: plainText, body } };
}

const corsMethods = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
const localOrigins = "^https?://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?$";
/** No page has it. An empty list is every page to Kong. */
const noOrigin = "https://no-origin.invalid";

function corsPlugin(cors: "any" | "project" | CorsRule, publicUrl: string): KongPlugin {
  const shared = { exposed_headers: ["*"], max_age: 3600, credentials: false };
  if (cors === "any") return { name: "cors", config: { origins: ["*"], methods: corsMethods, ...shared } };
  if (cors === "project") return { name: "cors", config: { origins: [literalOrigin(new URL(publicUrl).origin), localOrigins], methods: corsMethods, ...shared } };
  const origins = cors.origins.length === 0 ? [noOrigin] : cors.origins.includes("*") ? ["*"] : cors.origins.map(literalOrigin);
  return {
    name: "cors",
    config: {
      ...shared,
      origins,
      methods: cors.methods.length === 0 ? corsMethods : cors.methods,
      // Without a list Kong repeats what the browser asks for.
      ...(cors.headers.length === 0 || opensHeadersWithCredentials(cors) ? {} : { headers: cors.headers }),
      exposed_headers: exposedHeaders(cors),
      credentials: cors.allowsCredentials,
    },
  };
}

/** Kong takes an origin with any other character for a regular expression. */
function literalOrigin(origin: string): string {
  return /^[A-Za-z0-9.:/-]+$/.test(origin) ? origin : `^${origin.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
}

function accessPlugins({ access }: GatewayRoute): KongPlugin[] {
  const keyed = (...allow: string[]): KongPlugin[] => [
    { name: "key-auth", config: { key_names: ["apikey"], hide_credentials: false } },
    { name: "acl", config: { hide_groups_header: true, allow } },
  ];
  switch (access) {
    case "open":
    case "bypass":
      return [];
    case "any-key":
      return keyed(groups.admin, groups.anon);
    case "opaque-key":
      return keyed(groups.opaque);
    case "service-key":
      return keyed(groups.admin);
    case "user-jwt":
      return [{ name: "jwt", config: { key_claim_name: "kid", header_names: ["authorization"], uri_param_names: [], cookie_names: [], claims_to_verify: ["exp"], maximum_expiration: userTokenLifetimeS } }];
    case "basic-auth":
      return [{ name: "basic-auth", config: { hide_credentials: true } }];
  }
}

function limitPlugins({ ipAllow, rateLimit, maxBodyBytes, access }: GatewayRoute): KongPlugin[] {
  const limitBy = rateLimit?.per === "key" && ["any-key", "opaque-key", "service-key"].includes(access) ? "credential" : "ip";
  return [
    ...(ipAllow === undefined ? [] : [{ name: "ip-restriction", config: { allow: ipAllow, status: 403, message: deniedBody } }]),
    ...(rateLimit === undefined ? [] : [{ name: "rate-limiting", config: { second: rateLimit.burst, ...averageOf(rateLimit), limit_by: limitBy, policy: "local", hide_client_headers: true } }]),
    ...(maxBodyBytes === undefined ? [] : [{ name: "request-size-limiting", config: { allowed_payload_size: maxBodyBytes, size_unit: "bytes", require_content_length: false } }]),
  ];
}

/** Kong counts in windows: a burst may fill one second, the average holds over a minute. */
function averageOf({ requestsPerSecond, burst }: { requestsPerSecond: number; burst: number }) {
  return burst === requestsPerSecond ? {} : { minute: Math.max(requestsPerSecond * 60, burst) };
}

type HeaderLines = { remove: string[]; replace: string[]; add: string[] };

/** Consumer headers tell an origin outside nothing that it may know. */
const consumerHeaders = ["x-consumer-id", "x-consumer-username", "x-credential-identifier", "x-anonymous-consumer"];

function keyLines({ target, access, isSocket }: GatewayRoute, keys: KeyTranslation): HeaderLines {
  const none: HeaderLines = { remove: [], replace: [], add: [] };
  // Internal tokens never leave the project: outside, a key travels as it came or not at all.
  if (target.kind === "external") return { ...none, remove: [...(target.forwardsCredentials ? [] : ["apikey", "authorization", "cookie", "x-api-key"]), ...consumerHeaders] };
  if (access === "bypass" || access === "basic-auth") return none;
  const key = keyTemplate(keys);
  const first = isSocket === true ? `x-api-key:${key}` : `Authorization:${authorizationTemplate(keys)}`;
  return { remove: [], replace: [first, `apikey:${key}`], add: [first, `apikey:${key}`] };
}

/** The path of a request whose whole path is replaced; a prefix is replaced by the service's own path instead. */
export function replacedPath({ match, target }: Pick<GatewayRoute, "match" | "target">): string | undefined {
  return target.kind === "answer" || match.kind === "prefix" ? undefined : target.rewrite;
}

function requestTransformer(route: GatewayRoute, keys: KeyTranslation): KongPlugin[] {
  const key = keyLines(route, keys);
  const set = (route.requestHeaders ?? []).map(({ name, value }) => `${name}:${templateLiteral(value)}`);
  // A header of the route's own goes before the gateway's: Kong adds the first line of a name and skips the second.
  const remove = [...key.remove, ...(route.removeRequestHeaders ?? [])];
  const uri = replacedPath(route);
  const replace = { headers: [...key.replace, ...set], ...(uri === undefined ? {} : { uri: templateLiteral(uri) }), ...(route.isSocket === true ? { querystring: [`apikey:${keyTemplate(keys)}`] } : {}) };
  const config = {
    ...(remove.length === 0 && !stripsQueryKey(route.target) ? {} : { remove: { headers: remove, ...(stripsQueryKey(route.target) ? { querystring: ["apikey"] } : {}) } }),
    ...(replace.headers.length === 0 && uri === undefined ? {} : { replace }),
    ...(set.length + key.add.length === 0 ? {} : { add: { headers: [...set, ...key.add] } }),
  };
  return Object.keys(config).length === 0 ? [] : [{ name: "request-transformer", config }];
}

const stripsQueryKey = (target: RouteTarget) => target.kind === "external" && !target.forwardsCredentials;

function responseTransformer({ responseHeaders = [], removeResponseHeaders = [] }: GatewayRoute): KongPlugin[] {
  const set = responseHeaders.map(({ name, value }) => `${name}:${value}`);
  const config = {
    ...(removeResponseHeaders.length === 0 ? {} : { remove: { headers: removeResponseHeaders } }),
    ...(set.length === 0 ? {} : { replace: { headers: set }, add: { headers: set } }),
  };
  return Object.keys(config).length === 0 ? [] : [{ name: "response-transformer", config }];
}

/** Plugins of one route. Kong runs them by its own priorities, not in this order. */
export function routePlugins(route: GatewayRoute, shared: { keys: KeyTranslation & { revoked: readonly string[] }; publicUrl: string }): KongPlugin[] {
  const { target } = route;
  return [
    corsPlugin(route.cors ?? "any", shared.publicUrl),
    ...accessPlugins(route),
    ...limitPlugins(route),
    ...(target.kind === "answer" ? [terminate(target.status, target.body)] : requestTransformer(route, shared.keys)),
    ...responseTransformer(route),
    ...(route.closesAtMs === undefined ? [] : [cleaning([...refusingKeys(shared.keys.revoked), closingLua(route.closesAtMs, deniedBody)])]),
  ];
}
