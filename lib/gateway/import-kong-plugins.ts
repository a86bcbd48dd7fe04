import { parseNetwork } from "./addresses";
import { isCorsHeader } from "./header-rules";
import type { Place } from "./import-kong-document";
import type { OwnAccess, OwnRoute } from "./route-model";
import { httpMethods, type HttpMethod } from "./routes";

/** What could not be carried over, where it stands and why. Never holds a value that could be a secret. */
export type NotCarried = { where: string; line: number; column: number; what: string; why: string };

/** What the plugins of a route come to in the model. */
export type ReadPolicies = {
  access: OwnAccess;
  ipAllow: string[];
  rateLimit: OwnRoute["rateLimit"];
  maxBodyBytes: number | null;
  cors: OwnRoute["cors"];
  requestHeaders: OwnRoute["requestHeaders"];
  responseHeaders: OwnRoute["responseHeaders"];
  /** Literal path of request-transformer, for the whole path. */
  uri: string | null;
  notCarried: NotCarried[];
  /** Set when something that keeps people out cannot be carried: without it the route would let in more than before. */
  blockedBy: NotCarried | null;
};

export function notCarried(place: Place, what: string, why: string): NotCarried {
  return { where: place.where, ...place.position, what, why };
}

/** Plugins that watch and do not keep anybody out. */
const harmless = new Set(["prometheus", "file-log", "http-log", "tcp-log", "udp-log", "syslog", "statsd", "datadog", "zipkin", "opentelemetry", "correlation-id", "loggly"]);

type Plugins = ReadonlyMap<string, Place>;

/** The plugins in force on a route: its own before its service's before those of the whole file. */
export function pluginsInForce(...scopes: readonly (readonly Place[])[]): Plugins {
  const inForce = new Map<string, Place>();
  for (const plugin of scopes.flat()) {
    const name = plugin.field("name").text ?? "";
    if (plugin.field("enabled").flag !== false) inForce.set(name, plugin);
  }
  return inForce;
}

export function readPolicies(plugins: Plugins): ReadPolicies {
  const policies: ReadPolicies = { access: "open", ipAllow: [], rateLimit: null, maxBodyBytes: null, cors: null, requestHeaders: { set: [], remove: [] }, responseHeaders: { set: [], remove: [] }, uri: null, notCarried: [], blockedBy: null };
  readAccess(plugins, policies);
  for (const [name, plugin] of plugins) {
    const config = plugin.field("config");
    const reader = readers[name];
    if (reader !== undefined) reader(config, policies, plugin);
    else if (harmless.has(name)) policies.notCarried.push(notCarried(plugin, `The plugin ${name}`, "The panel watches the gateway by itself."));
    else if (!accessPlugins.has(name)) block(policies, notCarried(plugin, `The plugin ${shown(name)}`, "The model has nothing for it, and it may keep people out, so the route is left out."));
  }
  const written = plugins.get("response-transformer");
  if (written !== undefined) leaveOutCorsHeaders(policies, written);
  return policies;
}

/** A name out of the file, as far as it can be shown. */
export function shown(name: string): string {
  return /^[\w.@:/ -]{1,60}$/.test(name) ? name : "without a plain name";
}

function block(policies: ReadPolicies, item: NotCarried): void {
  policies.blockedBy ??= item;
}

const accessPlugins = new Set(["key-auth", "acl", "basic-auth", "jwt"]);

function readAccess(plugins: Plugins, policies: ReadPolicies): void {
  const asked = ["key-auth", "basic-auth", "jwt"].flatMap((name) => plugins.get(name) ?? []);
  const [first, second] = asked;
  if (second !== undefined) return block(policies, notCarried(second, "Two ways to sign in on one route", "The model has one kind of access for each route. Add a route for each."));
  if (first === undefined) {
    const acl = plugins.get("acl");
    return acl === undefined ? undefined : block(policies, notCarried(acl, "An access list without a way to sign in", "Kong refuses everybody there. Close the route instead."));
  }
  if (first.field("config").field("anonymous").isThere) return block(policies, notCarried(first, "An anonymous consumer", "The model knows routes that ask and routes that do not."));
  const name = first.field("name").text;
  if (name === "key-auth") readKeyAccess(first, plugins.get("acl"), policies);
  else policies.access = name === "jwt" ? "user-jwt" : "dashboard";
  if (name === "jwt") policies.notCarried.push(notCarried(first, "The keys of the plugin jwt", "Tokens are checked with the project's own signing keys from now on. Keys are never carried over."));
}

function readKeyAccess(keyAuth: Place, acl: Place | undefined, policies: ReadPolicies): void {
  const names = keyAuth.field("config").field("key_names").texts;
  if (names.some((name) => name !== "apikey")) policies.notCarried.push(notCarried(keyAuth, "Names of the key's header", "Keys travel in apikey. Have clients send them there."));
  if (acl === undefined) {
    policies.access = "any-key";
    return;
  }
  const groups = acl.field("config").field("allow").isThere ? acl.field("config").field("allow").texts : acl.field("config").field("whitelist").texts;
  const unknown = groups.find((group) => group !== "admin" && group !== "anon");
  const isUsual = unknown === undefined && groups.includes("admin") && !acl.field("config").field("deny").isThere;
  if (!isUsual) return block(policies, notCarried(acl, "The access list", "Only the groups admin, and admin with anon, are kinds of key here. Choose the access of the route by hand."));
  policies.access = groups.includes("anon") ? "any-key" : "service-key";
}

