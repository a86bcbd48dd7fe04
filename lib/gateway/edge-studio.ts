import { matchesPath } from "./match";
import type { GatewayRoute, HttpMethod } from "./routes";

/**
 * Paths of the API at a project's address, as they stand in a request before its query: what none of them takes is Studio's.
 * `regex` in RE2 syntax, over the whole path. Without `methods` every method.
 */
export type EdgeApiRoute = { kind: "prefix" | "exact" | "regex"; path: string; methods?: readonly HttpMethod[] };

/**
 * The routes of a gateway for which nobody has to sign in at Studio. Where a route cannot be told exactly, more than it takes is named:
 * what the edge does not ask about, the gateway still asks Studio's password for, and keeps to its networks and addresses (`studio-rules.ts`).
 */
export function apiRoutesOf(routes: readonly GatewayRoute[]): EdgeApiRoute[] {
  const all = routes.filter(({ access }) => access !== "basic-auth").map(toApiRoute);
  const wide = all.filter(({ kind, methods }) => kind === "prefix" && methods === undefined);
  const kept = all.filter((route, index) => !all.some((other, at) => at < index && isSame(other, route)) && !wide.some((other) => !isSame(other, route) && startOf(route).startsWith(other.path)));
  return kept.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

const keyOf = ({ kind, path, methods = [] }: EdgeApiRoute) => JSON.stringify([path, kind, methods]);
const isSame = (one: EdgeApiRoute, other: EdgeApiRoute) => keyOf(one) === keyOf(other);

function toApiRoute({ match: { kind, path, methods } }: GatewayRoute): EdgeApiRoute {
  const limited = methods === undefined || methods.length === 0 ? {} : { methods: [...methods].sort() };
  return kind === "regex" && !canBeTold(path) ? { kind: "prefix", path: literalPrefix(path), ...limited } : { kind, path, ...limited };
}

const startOf = ({ kind, path }: EdgeApiRoute) => (kind === "regex" ? literalPrefix(path) : path);

/** As a part of the edge's own expression: nothing that ends only with it, nothing that a line of a file cannot hold. */
const canBeTold = (expression: string) => /^[\x20-\x7e]+$/.test(expression) && !expression.includes("\\Q");

/** Pages of Studio to which the panel leads. */
const studioPaths = ["/", "/project/default"];

/** Whether the API takes the pages at which the panel opens Studio, so that it cannot be opened where both are. */
export function takesStudiosPages(routes: readonly EdgeApiRoute[]): boolean {
  return routes.some((route) => (route.methods?.includes("GET") ?? true) && studioPaths.some((path) => matchesPath(route, path)));
}

/** What every text that a regular expression takes begins with: at least the slash that every path has. */
export function literalPrefix(expression: string): string {
  if (hasAlternatives(expression)) return "/";
  const literal = /^[A-Za-z0-9/_~-]*/.exec(expression)?.[0] ?? "";
  // A character that is followed by a quantifier need not be there.
  const certain = /^[?*+{]/.test(expression.slice(literal.length)) ? literal.slice(0, -1) : literal;
  return certain.startsWith("/") ? certain : "/";
}

/** Whether the whole expression is a choice. One inside of a group comes after what stands before the group. */
function hasAlternatives(expression: string): boolean {
  let depth = 0;
  let isInClass = false;
  for (let index = 0; index < expression.length; index++) {
    const character = expression.charAt(index);
    if (character === "\\") {
      // Everything between \Q and \E is literal: rare enough to be told widely.
      if (expression.charAt(index + 1) === "Q") return true;
      index++;
    } else if (isInClass) isInClass = character !== "]";
    else if (character === "[") {
      isInClass = true;
      // A bracket that comes first stands for itself.
      if (/^\^?\]/.test(expression.slice(index + 1))) index += expression.charAt(index + 1) === "^" ? 2 : 1;
    } else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "|" && depth === 0) return true;
  }
  return false;
}
