import { kongFile } from "@/lib/gateway/kong";
import { kongPorts } from "@/lib/gateway/kong-control";
import { kongPlugins } from "@/lib/gateway/kong-plugins";

/** Kong's own folder in the official image. */
const prefix = "/usr/local/kong";
export const logFile = "/etc/basehold/kong-log.conf";
const logFormat = "basehold";

/** Named fields only, and the path without its query: keys and tokens travel in headers and queries. nginx knows seconds with three decimals; without the dot they are milliseconds. */
export const logConfiguration = `map $request_time $basehold_duration_ms {
    "~^(?<basehold_s>[0-9]+)[.](?<basehold_ms>[0-9]+)$" $basehold_s$basehold_ms;
    default 0;
}

log_format ${logFormat} escape=json '{"time":"$time_iso8601","method":"$request_method","path":"$uri","protocol":"$server_protocol","status":$status,'
    '"durationMs":"$basehold_duration_ms","bytesReceived":$request_length,"bytesSent":$bytes_sent,"client":"$remote_addr","requestId":"$kong_request_id","userAgent":"$http_user_agent"}';
`;

export const requestFile = "/etc/basehold/kong-request.conf";

/**
 * Before Kong's router sees a request: one that it cannot read (escapes that are no UTF-8, letters that are not escaped) it would put into its error log, with
 * the whole line and a key in the query. Source: kong/router/atc.lua (`exec`) of 3.9.3. Nothing is tried twice (`*+`), however long the path is.
 */
export const requestConfiguration = `if ($request_uri !~* "^(?:[\\x21-\\x24\\x26-\\x3e\\x40-\\x7e]|%[0-7][0-9a-f]|%c[2-9a-f]%[89ab][0-9a-f]|%d[0-9a-f]%[89ab][0-9a-f]|%e0%[ab][0-9a-f]%[89ab][0-9a-f]|%e[1-9abcef]%[89ab][0-9a-f]%[89ab][0-9a-f]|%ed%[89][0-9a-f]%[89ab][0-9a-f]|%f0%[9ab][0-9a-f](?:%[89ab][0-9a-f]){2}|%f[1-3](?:%[89ab][0-9a-f]){3}|%f4%8[0-9a-f](?:%[89ab][0-9a-f]){2})*+(?:[?]|$)") {
    return 400 "The path is not escaped as UTF-8.";
}
`;

function publicPort(publicUrl: string): string {
  const url = new URL(publicUrl);
  return url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
}

/** Kong's settings, which it reads once. `trustedProxies`: networks whose `X-Forwarded-*` count. */
export function kongEnvironment(publicUrl: string, trustedProxies: readonly string[]): Record<string, string> {
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
    KONG_HEADERS_UPSTREAM: "off",
    KONG_NGINX_HTTP_INCLUDE: logFile,
    KONG_NGINX_PROXY_INCLUDE: requestFile,
    KONG_PROXY_ACCESS_LOG: `/dev/stdout ${logFormat}`,
    KONG_ADMIN_ACCESS_LOG: "off",
    KONG_STATUS_ACCESS_LOG: "off",
    KONG_PROXY_ERROR_LOG: "/dev/stderr",
    // A header x_api_key reads like x-api-key behind the gateway; nginx drops such names where it is told to.
    KONG_NGINX_PROXY_UNDERSCORES_IN_HEADERS: "off",
    // Only a connection that failed or broke before an answer is tried again; nginx's own default would also repeat a slow request.
    KONG_NGINX_PROXY_PROXY_NEXT_UPSTREAM: "error",
    // As upstream has them: names of containers change their address, and Auth's answers have long headers.
    KONG_DNS_ORDER: "LAST,A,CNAME",
    KONG_DNS_NOT_FOUND_TTL: "1",
    KONG_DNS_VALID_TTL: "5",
    KONG_NGINX_PROXY_PROXY_BUFFER_SIZE: "160k",
    KONG_NGINX_PROXY_PROXY_BUFFERS: "64 160k",
    // As much of a request as Envoy takes: long filters of PostgREST, cookies of many names.
    KONG_NGINX_PROXY_LARGE_CLIENT_HEADER_BUFFERS: "4 64k",
    // Plugins see no more than this, and pass on what they do not see; nginx takes no more headers. Source: kong/plugins/request-transformer/access.lua.
    KONG_LUA_MAX_REQ_HEADERS: "1000",
    KONG_LUA_MAX_URI_ARGS: "1000",
    // External origins are verified against the image's own list of authorities, which Kong writes there. nginx reads it only where verifying is on for all.
    KONG_LUA_SSL_TRUSTED_CERTIFICATE: "system",
    KONG_NGINX_PROXY_PROXY_SSL_VERIFY: "on",
    KONG_NGINX_PROXY_PROXY_SSL_TRUSTED_CERTIFICATE: `${prefix}/.ca_combined`,
    // Room for the counters of 1,000 routes; those beyond it are lost without a word.
    KONG_NGINX_HTTP_LUA_SHARED_DICT: "prometheus_metrics 32m",
    ...(trustedProxies.length === 0 ? {} : { KONG_TRUSTED_IPS: trustedProxies.join(","), KONG_REAL_IP_HEADER: "X-Forwarded-For", KONG_REAL_IP_RECURSIVE: "on" }),
  };
}
