import type { EdgeForwardAuth, EdgeHost, EdgeProject, EdgeStudio } from "./edge-input";
import type { EdgeApiRoute } from "./edge-studio";
import { PANEL_COOKIE_PREFIXES } from "./envoy-lua";
import { studioOffHeader } from "./studio-rules";

/** A part of Caddy's JSON configuration. */
export type CaddyJson = { readonly [key: string]: unknown };

/** Durations are nanoseconds in Caddy's JSON. */
export const toNs = (ms: number) => ms * 1_000_000;

/**
 * How long a socket lives on after the configuration that opened it was replaced: without it every load closes every WebSocket through the
 * edge. Not for ever, because a socket keeps the whole configuration that it began under in memory (9 MiB with 1,000 names, measured).
 * See docs/decisions/0012-edge-loads-whole-documents.md.
 */
export const streamCloseDelayMs = 24 * 3_600_000;

/** A gateway that is being replaced refuses connections for a moment: the request waits instead of failing. */
const connectRetryMs = 10_000;
const dialTimeoutMs = 3_000;
const askRetryMs = 2_000;

/** Headers by which a client could pose as a proxy of ours. The edge sets the true ones. */
const forgeable = ["X-Forwarded-*", "Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip", "X-Original-Url", "X-Rewrite-Url"];
/** Envoy takes timeouts and retries from these; the panel's own are for nobody else. A proxy in front sets none of them. */
const neverFromOutside = ["X-Envoy-*", "X-Basehold-*"];

const panelPair = `(?:${PANEL_COOKIE_PREFIXES.map((prefix) => prefix.replaceAll(".", "\\.")).join("|")})[^;]*`;

/** Takes the panel's cookies out and leaves every other as it is. All but a first pair, then a first one. */
const withoutPanelCookies = [
  { search_regexp: `;[ \\t]*${panelPair}`, replace: "" },
  { search_regexp: `^[ \\t]*${panelPair}(?:;[ \\t]*|$)`, replace: "" },
];

const stripCookies: readonly CaddyJson[] = [
  {
    handle: [{
      handler: "headers",
      request: { replace: { Cookie: withoutPanelCookies } },
      // A header without name and value is ignored by browsers; Caddy can empty one line of several but not remove it.
      response: { deferred: true, replace: { "Set-Cookie": [{ search_regexp: `^[ \\t]*${panelPair}.*$`, replace: "" }] } },
    }],
  },
  { match: [{ header: { Cookie: [] }, not: [{ header_regexp: { Cookie: { pattern: "\\S" } } }] }], handle: [{ handler: "headers", request: { delete: ["Cookie"] } }] },
];

/** A reverse proxy to one upstream that retries what could not be connected, streams both ways, and keeps sockets over loads. */
export function proxyTo(upstream: string, parts: CaddyJson = {}): CaddyJson {
  return {
    handler: "reverse_proxy",
    upstreams: [{ dial: upstream }],
    // Neither read nor response timeouts: the gateway has its own for every route. Bodies pass as they were sent.
    transport: { protocol: "http", compression: false, dial_timeout: toNs(dialTimeoutMs) },
    // Only what never reached the upstream is sent again: the empty list matches no request.
    load_balancing: { try_duration: toNs(connectRetryMs), try_interval: toNs(100), retry_match: [{ method: [] }] },
    stream_close_delay: toNs(streamCloseDelayMs),
    ...parts,
  };
}

const answer = (status: number, body: string): CaddyJson => ({ handler: "static_response", status_code: status, headers: { "Content-Type": ["text/plain; charset=utf-8"], "Cache-Control": ["no-store"] }, body: `${body}\n` });

/** Forwarded headers of whoever is no trusted proxy are taken away before any handler sees them. */
export function dropForgedHeaders(trustedProxies: readonly string[]): CaddyJson[] {
  const always = { handle: [{ handler: "headers", request: { delete: neverFromOutside } }] };
  const untrusted = trustedProxies.length === 0 ? {} : { match: [{ not: [{ remote_ip: { ranges: trustedProxies } }] }] };
  return [always, { ...untrusted, handle: [{ handler: "headers", request: { delete: forgeable } }] }];
}

const pausedAnswer: CaddyJson = { handler: "static_response", status_code: 503, headers: { "Content-Type": ["application/json"], "Cache-Control": ["no-store"] }, body: JSON.stringify({ message: "This project is paused." }) };

