import { externalClusterName } from "./envoy-clusters";
import { luaFilterName } from "./envoy-lua";
import type { GatewayRoute, RouteTarget } from "./routes";

/** Keys that the gateway knows of one project, and the internal tokens that opaque keys are exchanged for. */
export type GatewayKeys = {
  anon: string;
  serviceRole: string;
  publishable: string;
  secret: string;
  anonToken: string;
  serviceRoleToken: string;
  /** One htpasswd line in `{SHA}` form for the dashboard. */
  dashboardHtpasswd: string;
};

export type RouteConfigurationInput = { routes: readonly GatewayRoute[]; keys: GatewayKeys; /** Base URL of the project as browsers see it. */ publicUrl: string };

export const routeConfigurationName = "project";

const corsFilterName = "envoy.filters.http.cors";
const basicAuthFilterName = "envoy.filters.http.basic_auth";
const typed = (name: string) => `type.googleapis.com/${name}`;

/** The route configuration of a project: all that differs between projects and may change while sockets stay open. */
export function routeConfiguration({ routes, keys, publicUrl }: RouteConfigurationInput) {
  const { dashboardHtpasswd, ...luaKeys } = keys;
  return {
    "@type": typed("envoy.config.route.v3.RouteConfiguration"),
    name: routeConfigurationName,
    virtual_hosts: [
      {
        name: "project",
        domains: ["*"],
        request_headers_to_add: [addIfAbsent("X-Forwarded-Host", "%REQ(:AUTHORITY)%"), addIfAbsent("X-Forwarded-Port", publicPort(publicUrl))],
        typed_per_filter_config: {
          [corsFilterName]: corsPolicy([{ safe_regex: { regex: ".*" } }]),
          [luaFilterName]: { "@type": typed("envoy.extensions.filters.http.lua.v3.LuaPerRoute"), filter_context: luaKeys },
          [basicAuthFilterName]: { "@type": typed("envoy.config.route.v3.FilterConfig"), disabled: true },
        },
        routes: routes.map((route) => renderRoute(route, { dashboardHtpasswd, publicUrl })),
      },
    ],
  };
}

function addIfAbsent(key: string, value: string) {
  return { header: { key, value }, append_action: "ADD_IF_ABSENT" };
}

/** `%` starts a substitution in Envoy's header values. */
const literal = (value: string) => value.replaceAll("%", "%%");

function publicPort(publicUrl: string): string {
  const url = new URL(publicUrl);
  return url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
}

function corsPolicy(origins: object[]) {
  return {
    "@type": typed("envoy.extensions.filters.http.cors.v3.CorsPolicy"),
    allow_origin_string_match: origins,
    allow_methods: "GET,POST,PUT,PATCH,DELETE,OPTIONS,HEAD,CONNECT,TRACE",
    // The wildcard does not cover `authorization` in the Fetch standard, so it is named beside it.
    allow_headers: "*,authorization",
    expose_headers: "*",
    max_age: "3600",
  };
}

const localOrigins = { safe_regex: { regex: "https?://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?" } };

function renderRoute(route: GatewayRoute, shared: { dashboardHtpasswd: string; publicUrl: string }) {
  const perFilter = {
    ...(route.cors === "project" ? { [corsFilterName]: corsPolicy([{ exact: new URL(shared.publicUrl).origin }, localOrigins]) } : {}),
    ...(route.access === "basic-auth"
      ? { [basicAuthFilterName]: { "@type": typed("envoy.extensions.filters.http.basic_auth.v3.BasicAuthPerRoute"), users: { inline_string: shared.dashboardHtpasswd } } }
      : {}),
  };
  const added = [addIfAbsent("X-Forwarded-Prefix", literal(route.forwardedPrefix)), ...(route.requestHeaders ?? []).map(({ name, value }) => ({ header: { key: name, value: literal(value) }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" }))];
  return {
    name: route.id,
    match: route.match.kind === "exact" ? { path: route.match.path } : { prefix: route.match.path },
    metadata: { filter_metadata: { [luaFilterName]: { access: route.access, socket: route.isSocket ?? false } } },
    ...renderAction(route),
    request_headers_to_add: added,
    ...(route.removeRequestHeaders === undefined ? {} : { request_headers_to_remove: route.removeRequestHeaders }),
    ...(Object.keys(perFilter).length === 0 ? {} : { typed_per_filter_config: perFilter }),
  };
}

const seconds = (milliseconds: number) => `${milliseconds / 1000}s`;

function hostRewrite(target: Exclude<RouteTarget, { kind: "answer" }>) {
  if (target.kind === "external") return { host_rewrite_literal: new URL(target.origin).host };
  return target.host === undefined ? {} : { host_rewrite_literal: target.host };
}

function renderAction({ target, timeoutMs, idleTimeoutMs }: GatewayRoute) {
  if (target.kind === "answer") return { direct_response: { status: target.status, body: { inline_string: target.body } } };
  return {
    route: {
      cluster: target.kind === "service" ? target.service : externalClusterName(target.origin),
      ...(target.rewrite === undefined ? {} : { prefix_rewrite: target.rewrite }),
      ...hostRewrite(target),
      timeout: seconds(timeoutMs ?? 0),
      ...(idleTimeoutMs === undefined ? {} : { idle_timeout: seconds(idleTimeoutMs) }),
      // Only a connection that was never made is tried again: the request has not left the gateway.
      retry_policy: { retry_on: "connect-failure", num_retries: 2, retry_back_off: { base_interval: "0.1s", max_interval: "0.5s" } },
    },
  };
}
