import { compileLua, LuaError, type LuaTable } from "./lua";

export type Template = (environment: LuaTable) => string;

const compiled = new Map<string, Template>();

/**
 * A value of request-transformer: text in which `$(…)` runs as Lua. The parenthesis is closed by counting, without regard to strings, as Penlight does.
 * @throws LuaError for an expression that does not compile.
 */
export function compileTemplate(source: string): Template {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const template = compile(source);
  if (compiled.size > 2000) compiled.clear();
  compiled.set(source, template);
  return template;
}

function compile(source: string): Template {
  const parts: Template[] = [];
  let rest = source;
  for (;;) {
    const at = rest.indexOf("$(");
    if (at < 0) break;
    const text = rest.slice(0, at);
    const end = findClosing(rest, at + 1);
    const expression = compileLua(rest.slice(at + 2, end));
    parts.push(() => text, (environment) => written(expression(environment)));
    rest = rest.slice(end + 1);
  }
  const last = rest;
  return (environment) => parts.map((part) => part(environment)).join("") + last;
}

function findClosing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at;
  }
  throw new LuaError("a $( is not closed");
}

/** What Kong makes of nothing is an empty text. */
function written(value: ReturnType<ReturnType<typeof compileLua>>): string {
  if (value === undefined || value === false) return "";
  if (typeof value === "object") throw new LuaError("a header that comes twice is a table");
  return String(value);
}
