import { kongFile, renderKong, type RenderedKong } from "@/lib/gateway/kong";
import type { KongKeys } from "@/lib/gateway/kong-consumers";
import { kongApplyArgv, kongPorts } from "@/lib/gateway/kong-control";
import { kongPlugins } from "@/lib/gateway/kong-plugins";
import type { ConfigFile } from "../desired";
import { healthCheck, readyWhen, type ServiceContext, type ServiceParts } from "../service-definition";
import { dashboardUsers, gatewayInput, publishedGateway } from "./gateway";

export type KongOptions = {
  /** Networks of proxies in front whose `X-Forwarded-*` count. Empty: clients connect to the gateway themselves. Left out: the edge, where it stands in front. */
  trustedProxies?: readonly string[];
};

const logFile = "/etc/basehold/kong-log.conf";
const logFormat = "basehold";

/** Named fields only, and the path without its query: keys and tokens travel in headers and queries. nginx knows seconds with three decimals; without the dot they are milliseconds. */
const logConfiguration = `map $request_time $basehold_duration_ms {
    "~^(?<basehold_s>[0-9]+)[.](?<basehold_ms>[0-9]+)$" $basehold_s$basehold_ms;
    default 0;
}

log_format ${logFormat} escape=json '{"time":"$time_iso8601","method":"$request_method","path":"$uri","protocol":"$server_protocol","status":$status,'
    '"durationMs":"$basehold_duration_ms","bytesReceived":$request_length,"bytesSent":$bytes_sent,"client":"$remote_addr","requestId":"$kong_request_id","userAgent":"$http_user_agent"}';
`;

/** Readable by whoever Kong runs as: the official image promises no user id. */
function configFile(path: string, content: string, reloadable: boolean): ConfigFile {
  return { path, content, mode: 0o444, uid: 0, gid: 0, reloadable };
}

function kongKeys(context: Pick<ServiceContext, "input" | "secrets" | "release">): KongKeys {
  const { secrets } = context;
  const { anon, serviceRole, publishable, secret, revoked = {}, anonToken, serviceRoleToken } = gatewayInput(context).keys;
  return {
    anon,
    serviceRole,
    publishable: [publishable].flat(),
    secret: [secret].flat(),
    revoked: Object.values(revoked).flat(),
    anonToken,
    serviceRoleToken,
    dashboardUsers: dashboardUsers(context),
    jwks: secrets.jwtJwks,
  };
}

/** Kong's document for a project. */
export function renderKongOf(context: Pick<ServiceContext, "input" | "secrets" | "release">): RenderedKong {
  return renderKong({ routes: gatewayInput(context).routes, publicUrl: context.input.settings.publicUrl, keys: kongKeys(context) });
}

function publicPort(publicUrl: string): string {
  const url = new URL(publicUrl);
  return url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
}

function environmentOf(publicUrl: string, trustedProxies: readonly string[]): Record<string, string> {
  return {
    KONG_DATABASE: "off",
    KONG_DECLARATIVE_CONFIG: kongFile,
    KONG_ROUTER_FLAVOR: "expressions",
    KONG_PLUGINS: kongPlugins.join(","),
    KONG_PROXY_LISTEN: `0.0.0.0:${kongPorts.proxy}`,
    // Loopback inside the container: whoever reaches the admin interface owns every key.
    KONG_ADMIN_LISTEN: `127.0.0.1:${kongPorts.admin}`,
    KONG_ADMIN_GUI_LISTEN: "off",
    KONG_STATUS_LISTEN: `127.0.0.1:${kongPorts.status}`,
    KONG_PORT_MAPS: `${publicPort(publicUrl)}:${kongPorts.proxy}`,
    KONG_NGINX_WORKER_PROCESSES: "2",
    KONG_MEM_CACHE_SIZE: "32m",
    KONG_ANONYMOUS_REPORTS: "off",
    KONG_HEADERS: "off",
    KONG_NGINX_HTTP_INCLUDE: logFile,
    KONG_PROXY_ACCESS_LOG: `/dev/stdout ${logFormat}`,
    KONG_ADMIN_ACCESS_LOG: "off",
    KONG_STATUS_ACCESS_LOG: "off",
    KONG_PROXY_ERROR_LOG: "/dev/stderr",
    // A header x_api_key reads like x-api-key behind the gateway; nginx drops such names where it is told to.
    KONG_NGINX_PROXY_UNDERSCORES_IN_HEADERS: "off",
    // Only what went wrong before an answer is tried again; nginx's own default would also repeat a slow request.
    KONG_NGINX_PROXY_PROXY_NEXT_UPSTREAM: "error",
    // As upstream has them: names of containers change their address, and Auth's answers have long headers.
    KONG_DNS_ORDER: "LAST,A,CNAME",
    KONG_DNS_NOT_FOUND_TTL: "1",
    KONG_DNS_VALID_TTL: "5",
    KONG_NGINX_PROXY_PROXY_BUFFER_SIZE: "160k",
    KONG_NGINX_PROXY_PROXY_BUFFERS: "64 160k",
    // External origins are verified against the image's own list of authorities.
    KONG_LUA_SSL_TRUSTED_CERTIFICATE: "system",
    ...(trustedProxies.length === 0 ? {} : { KONG_TRUSTED_IPS: trustedProxies.join(","), KONG_REAL_IP_HEADER: "X-Forwarded-For", KONG_REAL_IP_RECURSIVE: "on" }),
  };
}

/** What the edge sends arrives from the address that the host has in the project's network. */
function edgeNetworks({ input }: Pick<ServiceContext, "input">): string[] {
  return input.ports.gatewayInner === undefined ? [] : [input.subnet];
}

/**
 * The service `kong`, in place of the Envoy that `services/gateway.ts` describes or beside it: the same routes, keys and names, in the release's `kongImage`.
 */
export function kongGatewayParts(context: Pick<ServiceContext, "input" | "secrets" | "release">, { trustedProxies = edgeNetworks(context) }: KongOptions = {}): ServiceParts {
  const { publicUrl } = context.input.settings;
  const { config } = renderKongOf(context);
  return {
    command: ["kong", "docker-start"],
    environment: environmentOf(publicUrl, trustedProxies),
    files: [configFile(logFile, logConfiguration, false), configFile(kongFile, config, true)],
    // Kong does not watch its file.
    reload: [...kongApplyArgv],
    aliases: ["api-gw", "envoy"],
    publishedPorts: publishedGateway(context, "kong"),
    healthcheck: healthCheck(["CMD", "kong", "health"], { retries: 5 }),
    readiness: readyWhen(["kong", "health"]),
    dependsOn: [],
    replace: "stop-first",
    pids: 256,
  };
}
