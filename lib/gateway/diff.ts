import { parseNetwork } from "./addresses";
import { accessWords, bodyWords, corsWords, headerWords, idleWords, ipWords, limitWords, matchWords, positionWords, retryWords, rewriteWords, timeoutWords, upstreamWords } from "./diff-words";
import { fingerprint } from "./htpasswd";
import { covers, matchesPath } from "./match";
import { permittedOverrides, type BuiltInOverride, type OverrideField } from "./overrides";
import { effectiveRoutes, toGatewayRoute } from "./precedence";
import { hostOfOrigin } from "./route-fields";
import type { GatewaySettings, OwnRoute } from "./route-model";
import { builtInRoutes, type CorsRule, type GatewayOptions, type GatewayRoute } from "./routes";

/** One change in words, without a capital or a full stop so that several make a list, for example `opens /hooks/ to everyone`. */
export type GatewayChange = { kind: "added" | "removed" | "changed"; /** Own or built-in route; null for what concerns none alone. */ routeId: string | null; sentence: string };

/** What differs between two settings, in words: own routes in their order of precedence first, then built-in routes, MCP and networks. */
export function describeChanges(before: GatewaySettings, after: GatewaySettings, options: GatewayOptions): GatewayChange[] {
  return [...describeOwnRoutes(before, after), ...describeBuiltIns(before, after, options), ...describeMcp(before, after), ...describeNetworks(before, after)];
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
const byPosition = (one: OwnRoute, other: OwnRoute) => (one.position.side < other.position.side ? -1 : one.position.side > other.position.side ? 1 : one.position.order - other.position.order);

function describeOwnRoutes(before: GatewaySettings, after: GatewaySettings): GatewayChange[] {
  const known = new Map(before.ownRoutes.map((route) => [route.id, route]));
  const kept = new Set(after.ownRoutes.map(({ id }) => id));
  const added = [...after.ownRoutes].sort(byPosition).flatMap((route) => {
    const old = known.get(route.id);
    const kind = old === undefined ? "added" : "changed";
    const sentences = old === undefined ? describeAdded(route) : describeChanged(old, route);
    return sentences.map((sentence): GatewayChange => ({ kind, routeId: route.id, sentence }));
  });
  const removed = before.ownRoutes.filter(({ id }) => !kept.has(id)).map((route): GatewayChange => ({ kind: "removed", routeId: route.id, sentence: `removes ${route.name} (${matchWords(route)})` }));
  return [...added, ...removed];
}

/** What a new route says of itself beyond where it goes: only what differs from a route that nothing was chosen on. */
function describeAdded(route: OwnRoute): string[] {
  const at = matchWords(route);
  if (!route.isEnabled) return [`adds ${route.name} (${at}), switched off`];
  const opening = route.access === "denied" ? `closes ${at} to everyone` : `${accessWords(route)}, answered by ${upstreamWords(route)}`;
  const rest = [
    route.ipAllow.length > 0 ? ipWords(at, route.ipAllow) : null,
    route.rateLimit !== null ? limitWords(at, route.rateLimit) : null,
    route.cors !== null ? corsWords(at, route.cors) : null,
    ...headerWords(at, { set: [], remove: [] }, route.requestHeaders, "request"),
    ...headerWords(at, { set: [], remove: [] }, route.responseHeaders, "response"),
    route.maxBodyBytes !== null ? bodyWords(at, route.maxBodyBytes) : null,
  ];
  return [opening, ...rest.filter((sentence) => sentence !== null)];
}

function describeChanged(old: OwnRoute, route: OwnRoute): string[] {
  const at = matchWords(route);
  const changed = (field: keyof OwnRoute, words: () => string) => (same(old[field], route[field]) ? [] : [words()]);
  return [
    ...changed("name", () => `renames ${old.name} to ${route.name}`),
    ...changed("isEnabled", () => (route.isEnabled ? `switches ${route.name} on: ${route.access === "denied" ? `closes ${at} to everyone` : `${accessWords(route)}, answered by ${upstreamWords(route)}`}` : `switches ${route.name} (${at}) off`)),
    ...changed("position", () => positionWords(at, old, route)),
    ...changed("match", () => `${route.name} takes ${at} instead of ${matchWords(old)}`),
    ...changed("upstream", () => `routes ${at} to ${upstreamWords(route)} instead of ${upstreamWords(old)}`),
    ...changed("rewrite", () => rewriteWords(at, route.rewrite)),
    ...changed("access", () => accessWords(route)),
    ...changed("ipAllow", () => ipWords(at, route.ipAllow)),
    ...changed("rateLimit", () => limitWords(at, route.rateLimit)),
    ...changed("cors", () => corsWords(at, route.cors)),
    ...headerWords(at, old.requestHeaders, route.requestHeaders, "request"),
    ...headerWords(at, old.responseHeaders, route.responseHeaders, "response"),
    ...changed("timeoutMs", () => timeoutWords(at, route.timeoutMs)),
    ...changed("idleTimeoutMs", () => idleWords(at, route.idleTimeoutMs)),
    ...changed("retryAttempts", () => retryWords(at, route.retryAttempts)),
    ...changed("maxBodyBytes", () => bodyWords(at, route.maxBodyBytes)),
  ];
}

function describeBuiltIns(before: GatewaySettings, after: GatewaySettings, options: GatewayOptions): GatewayChange[] {
  return builtInRoutes(options).flatMap(({ id, match }) => {
    const [old, now] = [before.builtInOverrides[id] ?? {}, after.builtInOverrides[id] ?? {}];
    return permittedOverrides(id)
      .filter((field) => !same(old[field], now[field]))
      .map((field): GatewayChange => ({ kind: "changed", routeId: id, sentence: overrideWords(match.path, field, now) }));
  });
}

function overrideWords(at: string, field: OverrideField, now: BuiltInOverride): string {
  switch (field) {
    case "isClosed":
      return now.isClosed === true ? `closes ${at} to everyone` : `opens ${at} again as the release has it`;
    case "timeoutMs":
      return now.timeoutMs === undefined ? asReleased("timeout", at) : timeoutWords(at, now.timeoutMs);
    case "idleTimeoutMs":
      return now.idleTimeoutMs === undefined ? asReleased("idle timeout", at) : idleWords(at, now.idleTimeoutMs);
    case "retryAttempts":
      return now.retryAttempts === undefined ? asReleased("retries", at) : retryWords(at, now.retryAttempts);
    case "ipAllow":
      return ipWords(at, now.ipAllow ?? []);
    case "rateLimit":
      return limitWords(at, now.rateLimit ?? null);
    case "cors":
      return corsWords(at, now.cors ?? null);
    case "maxBodyBytes":
      return bodyWords(at, now.maxBodyBytes ?? null);
  }
}

const asReleased = (what: string, at: string) => `takes the ${what} of ${at} back to the release's`;

function describeMcp({ mcp: old }: GatewaySettings, { mcp: now }: GatewaySettings): GatewayChange[] {
  if (same(old, now)) return [];
  const who = now.isOpen ? `${now.ipAllow.join(", ")} until ${now.expiresAt.slice(0, 16).replace("T", " ")} UTC${now.requiresServiceKey ? ", with the service key" : ", without a key"}` : "";
  return [{ kind: "changed", routeId: "mcp-denied", sentence: now.isOpen ? `opens /mcp to ${who}` : "closes /mcp to everyone" }];
}

function describeNetworks({ allowedUpstreamNetworks: old }: GatewaySettings, { allowedUpstreamNetworks: now }: GatewaySettings): GatewayChange[] {
  const opened = now.filter((network) => !old.includes(network)).map((network) => `lets external routes reach the private network ${network}`);
  const closed = old.filter((network) => !now.includes(network)).map((network) => `no longer lets external routes reach the private network ${network}`);
  return [...opened, ...closed].map((sentence) => ({ kind: "changed", routeId: null, sentence }));
}

export type GatewayWarning = {
  /** Stable while what it warns of stays the same, so that a person confirms it once; another path or access makes another id. */
  id: string;
  routeId: string;
  sentence: string;
  /** To be typed for confirming it: where a click is not enough. */
  phrase?: string;
};

function warning(kind: string, routeId: string, about: unknown, sentence: string, phrase?: string): GatewayWarning {
  return { id: `${kind}:${routeId}:${fingerprint(JSON.stringify(about))}`, routeId, sentence, ...(phrase === undefined ? {} : { phrase }) };
}

/** What a person is stopped for once before these settings are applied. Routes that are switched off warn of nothing. */
export function findWarnings(settings: GatewaySettings, options: GatewayOptions): GatewayWarning[] {
  const own = settings.ownRoutes.filter(({ isEnabled }) => isEnabled);
  return [
    ...findHiding(settings, options),
    ...own.flatMap((route) => [...warnOfWildcard(route, settings, options), ...warnOfOpenDatabase(route), ...warnOfOpenMcpPath(route), ...warnOfCredentials(route)]),
    ...warnOfCors(settings),
    ...warnOfWideLists(settings),
    ...warnOfMcp(settings),
  ];
}

const nameOf = (settings: GatewaySettings, { id, match }: GatewayRoute) => settings.ownRoutes.find((route) => route.id === id)?.name ?? match.path;

/** One warning for each route that hides others, however many; wildcards above built-in routes have a warning of their own. */
function findHiding(settings: GatewaySettings, options: GatewayOptions): GatewayWarning[] {
  const routes = effectiveRoutes(settings, options);
  const hidden = new Map<GatewayRoute, GatewayRoute[]>();
  routes.forEach((route, index) => {
    const by = routes.slice(0, index).find((earlier) => (earlier.isOwn ?? route.isOwn) === true && covers(earlier.match, route.match));
    if (by !== undefined && (route.isOwn === true || !isWildcardAbove(by, settings))) hidden.set(by, [...(hidden.get(by) ?? []), route]);
  });
  return [...hidden].map(([by, others]) => {
    const names = others.map((route) => nameOf(settings, route)).join(", ");
    return warning("hides", by.id, [by.match, others.map(({ id, match }) => [id, match])], `${nameOf(settings, by)} takes every request of ${names}, which nobody reaches then.`);
  });
}

function isWildcardAbove({ id, match }: GatewayRoute, settings: GatewaySettings): boolean {
  const isAbove = settings.ownRoutes.some((own) => own.id === id && own.position.side === "above");
  return isAbove && (match.kind === "regex" || match.path === "/");
}

function warnOfWildcard(own: OwnRoute, settings: GatewaySettings, options: GatewayOptions): GatewayWarning[] {
  if (own.position.side !== "above" || own.match.path.kind === "exact") return [];
  const { match } = toGatewayRoute(own, options);
  const isAbove = (path: string) => (match.kind === "prefix" ? path.startsWith(match.path) && path !== match.path : matchesPath(match, path) || matchesPath(match, `${path}x`));
  const taken = effectiveRoutes({ ...settings, ownRoutes: [] }, options).filter((route) => isAbove(route.match.path));
  if (taken.length === 0) return [];
  return [warning("wildcard-above", own.id, [own.match, taken.map(({ id }) => id)], `${own.name} (${matchWords(own)}) stands above ${taken.map((route) => route.match.path).join(", ")} and takes their requests.`)];
}

function warnOfOpenDatabase(own: OwnRoute): GatewayWarning[] {
  const { upstream, access } = own;
  const reaches = upstream.kind === "service" && (upstream.service === "rest" || upstream.service === "realtime");
  if (!reaches || access !== "open") return [];
  return [warning("database-open", own.id, [own.match, upstream, own.rewrite, own.ipAllow], `${own.name} (${matchWords(own)}) reaches the database without a key: only row level security stands between it and everyone.`)];
}

const mcpPaths = ["/mcp", "/api/mcp"];

function warnOfOpenMcpPath(own: OwnRoute): GatewayWarning[] {
  if (own.access !== "open" || (own.ipAllow.length > 0 && !own.ipAllow.some(isEveryone))) return [];
  const written = [own.match.path.value, own.rewrite ?? ""];
  if (!mcpPaths.some((path) => written.some((text) => text.startsWith(path)))) return [];
  return [warning("mcp-path-open", own.id, [own.match, own.upstream, own.rewrite], `${own.name} opens an MCP path (${matchWords(own)}) to everyone. Give it a list of IP addresses.`)];
}

function warnOfCredentials(own: OwnRoute): GatewayWarning[] {
  const leaving =
    own.upstream.kind === "external" && own.upstream.forwardsCredentials && own.access !== "denied"
      ? [warning("credentials-leave", own.id, [own.match, own.upstream], `${own.name} sends API keys, tokens and cookies of your users to ${hostOfOrigin(own.upstream.origin)}.`, hostOfOrigin(own.upstream.origin))]
      : [];
  const written = own.requestHeaders.set.filter(({ name }) => name === "apikey" || name === "authorization" || name === "x-api-key");
  const lends = own.upstream.kind === "service" && written.length > 0 && own.access !== "denied";
  return lends ? [...leaving, warning("lends-key", own.id, [own.match, own.upstream, own.access, written.map(({ name }) => name)], `${own.name} writes ${written.map(({ name }) => name).join(", ")} itself: whoever may pass it acts with that key.`)] : leaving;
}

function warnOfCors(settings: GatewaySettings): GatewayWarning[] {
  const own = settings.ownRoutes.filter(({ isEnabled }) => isEnabled).map(({ id, name, cors }) => ({ id, name, cors }));
  const builtIn = Object.entries(settings.builtInOverrides).map(([id, override]) => ({ id, name: id, cors: override.cors ?? null }));
  const isOpen = (cors: CorsRule | null) => cors !== null && cors.allowsCredentials && cors.origins.includes("*");
  return [...own, ...builtIn].filter(({ cors }) => isOpen(cors)).map(({ id, name, cors }) => warning("cors-any-with-credentials", id, cors, `${name} lets every page on the web read answers with the visitor's cookies. Name the origins instead.`));
}

/** Networks so wide that they keep nobody out. */
function isEveryone(text: string): boolean {
  const network = parseNetwork(text);
  return network !== undefined && network.prefixLength < (network.address.includes(":") ? 16 : 8);
}

/** A list that holds such a network looks like a limit and is none. */
function warnOfWideLists(settings: GatewaySettings): GatewayWarning[] {
  const own = settings.ownRoutes.filter(({ isEnabled, access }) => isEnabled && access !== "denied");
  const builtIn = Object.entries(settings.builtInOverrides).filter(([, { isClosed }]) => isClosed !== true).map(([id, { ipAllow = [] }]) => ({ id, name: id, ipAllow }));
  return [...own, ...builtIn].flatMap(({ id, name, ipAllow }) => {
    const wide = ipAllow.filter(isEveryone);
    if (wide.length === 0) return [];
    return [warning("addresses-open-to-everyone", id, wide, `${name} lists ${wide.join(", ")}, which is nearly everyone: its list of addresses keeps hardly anybody out. Name smaller networks, or take the list away.`)];
  });
}

function warnOfMcp({ mcp }: GatewaySettings): GatewayWarning[] {
  if (!mcp.isOpen) return [];
  const wide = mcp.ipAllow.filter(isEveryone);
  if (wide.length === 0) return [];
  return [warning("mcp-open-to-everyone", "mcp-denied", [wide, mcp.requiresServiceKey], `MCP runs SQL and is opened to ${wide.join(", ")}, which is nearly everyone${mcp.requiresServiceKey ? ", with the service key" : ", without a key"}. Name single addresses.`)];
}
