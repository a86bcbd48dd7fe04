import { parseNetwork } from "./addresses";
import { allowedHeaders, exposedHeaders } from "./cors-headers";
import type { CorsRule, GatewayRoute, RateLimit } from "./routes";

const typed = (name: string) => `type.googleapis.com/${name}`;

/** Filters of the listener that routes configure. All but CORS and Lua do nothing on a route that says nothing of them. */
export const filterNames = {
  cors: "envoy.filters.http.cors",
  addresses: "envoy.filters.http.rbac",
  basicAuth: "envoy.filters.http.basic_auth",
  userToken: "envoy.filters.http.jwt_authn",
  rateLimit: "envoy.filters.http.local_ratelimit",
} as const;

/** Requirement of the filter for users' tokens that routes name. */
export const userRequirement = "signed-in-user";

export type PolicyContext = { dashboardHtpasswd: string; publicUrl: string };

/** Per-route configuration of the listener's filters; empty for a route that leaves them alone. */
export function routePolicies(route: GatewayRoute, { dashboardHtpasswd, publicUrl }: PolicyContext): Record<string, object> {
  const cors = routeCors(route.cors, publicUrl);
  return {
    ...(cors === undefined ? {} : { [filterNames.cors]: cors }),
    ...(route.access === "basic-auth" ? { [filterNames.basicAuth]: { "@type": typed("envoy.extensions.filters.http.basic_auth.v3.BasicAuthPerRoute"), users: { inline_string: dashboardHtpasswd } } } : {}),
    ...(route.ipAllow === undefined ? {} : { [filterNames.addresses]: addressPolicy(route.ipAllow) }),
    ...(route.access === "user-jwt" ? { [filterNames.userToken]: { "@type": typed("envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig"), requirement_name: userRequirement } } : {}),
    ...(route.rateLimit === undefined ? {} : { [filterNames.rateLimit]: rateLimitPolicy(route.rateLimit) }),
  };
}

const everyMethod = "GET,POST,PUT,PATCH,DELETE,OPTIONS,HEAD,CONNECT,TRACE";

/** The project's rule where a route has none: every page may read answers, none with credentials. */
export const anyOriginPolicy = corsPolicy({ origins: [{ safe_regex: { regex: ".*" } }] });

const localOrigins = { safe_regex: { regex: "https?://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?" } };

function routeCors(cors: GatewayRoute["cors"], publicUrl: string): object | undefined {
  if (cors === undefined || cors === "any") return undefined;
  if (cors === "project") return corsPolicy({ origins: [{ exact: new URL(publicUrl).origin }, localOrigins] });
  return corsPolicy({ origins: cors.origins.map((origin) => (origin === "*" ? { safe_regex: { regex: ".*" } } : { exact: origin })), rule: cors });
}

function corsPolicy({ origins, rule }: { origins: object[]; rule?: CorsRule }): object {
  const methods = rule?.methods ?? [];
  return {
    "@type": typed("envoy.extensions.filters.http.cors.v3.CorsPolicy"),
    allow_origin_string_match: origins,
    allow_methods: methods.length === 0 ? everyMethod : methods.join(","),
    allow_headers: allowedHeaders(rule).join(","),
    expose_headers: exposedHeaders(rule).join(","),
    max_age: "3600",
    ...(rule?.allowsCredentials === true ? { allow_credentials: true } : {}),
  };
}

/** What an upstream says of CORS itself, which would let pages in that a narrower rule keeps out. */
export const upstreamCorsHeaders = ["access-control-allow-origin", "access-control-allow-credentials"];

function addressPolicy(networks: readonly string[]): object {
  const principals = networks.flatMap((text) => {
    const network = parseNetwork(text);
    return network === undefined ? [] : [{ remote_ip: { address_prefix: network.address, prefix_len: network.prefixLength } }];
  });
  return {
    "@type": typed("envoy.extensions.filters.http.rbac.v3.RBACPerRoute"),
    rbac: { rules: { action: "ALLOW", policies: { listed: { permissions: [{ any: true }], principals } } } },
  };
}

/** Buckets of one route at most; the least recently used gives way. */
const maxBuckets = 10_000;
const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };

function rateLimitPolicy({ requestsPerSecond, burst, per }: RateLimit): object {
  const bucket = { max_tokens: burst, tokens_per_fill: requestsPerSecond, fill_interval: "1s" };
  const [key, action] =
    per === "ip"
      ? ["remote_address", { remote_address: {} }]
      : ["caller", { metadata: { descriptor_key: "caller", metadata_key: { key: "basehold", path: [{ key: "caller" }] }, source: "DYNAMIC", default_value: "none" } }];
  return {
    "@type": typed("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"),
    stat_prefix: "route",
    token_bucket: bucket,
    filter_enabled: always,
    filter_enforced: always,
    rate_limits: [{ actions: [action] }],
    // Without a value: each one that occurs has a bucket of its own.
    descriptors: [{ entries: [{ key }], token_bucket: bucket }],
    max_dynamic_descriptors: maxBuckets,
    always_consume_default_token_bucket: false,
  };
}
