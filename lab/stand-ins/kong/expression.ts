import ipaddr from "ipaddr.js";
import { RE2JS } from "re2js";

/** What the router knows of a request; undefined for a field that the request does not have. Header and query names as in expressions, with underscores. */
export type RouterContext = { fieldValues(field: string): readonly string[] | undefined };
export type Match = { /** The part of the path that a prefix or an equality took. */ matchedPath?: string };

type Evaluate = (context: RouterContext, match: Match) => boolean;
type Token = { kind: "field" | "text" | "address" | "number" | "mark"; value: string };

export class ExpressionError extends Error {}

const tokenPattern = /\s+|(r#"(?:(?!"#)[\s\S])*"#)|("(?:\\["\\nrt]|[^"\\])*")|(==|!=|\^=|=\^|>=|<=|&&|\|\||[~<>!()])|(\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?|[0-9a-fA-F:]*::[0-9a-fA-F:]*(?:\/\d{1,3})?)|(-?\d+)|([A-Za-z][A-Za-z0-9_.]*)/y;

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < source.length) {
    const at = tokenPattern.lastIndex;
    const found = tokenPattern.exec(source);
    if (found === null) throw new ExpressionError(`unexpected input at ${String(at + 1)}: ${source.slice(at, at + 20)}`);
    const [, raw, text, mark, address, number, field] = found;
    if (raw !== undefined) tokens.push({ kind: "text", value: raw.slice(3, -2) });
    else if (text !== undefined) tokens.push({ kind: "text", value: text.slice(1, -1).replace(/\\(["\\nrt])/g, (_, escaped: string) => escapes[escaped] ?? "") });
    else if (mark !== undefined) tokens.push({ kind: "mark", value: mark });
    else if (address !== undefined) tokens.push({ kind: "address", value: address });
    else if (number !== undefined) tokens.push({ kind: "number", value: number });
    else if (field !== undefined) tokens.push({ kind: "field", value: field });
  }
  return tokens;
}

const textFields = /^(http\.(method|path|host)|net\.protocol|tls\.sni|http\.headers\.[a-z0-9_]+|http\.queries\..+|http\.path\.segments\.\d+)$/;
const addressFields = /^net\.(src|dst)\.ip$/;

class Parser {
  #at = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Evaluate {
    const evaluate = this.#either();
    if (this.#at < this.tokens.length) throw new ExpressionError(`unexpected ${this.tokens[this.#at]?.value ?? ""}`);
    return evaluate;
  }

  #take(kind: Token["kind"], ...values: string[]): string | undefined {
    const token = this.tokens[this.#at];
    if (token?.kind !== kind || (values.length > 0 && !values.includes(token.value))) return undefined;
    this.#at++;
    return token.value;
  }

  #either(): Evaluate {
    let left = this.#both();
    while (this.#take("mark", "||") !== undefined) {
      const [one, other] = [left, this.#both()];
      left = (context, match) => one(context, match) || other(context, match);
    }
    return left;
  }

  #both(): Evaluate {
    let left = this.#term();
    while (this.#take("mark", "&&") !== undefined) {
      const [one, other] = [left, this.#term()];
      left = (context, match) => one(context, match) && other(context, match);
    }
    return left;
  }

  #term(): Evaluate {
    const isNegated = this.#take("mark", "!") !== undefined;
    if (this.#take("mark", "(") !== undefined) {
      const inner = this.#either();
      if (this.#take("mark", ")") === undefined) throw new ExpressionError("a ( is not closed");
      return isNegated ? (context, match) => !inner(context, match) : inner;
    }
    if (isNegated) throw new ExpressionError("! stands before ( only");
    return this.#predicate();
  }

  #field(): { name: string; isLower: boolean; isAny: boolean } {
    const name = this.#take("field");
    if (name === undefined) throw new ExpressionError(`a field is expected, not ${this.tokens[this.#at]?.value ?? "the end"}`);
    if (name !== "lower" && name !== "any") return { name, isLower: false, isAny: false };
    if (this.#take("mark", "(") === undefined) throw new ExpressionError(`${name} is called with a field`);
    const inner = this.#field();
    if (this.#take("mark", ")") === undefined) throw new ExpressionError("a ( is not closed");
    return { ...inner, isLower: inner.isLower || name === "lower", isAny: inner.isAny || name === "any" };
  }

  #predicate(): Evaluate {
    const field = this.#field();
    const isAddress = addressFields.test(field.name);
    if (!isAddress && !textFields.test(field.name)) throw new ExpressionError(`Unknown LHS field: ${field.name}`);
    const isNot = this.#take("field", "not") !== undefined;
    const operator = isNot ? "not in" : (this.#take("mark", "==", "!=", "^=", "=^", "~") ?? this.#take("field", "contains", "in"));
    if (isNot && this.#take("field", "in") === undefined) throw new ExpressionError("not is followed by in");
    if (operator === undefined) throw new ExpressionError(`an operator is expected after ${field.name}`);
    const wanted = isAddress ? this.#take("address") : this.#take("text");
    if (wanted === undefined) throw new ExpressionError(`In/NotIn operators and addresses belong together, texts to all others: ${field.name} ${operator}`);
    const test = comparison(operator, wanted);
    const isRemembered = ["==", "^="].includes(operator) && field.name === "http.path";
    return (context, match) => {
      const values = (context.fieldValues(field.name) ?? []).map((value) => (field.isLower ? value.toLowerCase() : value));
      const isMatch = field.isAny ? values.some(test) : values.length > 0 && values.every(test);
      if (isMatch && isRemembered) match.matchedPath = wanted;
      return isMatch;
    };
  }
}

function comparison(operator: string, wanted: string): (value: string) => boolean {
  switch (operator) {
    case "==":
      return (value) => value === wanted;
    case "!=":
      return (value) => value !== wanted;
    case "^=":
      return (value) => value.startsWith(wanted);
    case "=^":
      return (value) => value.endsWith(wanted);
    case "contains":
      return (value) => value.includes(wanted);
    case "~":
      return regexTest(wanted);
    default: {
      const isIn = networkTest(wanted);
      return (value) => isIn(value) === (operator === "in");
    }
  }
}

/** RE2 stands in for Rust's regex crate, which has nearly the same syntax and looks anywhere in the text too. */
function regexTest(source: string): (value: string) => boolean {
  try {
    const expression = RE2JS.compile(source);
    return (value) => expression.test(value);
  } catch (error) {
    throw new ExpressionError(`regex parse error: ${error instanceof Error ? error.message : source}`);
  }
}

export function networkTest(text: string): (address: string) => boolean {
  const [address = "", length] = text.split("/");
  if (!ipaddr.isValid(address)) throw new ExpressionError(`invalid ip or cidr range: '${text}'`);
  const network = ipaddr.parse(address);
  const bits = Number(length ?? (network.kind() === "ipv4" ? 32 : 128));
  return (value) => {
    if (!ipaddr.isValid(value)) return false;
    const parsed = ipaddr.process(value);
    return parsed.kind() === network.kind() && parsed.match(network, bits);
  };
}

/**
 * An expression of Kong's `expressions` router, for HTTP.
 * @throws ExpressionError for text, a field or an operator that the router does not know.
 */
export function compileExpression(source: string): Evaluate {
  return new Parser(tokenise(source)).whole();
}

/** Fields of a request that an expression names. */
export function expressionFields(source: string): string[] {
  return tokenise(source).flatMap(({ kind, value }) => (kind === "field" && (textFields.test(value) || addressFields.test(value)) ? [value] : []));
}
