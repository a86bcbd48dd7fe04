/** Values of the part of Lua that templates use. A header or query argument that comes twice is a list. */
export type LuaValue = string | number | boolean | undefined | readonly string[] | LuaTable;
export type LuaTable = { get(name: string): LuaValue };

type Token = { kind: "name" | "text" | "number" | "mark"; value: string };
type Expression = (environment: LuaTable) => LuaValue;

export class LuaError extends Error {}

const tokenPattern = /\s+|([A-Za-z_]\w*)|(\d+(?:\.\d+)?)|("(?:\\(?:\d{1,3}|[^\d])|[^"\\])*"|'(?:\\(?:\d{1,3}|[^\d])|[^'\\])*')|(==|~=|<=|>=|\.\.|[<>()[\].:,])/y;

function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < source.length) {
    const at = tokenPattern.lastIndex;
    const found = tokenPattern.exec(source);
    if (found === null) throw new LuaError(`unexpected symbol near '${source.slice(at, at + 12)}'`);
    const [, name, number, text, mark] = found;
    if (name !== undefined) tokens.push({ kind: "name", value: name });
    else if (number !== undefined) tokens.push({ kind: "number", value: number });
    else if (text !== undefined) tokens.push({ kind: "text", value: unescape(text.slice(1, -1)) });
    else if (mark !== undefined) tokens.push({ kind: "mark", value: mark });
  }
  return tokens;
}

const letters: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/** Lua strings are bytes: numbers in them name bytes of UTF-8. */
function unescape(text: string): string {
  const bytes = text.replace(/[\u0080-\uffff]+/g, (part) => Buffer.from(part).toString("latin1")).replace(/\\(\d{1,3}|[^\d])/g, (_, escaped: string) => (/^\d/.test(escaped) ? String.fromCharCode(Number(escaped)) : (letters[escaped] ?? escaped)));
  return Buffer.from(bytes, "latin1").toString();
}

const isTrue = (value: LuaValue) => value !== undefined && value !== false;

class Parser {
  #at = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Expression {
    const expression = this.#either();
    if (this.#at < this.tokens.length) throw new LuaError(`unexpected symbol near '${this.tokens[this.#at]?.value ?? ""}'`);
    return expression;
  }

  #take(...values: string[]): string | undefined {
    const token = this.tokens[this.#at];
    if (token === undefined || token.kind === "text" || !values.includes(token.value)) return undefined;
    this.#at++;
    return token.value;
  }

  #need(value: string): void {
    if (this.#take(value) === undefined) throw new LuaError(`'${value}' expected near '${this.tokens[this.#at]?.value ?? "<eof>"}'`);
  }

  #either(): Expression {
    let left = this.#both();
    while (this.#take("or") !== undefined) {
      const [first, second] = [left, this.#both()];
      left = (environment) => {
        const value = first(environment);
        return isTrue(value) ? value : second(environment);
      };
    }
    return left;
  }

  #both(): Expression {
    let left = this.#comparison();
    while (this.#take("and") !== undefined) {
      const [first, second] = [left, this.#comparison()];
      left = (environment) => {
        const value = first(environment);
        return isTrue(value) ? second(environment) : value;
      };
    }
    return left;
  }

  #comparison(): Expression {
    const left = this.#joined();
    const mark = this.#take("==", "~=");
    if (mark === undefined) return left;
    const right = this.#joined();
    return (environment) => (left(environment) === right(environment)) === (mark === "==");
  }

  #joined(): Expression {
    const left = this.#negated();
    if (this.#take("..") === undefined) return left;
    const right = this.#joined();
    return (environment) => textOf(left(environment), "concatenate") + textOf(right(environment), "concatenate");
  }

  #negated(): Expression {
    if (this.#take("not") === undefined) return this.#reached();
    const value = this.#negated();
    return (environment) => !isTrue(value(environment));
  }

  #reached(): Expression {
    let value = this.#atom();
    for (;;) {
      if (this.#take(".") !== undefined) value = indexed(value, this.#name());
      else if (this.#take(":") !== undefined) value = this.#method(value, this.#name());
      else return value;
    }
  }

  #name(): string {
    const token = this.tokens[this.#at++];
    if (token?.kind !== "name") throw new LuaError(`<name> expected near '${token?.value ?? "<eof>"}'`);
    return token.value;
  }

  #arguments(): Expression[] {
    this.#need("(");
    const given: Expression[] = [];
    while (this.#take(")") === undefined) {
      if (given.length > 0) this.#need(",");
      given.push(this.#either());
    }
    return given;
  }

  #method(value: Expression, name: string): Expression {
    const given = this.#arguments();
    return (environment) => {
      const text = textOf(value(environment), `call method '${name}' on`);
      const numbers = given.map((argument) => Number(argument(environment)));
      if (name === "lower") return text.toLowerCase();
      if (name === "upper") return text.toUpperCase();
      if (name === "sub") return text.slice(Math.max(0, (numbers[0] ?? 1) - 1), numbers[1] === -1 ? undefined : numbers[1]);
      throw new LuaError(`attempt to call method '${name}' (the lab stand-in knows sub, lower and upper)`);
    };
  }

  #atom(): Expression {
    if (this.#take("(") !== undefined) {
      const inner = this.#either();
      this.#need(")");
      return inner;
    }
    const token = this.tokens[this.#at++];
    if (token === undefined || token.kind === "mark") throw new LuaError(`unexpected symbol near '${token?.value ?? "<eof>"}'`);
    if (token.kind === "text") return () => token.value;
    if (token.kind === "number") return () => Number(token.value);
    if (token.value === "nil") return () => undefined;
    if (token.value === "true" || token.value === "false") return () => token.value === "true";
    if (token.value === "type" && this.tokens[this.#at]?.value === "(") {
      const [argument] = this.#arguments();
      return (environment) => typeName(argument?.(environment));
    }
    return (environment) => environment.get(token.value);
  }
}

function indexed(value: Expression, name: string): Expression {
  return (environment) => {
    const table = value(environment);
    if (typeof table !== "object" || Array.isArray(table)) throw new LuaError(`attempt to index a ${typeName(table)} value (field '${name}')`);
    return (table as LuaTable).get(name);
  };
}

function typeName(value: LuaValue): string {
  if (value === undefined) return "nil";
  return typeof value === "object" ? "table" : typeof value;
}

function textOf(value: LuaValue, what: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new LuaError(`attempt to ${what} a ${typeName(value)} value`);
}

/**
 * One expression of the part of Lua that templates use: `and`, `or`, `not`, `==`, `~=`, `..`, fields, `type()`, and the string methods sub, lower, upper.
 * @throws LuaError when it is another language.
 */
export function compileLua(source: string): Expression {
  return new Parser(tokenise(source)).whole();
}
