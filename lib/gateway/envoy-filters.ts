import { luaFilterName, luaSource } from "./envoy-lua";
import { filterNames, userRequirement } from "./envoy-policies";

const typed = (name: string) => `type.googleapis.com/${name}`;
const userTokenType = typed("envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication");

/** Nobody's password hashes to this; the route configuration brings the real line, and without it the dashboard stays shut. */
const nobody = "nobody:{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/** The filter for users' tokens is read from a discovery file, or written in place where a file would not be looked into. */
type UserTokenFilter = { source: object } | { config: object };

/**
 * The filters that every request passes, in order. Those that are disabled here act on the routes alone that configure them, so a
 * change of policy is a change of routes and no socket is closed by it. Keys are checked before a rate is counted.
 */
export function httpFilters({ userTokens }: { userTokens: UserTokenFilter }): object[] {
  const userToken = "source" in userTokens ? { config_discovery: { config_source: userTokens.source, type_urls: [userTokenType] } } : { typed_config: userTokens.config };
  return [
    { name: filterNames.cors, typed_config: { "@type": typed("envoy.extensions.filters.http.cors.v3.Cors") } },
    { name: filterNames.addresses, disabled: true, typed_config: { "@type": typed("envoy.extensions.filters.http.rbac.v3.RBAC") } },
    { name: filterNames.basicAuth, typed_config: { "@type": typed("envoy.extensions.filters.http.basic_auth.v3.BasicAuth"), users: { inline_string: nobody } } },
    { name: filterNames.userToken, disabled: true, ...userToken },
    { name: luaFilterName, typed_config: { "@type": typed("envoy.extensions.filters.http.lua.v3.Lua"), default_source_code: { inline_string: luaSource }, clear_route_cache: false } },
    { name: filterNames.rateLimit, disabled: true, typed_config: { "@type": typed("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"), stat_prefix: "route" } },
    { name: "envoy.filters.http.router", typed_config: { "@type": typed("envoy.extensions.filters.http.router.v3.Router") } },
  ];
}

/**
 * The filter that verifies a signed-in user's token against the project's keys, symmetric and asymmetric, as one discovery resource.
 * Without keys it knows no requirement, and a route that names one refuses everybody.
 */
export function userTokenFilterResource(jwks: string | undefined) {
  const hasKeys = jwks !== undefined && isKeySet(jwks);
  const provider = { local_jwks: { inline_string: jwks ?? "" }, forward: true, from_headers: [{ name: "authorization", value_prefix: "Bearer " }], payload_in_metadata: "user" };
  const config = { "@type": userTokenType, ...(hasKeys ? { providers: { project: provider }, requirement_map: { [userRequirement]: { provider_name: "project" } } } : {}) };
  return { "@type": typed("envoy.config.core.v3.TypedExtensionConfig"), name: filterNames.userToken, typed_config: config };
}

/** Envoy refuses the whole filter for a text that holds no key, and would not open its port without the filter. */
function isKeySet(jwks: string): boolean {
  try {
    const parsed: unknown = JSON.parse(jwks);
    return typeof parsed === "object" && parsed !== null && "keys" in parsed && Array.isArray(parsed.keys) && parsed.keys.length > 0;
  } catch {
    return false;
  }
}
