import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import type { Configuration, Route } from "./declarative";
import type { Identity } from "./credentials";
import type { Match, RouterContext } from "./expression";
import { networkTest } from "./expression";
import { escapePath, normalizeKongPath, upstreamPath } from "./path";

/** Names in lower case, each with its values as they came. */
export type Headers = Map<string, string[]>;
export type Answer = { status: number; headers: Record<string, string>; body: string };

/** What Kong itself answers, in its form. */
export const message = (status: number, text: string | undefined, headers: Record<string, string> = {}): Answer => ({
  status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: text === undefined ? "" : JSON.stringify({ message: text }),
});

/** What a client asked for. */
export type Asked = { method: string; rawPath: string; query: string; path: string; headers: Headers; clientAddress: string; isFromProxy: boolean; scheme: "http" | "https" };

/** One request on its route. What `upstream` holds is what goes on. */
export type Exchange = {
  asked: Asked;
  route: Route;
  identity: Identity | undefined;
  /** Preflights that a plugin answered whole. */
  isCorsDone: boolean;
  /** Whether logs and counters are told of no consumer, as `kong.log.set_serialize_value` makes them. */
  isConsumerHidden: boolean;
  upstream: { path: string; query: string; headers: Headers };
  requestId: string;
};

export function headersOf(message: IncomingMessage): Headers {
  const headers: Headers = new Map();
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    const name = (message.rawHeaders[at] ?? "").toLowerCase();
    // As nginx drops a header whose name holds an underscore, where the server is told to.
    if (name.includes("_")) continue;
    headers.set(name, [...(headers.get(name) ?? []), message.rawHeaders[at + 1] ?? ""]);
  }
  return headers;
}

/** One value, several, or nothing, as Lua sees a header. */
export function lua(values: readonly string[] | undefined): string | readonly string[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values.length === 1 ? values[0] : values;
}

export function queryValues(query: string, name: string): string[] {
  return new URLSearchParams(query).getAll(name);
}

const bare = (address: string) => (ipaddr.isValid(address) ? ipaddr.process(address).toString() : address);

/** The client behind trusted proxies: from the right of `X-Forwarded-For`, the first address that is not one of them. */
function clientOf(peer: string, forwarded: readonly string[], trusted: readonly string[]): { address: string; isFromProxy: boolean } {
  const isTrusted = (address: string) => trusted.some((network) => networkTest(network)(address));
  if (!isTrusted(peer)) return { address: peer, isFromProxy: false };
  const hops = forwarded.join(",").split(",").map((part) => part.trim()).filter((part) => ipaddr.isValid(part));
  const client = [...hops].reverse().find((address) => !isTrusted(address)) ?? hops[0];
  return { address: client ?? peer, isFromProxy: true };
}

export function readAsked(message: IncomingMessage, trustedIps: readonly string[]): Asked {
  const target = message.url ?? "/";
  const at = target.indexOf("?");
  const [rawPath, query] = at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at + 1)];
  const headers = headersOf(message);
  const { address, isFromProxy } = clientOf(bare(message.socket.remoteAddress ?? ""), headers.get("x-forwarded-for") ?? [], trustedIps);
  return { method: message.method ?? "GET", rawPath, query, path: normalizeKongPath(rawPath), headers, clientAddress: address, isFromProxy, scheme: "http" };
}

/** What nginx refuses before Kong sees it: a null, a path above the root, no path at all. */
export function isMalformed({ rawPath }: Asked): boolean {
  if (!rawPath.startsWith("/") || /%00|[\x00-\x20\x7f]|%(?![0-9a-f]{2})/i.test(rawPath)) return true;
  let depth = 0;
  for (const segment of normalizeEscapedDots(rawPath).split("/").filter((part) => part !== "" && part !== ".")) {
    depth += segment === ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

const normalizeEscapedDots = (path: string) => path.replaceAll(/%2e/gi, ".");

function contextOf(asked: Asked): RouterContext {
  return {
    fieldValues(field) {
      if (field === "http.path") return [asked.path];
      if (field === "http.method") return [asked.method];
      if (field === "net.protocol") return [asked.scheme];
      if (field === "net.src.ip") return [asked.clientAddress];
      if (field === "http.host") return asked.headers.get("host")?.map((host) => host.replace(/:\d+$/, ""));
      if (field.startsWith("http.headers.")) return asked.headers.get(field.slice("http.headers.".length).replaceAll("_", "-"));
      if (field.startsWith("http.queries.")) return queryValues(asked.query, field.slice("http.queries.".length));
      const segment = /^http\.path\.segments\.(\d+)$/.exec(field)?.[1];
      const found = segment === undefined ? undefined : asked.path.slice(1).split("/")[Number(segment)];
      return found === undefined ? undefined : [found];
    },
  };
}

/** The exchange on the first route that takes the request; undefined when none does. */
export function route(configuration: Configuration, asked: Asked, portMap: ReadonlyMap<number, number>, requestId: string): Exchange | undefined {
  const context = contextOf(asked);
  for (const candidate of configuration.routes) {
    const match: Match = {};
    if (candidate.matcher.matches(context, match)) return exchangeOf(candidate, asked, match, portMap, requestId);
  }
  return undefined;
}

function exchangeOf(taken: Route, asked: Asked, match: Match, portMap: ReadonlyMap<number, number>, requestId: string): Exchange {
  const stripped = taken.stripsPath ? match.matchedPath : undefined;
  const headers: Headers = new Map([...asked.headers].map(([name, values]) => [name, [...values]]));
  const { upstream } = taken;
  const host = asked.headers.get("host")?.[0] ?? "";
  const trust = (name: string, own: string) => headers.set(name, [(asked.isFromProxy ? asked.headers.get(name)?.[0] : undefined) ?? own]);
  trust("x-forwarded-proto", asked.scheme);
  trust("x-forwarded-host", host.replace(/:\d+$/, ""));
  trust("x-forwarded-port", String([...portMap.values()][0] ?? 8000));
  trust("x-forwarded-path", asked.rawPath);
  if (stripped !== undefined && stripped !== "/") trust("x-forwarded-prefix", stripped);
  else if (!asked.isFromProxy) headers.delete("x-forwarded-prefix");
  headers.set("x-forwarded-for", [[...(asked.headers.get("x-forwarded-for") ?? []), asked.clientAddress].join(", ")]);
  headers.set("x-real-ip", [asked.clientAddress]);
  headers.set("x-kong-request-id", [requestId]);
  if (upstream !== undefined && !taken.preservesHost) headers.set("host", [upstream.port === (upstream.protocol === "https" ? 443 : 80) ? upstream.host : `${upstream.host}:${String(upstream.port)}`]);
  const path = upstream === undefined ? "" : escapePath(upstreamPath(upstream.path, asked.path, stripped));
  return { asked, route: taken, identity: undefined, isCorsDone: false, isConsumerHidden: false, upstream: { path, query: asked.query, headers }, requestId };
}
