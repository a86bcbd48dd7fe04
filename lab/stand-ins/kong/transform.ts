import { checkUserAgent } from "@/lib/gateway/contract";
import { isPanelCookie } from "./panel-cookie";
import { lua, message, queryValues, type Answer, type Exchange, type Headers } from "./exchange";
import type { LuaTable } from "./lua";
import { readChunk, type PluginConfig } from "./plugin-schemas";
import { compileTemplate } from "./template";

const split = (line: string): [string, string] => {
  const [, name = "", value = ""] = /^([^:]+):*([\s\S]*)$/.exec(line) ?? [];
  return [name, value];
};

function environmentOf({ upstream }: Exchange): LuaTable {
  // As they came: what a plugin changes is read at the first use, which is before it changes anything.
  const { query } = upstream;
  const headers = new Map([...upstream.headers].map(([name, values]) => [name, [...values]]));
  const tables: Record<string, LuaTable> = {
    headers: { get: (name) => lua(headers.get(name.toLowerCase().replaceAll("_", "-"))) },
    query_params: { get: (name) => lua(queryValues(query, name)) },
    uri_captures: { get: () => undefined },
  };
  return { get: (name) => tables[name] };
}

/** Kong's order: path, headers (removed, replaced, added, appended), then the query. An expression that fails is an answer of 500. */
export function transformRequest(exchange: Exchange, config: PluginConfig<"request-transformer">): Answer | undefined {
  const environment = environmentOf(exchange);
  const render = (line: string): [string, string] => {
    const [name, value] = split(line);
    return [name, compileTemplate(value)(environment)];
  };
  const { upstream } = exchange;
  try {
    if (config.replace.uri !== undefined) upstream.path = compileTemplate(config.replace.uri)(environment);
    for (const name of config.remove.headers) upstream.headers.delete(name.toLowerCase());
    for (const [name, value] of config.replace.headers.map(render)) if (upstream.headers.has(name.toLowerCase())) upstream.headers.set(name.toLowerCase(), [value]);
    for (const [name, value] of config.add.headers.map(render)) if (!upstream.headers.has(name.toLowerCase())) upstream.headers.set(name.toLowerCase(), [value]);
    for (const [name, value] of config.append.headers.map(render)) upstream.headers.set(name.toLowerCase(), [...(upstream.headers.get(name.toLowerCase()) ?? []), value]);
    transformQuery(exchange, config, render);
    return undefined;
  } catch {
    return message(500, "An unexpected error occurred");
  }
}

function transformQuery({ upstream }: Exchange, { remove, replace, add, append }: PluginConfig<"request-transformer">, render: (line: string) => [string, string]): void {
  if (remove.querystring.length + replace.querystring.length + add.querystring.length + append.querystring.length === 0) return;
  const query = new URLSearchParams(upstream.query);
  for (const name of remove.querystring) query.delete(name);
  for (const [name, value] of replace.querystring.map(render)) if (query.has(name)) query.set(name, value);
  for (const [name, value] of add.querystring.map(render)) if (!query.has(name)) query.set(name, value);
  for (const [name, value] of append.querystring.map(render)) query.append(name, value);
  upstream.query = query.toString();
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