const notFrom = (networks: readonly string[]) => ({ not: [{ client_ip: { ranges: networks } }] });

/** Dots, doubled and escaped slashes: what gateways resolve in different ways is never taken for an API path. */
const unclearTarget = String.raw`^[^?]*(?://|\\|%2[eEfF]|%5[cC]|/\.{1,2}(?:[/?]|$))`;

/** A path as an expression that takes nothing else. */
const literally = (path: string) => path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const uriMatches = (pattern: string) => ({ vars_regexp: { "{http.request.uri}": { pattern } } });

/** The target as it was sent, up to where its path ends. */
function targetOf({ kind, path }: EdgeApiRoute): string {
  if (kind === "prefix") return literally(path);
  return `${kind === "exact" ? literally(path) : `(?:${path})`}(?:\\?|$)`;
}

/** Routes with the same methods are one expression. Each is compared with the target as it was sent, as gateways do. */
function apiPathSets(apiRoutes: readonly EdgeApiRoute[]): CaddyJson[] {
  const byMethods = new Map<string, string[]>();
  for (const route of apiRoutes) {
    const key = (route.methods ?? []).join(" ");
    byMethods.set(key, [...(byMethods.get(key) ?? []), targetOf(route)]);
  }
  return [...byMethods].map(([methods, patterns]) => ({ ...uriMatches(`^(?:${patterns.join("|")})`), ...(methods === "" ? {} : { method: methods.split(" ") }) }));
}

const anyMethod = "[A-Z]+";
/** What no request matches. */
const nothing = "^$";

/** One expression for the method and the target of a request, with a space between; what a project's live file of API paths holds. */
export function apiExpression(apiRoutes: readonly EdgeApiRoute[]): string {
  const each = apiRoutes.map((route) => `(?:${(route.methods ?? []).join("|") || anyMethod}) ${targetOf(route)}`);
  return each.length === 0 ? nothing : `^(?:${each.join("|")})`;
}

/**
 * `expressionFile`: one with what `apiExpression` gives. It is asked last, and one that is missing refuses the request. `ph` is what Caddy
 * makes of a placeholder in an expression (its v2.11); one for a file is not recognised there.
 */
function notApiPath(apiRoutes: readonly EdgeApiRoute[], expressionFile: string | null): CaddyJson {
  const live = expressionFile === null ? [] : [{ expression: `({http.request.method} + " " + {http.request.uri}).matches(ph(req, "file.${expressionFile}"))` }];
  const sets = [...apiPathSets(apiRoutes), ...live].map((set) => ({ ...set, not: [uriMatches(unclearTarget)] }));
  return sets.length === 0 ? {} : { not: sets };
}

/**
 * Caddy's own expansion of `forward_auth`: a 2xx lets the request go on with the headers copied, anything else is the answer.
 * What the client sent under those names is deleted first.
 */
function askPanel({ upstream, path, headers, copyHeaders }: EdgeForwardAuth, projectId: string): CaddyJson {
  const question = { ...headers, "X-Forwarded-Method": "{http.request.method}", "X-Forwarded-Uri": "{http.request.uri}", "X-Basehold-Project": projectId, "X-Basehold-Client-Address": "{http.vars.client_ip}" };
  const copies = copyHeaders.flatMap(({ from, to }) => {
    const value = `{http.reverse_proxy.header.${canonical(from)}}`;
    return [
      { handle: [{ handler: "headers", request: { delete: [to] } }] },
      { match: [{ not: [{ vars: { [value]: [""] } }] }], handle: [{ handler: "headers", request: { set: { [canonical(to)]: [value] } } }] },
    ];
  });
  return proxyTo(upstream, {
    // The question mark drops the request's own query, which travels in x-forwarded-uri.
    rewrite: { method: "GET", uri: `${path}?` },
    // A socket is asked about like any other request: the panel is to answer the question, not to open one.
    headers: { request: { delete: ["Upgrade", "Connection", "Sec-Websocket-*"], set: Object.fromEntries(Object.entries(question).map(([name, value]) => [canonical(name), [value]])) } },
    // Whoever waits is a person in front of a browser: a panel that is down is told soon.
    load_balancing: { try_duration: toNs(askRetryMs), try_interval: toNs(100), retry_match: [{ method: [] }] },
    handle_response: [{ match: { status_code: [2] }, routes: [{ handle: [{ handler: "vars" }] }, ...copies] }],
  });
}