type Reader = (config: Place, policies: ReadPolicies, plugin: Place) => void;

const readers: Record<string, Reader> = {
  cors: readCors,
  "ip-restriction": readAddresses,
  "rate-limiting": readRate,
  "request-size-limiting"(config, policies) {
    const units: Record<string, number> = { bytes: 1, kilobytes: 1024, megabytes: 1_048_576 };
    policies.maxBodyBytes = (config.field("allowed_payload_size").number ?? 128) * (units[config.field("size_unit").text ?? "megabytes"] ?? 1_048_576);
  },
  "request-termination"(config, policies, plugin) {
    if (config.field("trigger").isThere) return block(policies, notCarried(plugin, "request-termination with a trigger", "The model closes a route for everybody or for nobody."));
    if (config.field("status_code").number !== 403) policies.notCarried.push(notCarried(plugin, "The status and the words of a refusal", "A closed route answers 403."));
    policies.access = "denied";
  },
  "request-transformer": readRequestTransformer,
  "response-transformer"(config, policies, plugin) {
    readHeaderLines(config, policies.responseHeaders, policies, plugin);
  },
  "post-function"(config, policies, plugin) {
    const texts = config.field("access").texts;
    const isUpstreams = texts.length > 0 && texts.every((text) => clearsEmptyHeader.test(text));
    if (!isUpstreams) block(policies, notCarried(plugin, "A program in post-function", "Programs are never carried over, and this one may keep people out."));
  },
};

/** As upstream takes an empty Authorization off; the gateway does it by itself. */
const clearsEmptyHeader = /^\s*local (\w+) = kong\.request\.get_header\("[\w-]+"\)\s+if \1 == nil or \1 == "" or \1:find\("\^%s\*\$"\) then\s+kong\.service\.request\.clear_header\("[\w-]+"\)\s+end\s*$/;

function readCors(config: Place, policies: ReadPolicies, plugin: Place): void {
  const origins = config.field("origins").texts;
  const isEveryOrigin = origins.length === 0 || origins.includes("*");
  const plain = origins.filter((origin) => /^https?:\/\/[A-Za-z0-9.:-]+$/.test(origin));
  const methods = config.field("methods").texts.filter((method): method is HttpMethod => httpMethods.some((known) => known === method));
  const headers = config.field("headers").texts.map((name) => name.toLowerCase());
  const allowsCredentials = config.field("credentials").flag ?? false;
  if (!isEveryOrigin && plain.length < origins.length) policies.notCarried.push(notCarried(plugin, "CORS origins that are expressions", "Write each origin out. Pages of those left out may not read answers."));
  for (const name of ["exposed_headers", "max_age", "preflight_continue", "private_network"]) {
    if (config.field(name).isThere) policies.notCarried.push(notCarried(config.field(name), `CORS ${name}`, "It is the same for every route here."));
  }
  if (isEveryOrigin && headers.length === 0 && !allowsCredentials && (methods.length === 0 || methods.length === httpMethods.length)) return;
  policies.cors = { origins: isEveryOrigin ? ["*"] : plain, methods: methods.length === httpMethods.length ? [] : methods, headers, allowsCredentials };
}

function readAddresses(config: Place, policies: ReadPolicies, plugin: Place): void {
  const allow = config.field("allow").isThere ? config.field("allow") : config.field("whitelist");
  const denied = [...config.field("deny").items(), ...config.field("blacklist").items()];
  if (denied.length > 0) return block(policies, notCarried(plugin, "A list of refused addresses", "The model has lists of allowed addresses only. Write those."));
  const networks = allow.texts.map((text) => (parseNetwork(text) === undefined ? widened(text) : text));
  const unreadable = networks.some((network) => network === undefined);
  if (unreadable || networks.length === 0) return block(policies, notCarried(plugin, "The list of allowed addresses", "One of them is no address."));
  policies.ipAllow = networks.filter((network) => network !== undefined);
}

/** `10.0.0.5/8` as Kong takes it is the network 10.0.0.0/8. */
function widened(text: string): string | undefined {
  const [, address = "", length = ""] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text) ?? [];
  const bits = Number(length);
  if (address === "" || bits > 32) return undefined;
  const bytes = address.split(".").map((part, index) => Number(part) & (0xff << Math.max(0, Math.min(8, 8 - (bits - index * 8)))) & 0xff);
  const network = `${bytes.join(".")}/${String(bits)}`;
  return parseNetwork(network) === undefined ? undefined : network;
}

