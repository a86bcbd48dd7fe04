import { checkUserAgent } from "@/lib/gateway/contract";
import { isPanelCookie } from "./panel-cookie";
import { lua, message, type Answer, type Exchange, type Headers } from "./exchange";
import type { LuaTable, LuaValue } from "./lua";
import { readChunk, type PluginConfig } from "./plugin-schemas";
import { toBytes, writeQuery, type Argument } from "./query";
import { compileTemplate } from "./template";

const split = (line: string): [string, string] => {
  const [, name = "", value = ""] = /^([^:]+):*([\s\S]*)$/.exec(line) ?? [];
  return [name, value];
};

const luaArgument = (args: readonly Argument[], name: string): LuaValue => {
  const values = args.filter(([each]) => each === name).map(([, value]) => value);
  return values.length > 1 ? values.map(String) : values[0];
};

function environmentOf({ asked }: Exchange, seen: Headers): LuaTable {
  // As they came: what a plugin changes is read at the first use, which is before it changes anything.
  const headers = new Map(seen);
  const tables: Record<string, LuaTable> = {
    headers: { get: (name) => lua(headers.get(name.toLowerCase().replaceAll("_", "-"))) },
    query_params: { get: (name) => luaArgument(asked.args, name) },
    uri_captures: { get: () => undefined },
  };
  return { get: (name) => tables[name] };
}

/** The first headers only, as many as Kong lets plugins see. Source: `kong.request.get_headers`, lua_max_req_headers. */
function seenHeaders({ asked, upstream }: Exchange): Headers {
  const seen: Headers = new Map();
  for (const [name, values] of upstream.headers) {
    const [sent, known] = [asked.headers.get(name), asked.seenHeaders.get(name)];
    if (sent === undefined) seen.set(name, values);
    else if (known !== undefined) seen.set(name, known.length === sent.length ? values : values.slice(0, known.length));
  }
  return seen;
}

type Render = (line: string) => [string, string];

/** Kong's order: path, headers (removed, replaced, added, appended), then the query. An expression that fails is an answer of 500. */
export function transformRequest(exchange: Exchange, config: PluginConfig<"request-transformer">): Answer | undefined {
  const seen = seenHeaders(exchange);
  const environment = environmentOf(exchange, seen);
  const render: Render = (line) => {
    const [name, value] = split(line);
    return [name, compileTemplate(value)(environment)];
  };
  try {
    if (config.replace.uri !== undefined) exchange.upstream.path = compileTemplate(config.replace.uri)(environment);
    transformHeaders(exchange, seen, config, render);
    transformQuery(exchange, config, render);
    return undefined;
  } catch {
    return message(500, "An unexpected error occurred");
  }
}

/** A header that is not seen is neither removed nor replaced; one that is added takes its place. Source: transform_headers of `kong/plugins/request-transformer/access.lua`. */
function transformHeaders({ upstream }: Exchange, seen: Headers, { remove, replace, add, append }: PluginConfig<"request-transformer">, render: Render): void {
  for (const name of remove.headers.map((each) => each.toLowerCase())) if (seen.delete(name)) upstream.headers.delete(name);
  for (const [name, value] of replace.headers.map(render)) if (seen.has(name.toLowerCase())) seen.set(name.toLowerCase(), [value]);
  for (const [name, value] of add.headers.map(render)) if (!seen.has(name.toLowerCase())) seen.set(name.toLowerCase(), [value]);
  for (const [name, value] of append.headers.map(render)) seen.set(name.toLowerCase(), [...(seen.get(name.toLowerCase()) ?? []), value]);
  for (const [name, values] of seen) upstream.headers.set(name, values);
}

/** Only what is seen of a query is written again, in another order. Source: transform_querystrings, as above. */
function transformQuery({ asked, upstream }: Exchange, { remove, replace, add, append }: PluginConfig<"request-transformer">, render: Render): void {
  if (remove.querystring.length + replace.querystring.length + add.querystring.length + append.querystring.length === 0) return;
  let query = asked.args.filter(([name]) => !remove.querystring.includes(name));
  const has = (wanted: string) => query.some(([name]) => name === wanted);
  const set = (wanted: string, value: string) => void (query = [...query.filter(([name]) => name !== wanted), [wanted, toBytes(value)]]);
  for (const [name, value] of replace.querystring.map(render)) if (has(name)) set(name, value);
  for (const [name, value] of add.querystring.map(render)) if (!has(name)) set(name, value);
  for (const [name, value] of append.querystring.map(render)) query = [...query, [name, toBytes(value)]];
  upstream.query = writeQuery(query);
}

export function transformAnswer(config: PluginConfig<"response-transformer">, answer: Headers): void {
  for (const name of config.remove.headers) answer.delete(name.toLowerCase());
  for (const [name, value] of config.replace.headers.map(split)) if (answer.has(name.toLowerCase())) answer.set(name.toLowerCase(), [value]);
  for (const [name, value] of config.add.headers.map(split)) if (!answer.has(name.toLowerCase())) answer.set(name.toLowerCase(), [value]);
  for (const [name, value] of config.append.headers.map(split)) answer.set(name.toLowerCase(), [...(answer.get(name.toLowerCase()) ?? []), value]);
}

/** The chunks of post-function that the stand-in knows, as what they do. */
export function runAccessChunks({ asked, upstream: { headers } }: Exchange, { access }: PluginConfig<"post-function">, nowS: number): Answer | undefined {
  for (const chunk of access.map(readChunk)) {
    if (chunk?.does === "refuse-keys" && holdsOne(chunk.keys, `${asked.rawPath}?${asked.query}`, headers)) return { status: 401, headers: { "content-type": "text/plain" }, body: "Unauthorized" };
    if (chunk?.does === "close" && nowS >= chunk.atS) return { status: 403, headers: { "content-type": "text/plain" }, body: chunk.body };
    if (chunk?.does === "clear-empty-header") clearEmpty(headers, chunk.header);
    if (chunk?.does === "clean-request") {
      stripPanelCookies(headers, "cookie");
      clearEmpty(headers, "authorization");
      clearEmpty(headers, "apikey");
    }
  }
  return undefined;
}

/** Of the headers as they go on, and of the path and query as they came, once unescaped. */
function holdsOne(keys: readonly string[], target: string, headers: Headers): boolean {
  const values = [...headers.values()].flat();
  const texts = [...values, target.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))];
  return values.length >= 1000 || texts.some((text) => keys.some((key) => text.includes(key)));
}

export function runAnswerChunks(exchange: Exchange, config: PluginConfig<"post-function">, answer: Headers): void {
  for (const chunk of config.header_filter.map(readChunk)) {
    if (chunk?.does === "clean-response") stripPanelCookies(answer, "set-cookie");
    if (chunk?.does === "uncount-check" && exchange.asked.headers.get("user-agent")?.[0] === checkUserAgent) exchange.isConsumerHidden = true;
  }
}

function clearEmpty(headers: Headers, name: string): void {
  if (headers.get(name)?.every((value) => value.trim() === "") === true) headers.delete(name);
}

function stripPanelCookies(headers: Headers, name: "cookie" | "set-cookie"): void {
  const values = headers.get(name);
  if (values === undefined) return;
  const parts = name === "cookie" ? values.flatMap((value) => value.split(";")).map((pair) => pair.trim()) : values;
  const kept = parts.filter((part) => !isPanelCookie(part));
  if (kept.length === parts.length) return;
  if (kept.length === 0) headers.delete(name);
  else headers.set(name, name === "cookie" ? [kept.join("; ")] : kept);
}
