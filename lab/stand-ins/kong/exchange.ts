import type { Asked, Headers } from "./asked";
import type { Configuration, Route } from "./declarative";
import type { Identity } from "./credentials";
import type { Match, RouterContext } from "./expression";
import { escapePath, upstreamPath } from "./path";
import { toBytes, toText, type Argument } from "./query";

export type { Asked, Headers } from "./asked";
export type Answer = { status: number; headers: Record<string, string>; body: string };

/** What Kong itself answers, in its form. */
export const message = (status: number, text: string | undefined, headers: Record<string, string> = {}): Answer => ({
  status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: text === undefined ? "" : JSON.stringify({ message: text }),
});

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

/** One value, several, or nothing, as Lua sees a header. */
export function lua(values: readonly string[] | undefined): string | readonly string[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values.length === 1 ? values[0] : values;
}

/** Values of an argument; undefined for a name that stands without `=`. */
export function queryValues(args: readonly Argument[], name: string): (string | undefined)[] {
  return args.filter(([each]) => each === name).map(([, value]) => (value === true ? undefined : value));
}

type Field = (asked: Asked) => readonly (string | undefined)[] | undefined;

const plainFields: Record<string, Field> = {
  "http.path": ({ path }) => [path],
  "http.method": ({ method }) => [method],
  "net.protocol": ({ scheme }) => [scheme],
  "net.src.ip": ({ clientAddress }) => [clientAddress],
  "http.host": ({ headers }) => headers.get("host")?.map((host) => toText(host.replace(/:\d+$/, ""))),
};

/** What a request has in a field of the router; undefined in place of a value whose bytes are no UTF-8. */
function fieldOf(asked: Asked, field: string): readonly (string | undefined)[] | undefined {
  const plain = plainFields[field];
  if (plain !== undefined) return plain(asked);
  if (field.startsWith("http.headers.")) return asked.seenHeaders.get(field.slice("http.headers.".length).replaceAll("_", "-"))?.map(toText);
  if (field.startsWith("http.queries.")) return queryValues(asked.args, field.slice("http.queries.".length)).map((value) => toText(value ?? ""));
  const segment = /^http\.path\.segments\.(\d+)$/.exec(field)?.[1];
  const found = segment === undefined ? undefined : asked.path?.slice(1).split("/")[Number(segment)];
  return found === undefined ? undefined : [found];
}

/** The exchange on the first route that takes the request; undefined when none does, or the router cannot read what some route has a condition on. Source: `exec` of `kong/router/atc.lua`. */
export function route(configuration: Pick<Configuration, "routes" | "fields">, asked: Asked, settings: ExchangeSettings, requestId: string): Exchange | undefined {
  const isUnreadable = configuration.fields.some((field) => fieldOf(asked, field)?.includes(undefined) === true);
  if (isUnreadable) return undefined;
  const context: RouterContext = { fieldValues: (field) => fieldOf(asked, field)?.filter((value) => value !== undefined) };
  for (const candidate of configuration.routes) {
    const match: Match = {};
    if (candidate.matcher.matches(context, match)) return exchangeOf(candidate, asked, match, settings, requestId);
  }
  return undefined;
}

/** What every request that goes on is told. */
export type ExchangeSettings = { portMap: ReadonlyMap<number, number>; /** KONG_HEADERS_UPSTREAM */ tellsRequestId: boolean };

function exchangeOf(taken: Route, asked: Asked, match: Match, { portMap, tellsRequestId }: ExchangeSettings, requestId: string): Exchange {
  const stripped = taken.stripsPath ? match.matchedPath : undefined;
  const headers: Headers = new Map([...asked.headers].map(([name, values]) => [name, [...values]]));
  const { upstream } = taken;
  const host = asked.headers.get("host")?.[0] ?? "";
  const trust = (name: string, own: string) => headers.set(name, [(asked.isFromProxy ? asked.headers.get(name)?.[0] : undefined) ?? own]);
  trust("x-forwarded-proto", asked.scheme);
  trust("x-forwarded-host", host.replace(/:\d+$/, ""));
  trust("x-forwarded-port", String([...portMap.values()][0] ?? 8000));
  trust("x-forwarded-path", asked.rawPath);
  if (stripped !== undefined && stripped !== "/") trust("x-forwarded-prefix", toBytes(stripped));
  else if (!asked.isFromProxy) headers.delete("x-forwarded-prefix");
  headers.set("x-forwarded-for", [[...(asked.headers.get("x-forwarded-for") ?? []), asked.clientAddress].join(", ")]);
  headers.set("x-real-ip", [asked.clientAddress]);
  // Whatever KONG_HEADERS and KONG_HEADERS_UPSTREAM say, the real one sends it. Source: `kong/runloop/handler.lua`.
  headers.set("via", [[...(asked.seenHeaders.get("via") ?? []).slice(0, 1), "1.1 kong/3.9.3"].join(", ")]);
  if (tellsRequestId) headers.set("x-kong-request-id", [requestId]);
  if (upstream !== undefined && !taken.preservesHost) headers.set("host", [upstream.port === (upstream.protocol === "https" ? 443 : 80) ? upstream.host : `${upstream.host}:${String(upstream.port)}`]);
  const path = upstream === undefined ? "" : escapePath(upstreamPath(upstream.path, asked.path ?? "/", stripped));
  return { asked, route: taken, identity: undefined, isCorsDone: false, isConsumerHidden: false, upstream: { path, query: asked.query, headers }, requestId };
}
