/** An argument of a query, its bytes as latin1: a name without `=` has the value true. */
export type Argument = readonly [name: string, value: string | true];

const undo = (text: string) => text.replaceAll("+", " ").replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The first `limit` arguments, unescaped: Kong never sees the others. Source: `ngx.req.get_uri_args`, lua_max_uri_args. */
export function readQuery(query: string, limit: number): Argument[] {
  return query.split("&").filter((part) => part !== "" && !part.startsWith("=")).slice(0, limit).map((part) => {
    const at = part.indexOf("=");
    return at < 0 ? [undo(part), true] : [undo(part.slice(0, at)), undo(part.slice(at + 1))];
  });
}

const keep = (text: string) => text.replace(/[^A-Za-z0-9!'()*._~-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`);

/** In the order of the escaped text, those of one name together. Source: make_ordered_args of `kong/pdk/service/request.lua`. */
export function writeQuery(query: readonly Argument[]): string {
  const names = new Map<string, string[]>();
  for (const [name, value] of query) names.set(name, [...(names.get(name) ?? []), value === true ? keep(name) : `${keep(name)}=${keep(value)}`]);
  return [...names.values()].map((parts) => parts.join("&")).sort().join("&");
}

/** Bytes of a text, as the other values here. */
export const toBytes = (text: string) => Buffer.from(text).toString("latin1");

/** The text of bytes; undefined when they are no UTF-8. */
export function toText(bytes: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}
