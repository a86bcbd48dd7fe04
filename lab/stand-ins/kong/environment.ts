import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { requestConfiguration } from "@/lib/stack/services/kong-environment";
import type { Reading } from "./asked";
import type { HeaderBuffers } from "./nginx";
import { isPluginName, pluginSchemas } from "./plugin-schemas";
import type { Reaching } from "./upstream";

export type Address = { host: string; port: number };

/** What the container's environment says, as Kong names it. */
export type Environment = {
  configFile: string;
  flavor: "expressions" | "traditional_compatible";
  enabledPlugins: readonly string[];
  proxy: Address;
  /** null: off. */
  admin: Address | null;
  status: Address | null;
  /** Port that clients use → port listened on, turned round. */
  portMap: ReadonlyMap<number, number>;
  reading: Reading;
  buffers: HeaderBuffers;
  /** Whether upstreams get `X-Kong-Request-Id`. */
  tellsRequestId: boolean;
  /** How long a document that was posted is not served yet. Seen on the real one: 16 ms at most with two workers, nothing with one. */
  spreadMs: number;
  /** Answers name their route to whoever sends `Kong-Debug: 1`. */
  hasDebugHeader: boolean;
  prefix: string;
};

type Variables = Readonly<Record<string, string | undefined>>;

const listOf = (text: string | undefined) => (text ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");

function addressOf(name: string, text: string): Address | null {
  if (text === "off") return null;
  const [first = ""] = listOf(text);
  const found = /^\[?([^\]\s]+?)\]?:(\d+)(\s|$)/.exec(first);
  if (found === null) throw new Error(`${name}: must be of form: [off] | <ip>:<port> […], not ${text}`);
  return { host: found[1] ?? "", port: Number(found[2]) };
}

function pluginsOf(text: string | undefined): string[] {
  const bundled = Object.keys(pluginSchemas);
  const names = listOf(text ?? "bundled").flatMap((name) => (name === "bundled" ? bundled : [name]));
  const unknown = names.find((name) => !isPluginName(name));
  if (unknown !== undefined) throw new Error(`error loading plugin schemas: on plugin '${unknown}': module not found (the lab stand-in has ${bundled.join(", ")})`);
  return names;
}

function countOf(name: string, text: string | undefined): number {
  const count = Number(text ?? 100);
  if (!Number.isInteger(count) || count < 1 || count > 1000) throw new Error(`${name} must be an integer between 1 and 1000`);
  return count;
}

const units: Record<string, number> = { "": 1, k: 1024, m: 1_048_576 };

function buffersOf(text = "4 8k"): HeaderBuffers {
  const found = /^(\d+) (\d+)([km]?)$/i.exec(text);
  if (found === null) throw new Error(`invalid number of arguments in "large_client_header_buffers" directive: ${text}`);
  return { count: Number(found[1]), bytes: Number(found[2]) * (units[(found[3] ?? "").toLowerCase()] ?? 1) };
}

/** nginx's authorities. `.ca_combined` is what Kong writes of its own; undefined: Node's, which stand in for the system's. Source: `kong/cmd/utils/prefix_handler.lua`. */
function authoritiesOf({ KONG_NGINX_PROXY_PROXY_SSL_TRUSTED_CERTIFICATE: file = "", KONG_LUA_SSL_TRUSTED_CERTIFICATE: combined = "system" }: Variables, prefix: string): string[] | undefined {
  if (file !== join(prefix, ".ca_combined")) {
    if (!existsSync(file)) throw new Error(`could not prepare Kong prefix at ${prefix}: nginx configuration is invalid (exit code 1):\nnginx: [emerg] SSL_CTX_load_verify_locations("${file}") failed (No such file or directory)`);
    return [readFileSync(file, "utf8")];
  }
  const parts = listOf(combined);
  if (parts.every((part) => part === "system")) return undefined;
  return parts.flatMap((part) => (part === "system" ? rootCertificates : [readFileSync(part, "utf8")]));
}