/** Go's form of a header name, by which Caddy keeps placeholders. */
const canonical = (name: string) => name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** A name of the API, one of Studio, or the project's own address. */
type ProjectAddress = "api" | "studio" | "local";

type Guarded = { address: ProjectAddress; projectId: string; expressionFile: string | null };

function studioRoutes({ apiRoutes, ownApiRoutes, isOnApiNames, isOnLocalAddress, allowedNetworks, forwardAuth }: EdgeStudio, { address, projectId, expressionFile }: Guarded): CaddyJson[] {
  const isStudio = address === "studio" ? {} : notApiPath([...apiRoutes, ...(expressionFile === null ? ownApiRoutes : [])], expressionFile);
  const isServed = { studio: true, api: isOnApiNames, local: isOnLocalAddress }[address];
  if (!isServed) {
    // What an own route is told more widely than it takes comes to the gateway, which keeps to it as well.
    const tellGateway = { handle: [{ handler: "headers", request: { set: { [canonical(studioOffHeader)]: ["1"] } } }] };
    return [{ match: [isStudio], handle: [answer(404, "Studio is not served at this address.")], terminal: true }, tellGateway];
  }
  const guards: CaddyJson[] = [];
  if (allowedNetworks !== null) guards.push({ match: [notFrom(allowedNetworks)], handle: [answer(403, "Studio is not open to your network.")], terminal: true });
  if (forwardAuth !== null) {
    const skipped = forwardAuth.letsBasicAuthPass ? { match: [{ not: [{ header: { Authorization: ["Basic *", "basic *"] } }] }] } : {};
    guards.push({ ...skipped, handle: [askPanel(forwardAuth, projectId)] });
  }
  return guards.length === 0 ? [] : [{ ...(address === "studio" ? {} : { match: [isStudio] }), handle: [{ handler: "subroute", routes: guards }] }];
}

/**
 * Everything a project's request passes on its way to the gateway. `address` says what is served where it came in, `expressionFile` holds its
 * own API paths; null: the document holds them itself.
 */
export function projectRoutes(project: EdgeProject, address: ProjectAddress, expressionFile: string | null): CaddyJson[] {
  if (project.isPaused === true) return [{ handle: [pausedAnswer] }];
  const closed = project.allowedNetworks === null ? [] : [{ match: [notFrom(project.allowedNetworks)], handle: [answer(403, "This project is not open to your network.")], terminal: true }];
  const studio = project.studio === null ? [] : studioRoutes(project.studio, { address, projectId: project.projectId, expressionFile });
  return [...closed, ...studio, ...stripCookies, { handle: [proxyTo(project.gatewayUpstream, { headers: { request: { set: { "X-Forwarded-For": ["{http.vars.client_ip}"] } } } })] }];
}

/** Shown while the certificate of a new domain is being got. */
export const notOpenYet = answer(503, "This address is being set up.");
export const unknownOverHttp = answer(404, "Nothing is served under this name.");
/** 421: a browser that reused a connection of another name asks again over a new one. */
export const unknownOverHttps = answer(421, "Nothing is served under this name.");

/** Sends a browser to the same address over HTTPS; 308 keeps method and body. */
export function redirectToHttps(httpsPort: number): CaddyJson {
  const port = httpsPort === 443 ? "" : `:${String(httpsPort)}`;
  return { handler: "static_response", status_code: 308, headers: { Location: [`https://{http.request.host}${port}{http.request.uri}`] } };
}

export function hstsHandler(hsts: NonNullable<EdgeHost["hsts"]>): CaddyJson {
  const value = `max-age=${String(hsts.maxAgeSeconds)}${hsts.includesSubdomains ? "; includeSubDomains" : ""}`;
  return { handler: "headers", response: { deferred: true, set: { "Strict-Transport-Security": [value] } } };
}

/** Answers of the edge itself when a gateway cannot be reached: JSON, as clients of the API expect it. */
export const unreachableErrors: CaddyJson = {
  routes: [{
    match: [{ vars: { "{http.error.status_code}": ["502", "504"] } }],
    handle: [{ handler: "static_response", status_code: "{http.error.status_code}", headers: { "Content-Type": ["application/json"], "Cache-Control": ["no-store"] }, body: JSON.stringify({ message: "What serves this address does not answer. Try again in a moment." }) }],
  }],
};
