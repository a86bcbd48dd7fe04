import { RE2JS } from "re2js";
import { compileExpression, expressionFields, type Match, type RouterContext } from "./expression";
import type { DeclaredRoute } from "./schema";

/** Decides whether a route takes a request. `compare` puts the one that is tried first before the other. */
export type Matcher = { matches(context: RouterContext, match: Match): boolean; compare(other: Matcher): number; readonly rank: readonly number[]; /** What of a request it has conditions on. */ readonly fields: readonly string[] };

function matcher(rank: readonly number[], fields: readonly string[], matches: Matcher["matches"]): Matcher {
  return {
    rank,
    fields,
    matches,
    compare(other) {
      const at = rank.findIndex((value, index) => value !== (other.rank[index] ?? 0));
      return at < 0 ? 0 : (other.rank[at] ?? 0) - (rank[at] ?? 0);
    },
  };
}

/**
 * A route's matcher. Expressions are tried by priority; traditional routes (which the flavour takes beside them since Kong 3.7) by the number of
 * their conditions, regular expressions before prefixes, then by the length of the path, which is how Kong turns them into priorities.
 */
export function matcherOf(route: DeclaredRoute, flavor: "expressions" | "traditional_compatible"): Matcher {
  const hasTraditional = [route.paths, route.hosts, route.methods, route.headers].some((field) => field !== undefined && Object.keys(field).length > 0);
  if (route.expression !== undefined) {
    if (flavor !== "expressions") throw new Error("expression: unknown field");
    if (hasTraditional) throw new Error("cannot set 'expression' with 'methods', 'hosts', 'paths', 'headers' simultaneously");
    const evaluate = compileExpression(route.expression);
    return matcher([0, 0, 0, route.priority], expressionFields(route.expression), evaluate);
  }
  if (!hasTraditional) throw new Error("must set one of 'methods', 'hosts', 'headers', 'paths', 'expression'");
  if (route.priority !== 0) throw new Error("cannot set 'priority' with 'paths' simultaneously");
  return traditional(route);
}

function traditional({ paths, hosts, methods, headers = {}, regex_priority }: DeclaredRoute): Matcher {
  const tests = (paths ?? []).map(pathTest).sort((one, other) => other.weight - one.weight);
  const conditions = [paths, hosts, methods].filter((list) => list !== undefined && list.length > 0).length + Object.keys(headers).length;
  const [longest] = tests;
  // In one bit field with expressions' priorities a traditional route always counts more: the number of its conditions is above 2^46.
  const rank = [conditions, longest?.isRegex === true ? 1 + regex_priority : 0, longest?.weight ?? 0, 0];
  const headerField = (name: string) => `http.headers.${name.toLowerCase().replaceAll("-", "_")}`;
  return matcher(rank, ["http.path", "http.host", ...Object.keys(headers).map(headerField)], (context, match) => {
    const path = context.fieldValues("http.path")?.[0] ?? "/";
    const taken = tests.find((test) => test.matches(path));
    if (tests.length > 0 && taken === undefined) return false;
    if (methods !== undefined && !methods.includes(context.fieldValues("http.method")?.[0] ?? "")) return false;
    if (hosts !== undefined && !hosts.includes(context.fieldValues("http.host")?.[0] ?? "")) return false;
    const hasHeaders = Object.entries(headers).every(([name, values]) => (context.fieldValues(headerField(name)) ?? []).some((value) => values.includes(value)));
    if (hasHeaders) match.matchedPath = taken?.taken(path);
    return hasHeaders;
  });
}

type PathTest = { isRegex: boolean; weight: number; matches(path: string): boolean; taken(path: string): string };

function pathTest(path: string): PathTest {
  if (!path.startsWith("~")) return { isRegex: false, weight: path.length, matches: (asked) => asked.startsWith(path), taken: () => path };
  const expression = RE2JS.compile(`^(?:${path.slice(1)})`);
  const find = (asked: string) => {
    const found = expression.matcher(asked);
    return found.find() ? found.group() : undefined;
  };
  return { isRegex: true, weight: path.length, matches: (asked) => find(asked) !== undefined, taken: (asked) => find(asked) ?? "" };
}