/** Without both settings nginx has nothing to verify by, and a service that asks for it fails. Source: `ngx_http_upstream_ssl_init_connection`; seen on the real one. */
function reachingOf(variables: Variables, prefix: string): Reaching {
  const tries = (variables.KONG_NGINX_PROXY_PROXY_NEXT_UPSTREAM ?? "error timeout").split(" ");
  const isOn = variables.KONG_NGINX_PROXY_PROXY_SSL_VERIFY === "on";
  const hasFile = (variables.KONG_NGINX_PROXY_PROXY_SSL_TRUSTED_CERTIFICATE ?? "") !== "";
  if (isOn && !hasFile) throw new Error('nginx: [emerg] no proxy_ssl_trusted_certificate for proxy_ssl_verify');
  const authorities = hasFile ? authoritiesOf(variables, prefix) : undefined;
  return { retriesErrors: tries.includes("error"), retriesTimeouts: tries.includes("timeout"), verifying: isOn ? { authorities } : undefined };
}

/** Of nginx texts the stand-in knows the one that Basehold writes. */
function refusesUnescaped(file: string | undefined): boolean {
  if (file === undefined) return false;
  if (readFileSync(file, "utf8") !== requestConfiguration) throw new Error(`KONG_NGINX_PROXY_INCLUDE: ${file} is an nginx text that the lab stand-in does not know`);
  return true;
}

/** What the settings of nginx say, with the files that they name: for a start only. A check of a document and the health ask for no such file. */
export function readNginx(variables: Variables, prefix: string): { reaching: Reaching; /** Whether paths that are not escaped as UTF-8 are refused. */ refusesUnescaped: boolean } {
  return { reaching: reachingOf(variables, prefix), refusesUnescaped: refusesUnescaped(variables.KONG_NGINX_PROXY_INCLUDE) };
}

/** Reads the environment. Throws for what Kong refuses, and for what the stand-in does not do. */
export function readEnvironment(variables: Variables): Environment {
  if (variables.KONG_DATABASE !== "off") throw new Error("KONG_DATABASE: the lab stand-in runs without a database only (off)");
  const flavor = variables.KONG_ROUTER_FLAVOR ?? "traditional_compatible";
  if (flavor !== "expressions" && flavor !== "traditional_compatible") throw new Error(`KONG_ROUTER_FLAVOR: the lab stand-in has expressions and traditional_compatible, not ${flavor}`);
  const proxy = addressOf("KONG_PROXY_LISTEN", variables.KONG_PROXY_LISTEN ?? "0.0.0.0:8000");
  if (proxy === null) throw new Error("KONG_PROXY_LISTEN: the lab stand-in serves nothing else");
  return {
    configFile: variables.KONG_DECLARATIVE_CONFIG ?? "",
    flavor,
    enabledPlugins: pluginsOf(variables.KONG_PLUGINS),
    proxy,
    admin: addressOf("KONG_ADMIN_LISTEN", variables.KONG_ADMIN_LISTEN ?? "127.0.0.1:8001"),
    status: addressOf("KONG_STATUS_LISTEN", variables.KONG_STATUS_LISTEN ?? "off"),
    portMap: new Map(listOf(variables.KONG_PORT_MAPS).map((pair) => pair.split(":").map(Number) as [number, number]).map(([outer, inner]) => [inner, outer])),
    reading: {
      trustedIps: listOf(variables.KONG_TRUSTED_IPS),
      realIp: { header: (variables.KONG_REAL_IP_HEADER ?? "X-Real-IP").toLowerCase(), isRecursive: variables.KONG_REAL_IP_RECURSIVE === "on" },
      maxHeaders: countOf("lua_max_req_headers", variables.KONG_LUA_MAX_REQ_HEADERS),
      maxArgs: countOf("lua_max_uri_args", variables.KONG_LUA_MAX_URI_ARGS),
    },
    buffers: buffersOf(variables.KONG_NGINX_PROXY_LARGE_CLIENT_HEADER_BUFFERS),
    tellsRequestId: !listOf(variables.KONG_HEADERS_UPSTREAM).includes("off"),
    spreadMs: variables.KONG_NGINX_WORKER_PROCESSES === "1" ? 0 : 16,
    hasDebugHeader: variables.KONG_ALLOW_DEBUG_HEADER === "on",
    prefix: variables.KONG_PREFIX ?? "/usr/local/kong",
  };
}