function readRate(config: Place, policies: ReadPolicies, plugin: Place): void {
  const [second, minute] = [config.field("second").number, config.field("minute").number];
  const longer = ["hour", "day", "month", "year"].some((period) => config.field(period).isThere);
  const per = ["consumer", "credential"].includes(config.field("limit_by").text ?? "consumer") || config.field("header_name").text?.toLowerCase() === "apikey" ? ("key" as const) : ("ip" as const);
  if (longer) policies.notCarried.push(notCarried(plugin, "A rate limit per hour or longer", "Rate limits here are per second, with a burst."));
  if (second !== undefined) policies.rateLimit = { requestsPerSecond: Math.max(1, Math.floor(second)), burst: Math.max(1, Math.floor(second)), per };
  else if (minute !== undefined) {
    policies.rateLimit = { requestsPerSecond: Math.max(1, Math.floor(minute / 60)), burst: Math.max(1, Math.floor(minute)), per };
    policies.notCarried.push(notCarried(plugin, "A rate limit per minute", "It became one per second with the minute's number as burst. Look whether that is what you want."));
  }
  if (config.field("policy").text !== undefined && config.field("policy").text !== "local") policies.notCarried.push(notCarried(plugin, "Counting in Redis or a database", "Each gateway counts by itself."));
}

/** The line that upstream's file translates keys with, before or after the shell filled it in; the gateway does it by itself. */
const translatesKey = (name: string, value: string) => /^(authorization|x-api-key|apikey|sb-api-key)$/i.test(name) && /^\s*\$/.test(value) && (/^\s*\$LUA_\w+$/.test(value) || /apikey/.test(value));

function readRequestTransformer(config: Place, policies: ReadPolicies, plugin: Place): void {
  readHeaderLines(config, policies.requestHeaders, policies, plugin);
  const replaced = config.field("replace").field("uri");
  if (replaced.text !== undefined && !replaced.text.includes("$")) policies.uri = replaced.text;
  else if (replaced.isThere) block(policies, notCarried(replaced, "A path made by Lua", "Programs are never carried over."));
  if (config.field("http_method").isThere) block(policies, notCarried(config.field("http_method"), "A changed method", "The model passes methods on as they come."));
}

const secretName = /authorization|cookie|token|secret|password|api-?key|credential|auth|signature/i;

function readHeaderLines(config: Place, into: OwnRoute["requestHeaders"], policies: ReadPolicies, plugin: Place): void {
  into.remove = [...new Set([...into.remove, ...config.field("remove").field("headers").texts.map((name) => name.toLowerCase())])].filter((name) => name !== "sb-api-key");
  const known = new Set(into.set.map(({ name }) => name));
  for (const line of ["replace", "add"].flatMap((kind) => config.field(kind).field("headers").items())) {
    const [, rawName = "", value = ""] = /^([^:]+):*([\s\S]*)$/.exec(line.text ?? "") ?? [];
    const name = rawName.trim().toLowerCase();
    if (translatesKey(name, value) || known.has(name)) continue;
    if (secretName.test(name)) policies.notCarried.push(notCarried(line, `The value of the header ${shown(name)}`, "It may be a secret, and those are never carried over. Set it again in the route."));
    else if (value.includes("$")) policies.notCarried.push(notCarried(line, `The header ${shown(name)}`, "Its value is made by Lua or filled in from the environment."));
    else {
      into.set.push({ name, value: value.trim() });
      known.add(name);
    }
  }
  into.remove = into.remove.filter((name) => !known.has(name));
  for (const kind of ["rename", "append"]) if (config.field(kind).keys().length > 0) policies.notCarried.push(notCarried(config.field(kind), `Headers, bodies or queries with ${kind}`, "The model sets and removes headers."));
  for (const kind of ["remove", "replace", "add"]) readOtherLines(config.field(kind), policies, plugin);
}

/** CORS of a route writes these. Where the file takes an upstream's permission for cookies off, a rule of the route's own goes on doing so. */
function leaveOutCorsHeaders(policies: ReadPolicies, plugin: Place): void {
  const { responseHeaders } = policies;
  const written = [...responseHeaders.set.map(({ name }) => name), ...responseHeaders.remove].filter(isCorsHeader);
  if (written.length === 0) return;
  if (responseHeaders.remove.includes("access-control-allow-credentials")) policies.cors ??= { origins: ["*"], methods: [], headers: [], allowsCredentials: false };
  responseHeaders.set = responseHeaders.set.filter(({ name }) => !isCorsHeader(name));
  responseHeaders.remove = responseHeaders.remove.filter((name) => !isCorsHeader(name));
  policies.notCarried.push(notCarried(plugin, `The response headers ${[...new Set(written)].map(shown).join(", ")}`, "CORS of a route writes them. Say there which pages may read answers."));
}

function readOtherLines(lines: Place, policies: ReadPolicies, plugin: Place): void {
  for (const part of ["querystring", "body", "json"]) {
    const found = lines.field(part).texts.filter((line) => !translatesKey(line.split(":", 1)[0]?.trim() ?? "", line.slice(line.indexOf(":") + 1)));
    if (found.length > 0) policies.notCarried.push(notCarried(lines.field(part).isThere ? lines.field(part) : plugin, `Changes of the ${part}`, "The model sets and removes headers."));
  }
}
