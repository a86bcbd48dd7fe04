import fc from "fast-check";
import { expect, test } from "vitest";
import { apiRoutesOf, literalPrefix, takesStudiosPages, type EdgeApiRoute } from "./edge-studio";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { effectiveRoutes } from "./precedence";
import { findRegexProblem, isRegexMatch } from "./regex";
import { defaultGatewaySettings } from "./route-model";

const options = { enabledServices: ["auth", "rest", "realtime", "storage", "functions", "meta", "studio"] as const, release: { restrictsMetaCors: true } };
const routesWith = (...ownRoutes: ReturnType<typeof sampleOwnRoute>[]) => apiRoutesOf(effectiveRoutes({ ...defaultGatewaySettings, ownRoutes }, options));
const takes = (routes: readonly EdgeApiRoute[], path: string) => routes.some((route) => (route.kind === "prefix" ? path.startsWith(route.path) : path === route.path));

test("every path of the API is one, and the dashboard's are none", () => {
  const routes = routesWith();
  for (const path of ["/rest/v1/", "/rest/v1/todos", "/auth/v1/token", "/storage/v1/bucket", "/functions/v1/hello", "/graphql/v1", "/realtime/v1/websocket", "/pg/schemas", "/mcp", "/api/mcp", "/.well-known/oauth-authorization-server"]) expect(takes(routes, path), path).toBe(true);
  for (const path of ["/", "/project/default", "/api/platform/projects", "/_next/static/x.js", "/rest"]) expect(takes(routes, path), path).toBe(false);
  expect(routes).toHaveLength(10);
});

test("an own route is the API's, one behind the dashboard's login is not", () => {
  const hooks = sampleOwnRoute({ id: "own-a", match: { path: { kind: "exact", value: "/hooks" }, methods: ["POST"], headers: [] } });
  const admin = sampleOwnRoute({ id: "own-b", access: "dashboard", match: { path: { kind: "prefix", value: "/admin" }, methods: [], headers: [] } });
  const routes = routesWith(hooks, admin);
  expect(routes).toContainEqual({ kind: "exact", path: "/hooks", methods: ["POST"] });
  expect(takes(routes, "/admin")).toBe(false);
});

test("an own route that takes a page at which the panel opens Studio leaves nothing for it, one that takes others does", () => {
  const isTaken = (...match: Parameters<typeof pathOf>) => takesStudiosPages(routesWith(sampleOwnRoute({ match: pathOf(...match) })));
  expect(takesStudiosPages(routesWith())).toBe(false);
  expect([isTaken("prefix", "/"), isTaken("prefix", "/project/"), isTaken("regex", "/[a-z]+/default"), isTaken("regex", ".*"), isTaken("exact", "/")]).toEqual([true, true, true, true, true]);
  expect([isTaken("prefix", "/projects/"), isTaken("regex", "/pro(duct|ject-list)s?/[0-9]+"), isTaken("regex", "/[a-z]+/orders")]).toEqual([false, false, false]);
  expect(takesStudiosPages(routesWith(sampleOwnRoute({ match: { ...pathOf("prefix", "/"), methods: ["POST"] } })))).toBe(false);
});

test("an expression is told as it is, and more widely where it would not end with itself or fit a line", () => {
  const told = (expression: string) => routesWith(sampleOwnRoute({ match: pathOf("regex", expression) })).find(({ path }) => path === expression || path === literalPrefix(expression));
  expect(told("/v1/orders/[0-9]+")).toEqual({ kind: "regex", path: "/v1/orders/[0-9]+" });
  expect([told("/x/\\Qab"), told("/x/é+")]).toEqual([{ kind: "prefix", path: "/" }, { kind: "prefix", path: "/x/" }]);
});

test.each([
  ["/orders/[0-9]+", "/orders/"], ["/a?b", "/"], ["/ab*", "/a"], ["/a|/b", "/"], ["/v1/(a|b)", "/v1/"], ["(?i)/x", "/"], ["/a[|]b", "/a"], ["/x[]|]y", "/x"], ["/x[^]|]y", "/x"],
  ["/a\\|b", "/a"], ["/\\Qa|b\\E", "/"], ["/(a)|b", "/"], [".*", "/"], ["/hooks/v1", "/hooks/v1"], ["/a{0,1}", "/"],
])("what %s takes begins with %s", (expression, prefix) => expect(literalPrefix(expression)).toBe(prefix));

test("no path that an expression takes lies outside of its prefix", () => {
  const piece = fc.constantFrom("/", "a", "b", "ab", ".", "?", "*", "+", "|", "(", ")", "[", "]", "^", "{0,1}", "\\.", "\\d", "(?:", "[ab]");
  const expression = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => `/${pieces.join("")}`).filter((text) => findRegexProblem(text) === undefined);
  const path = fc.array(fc.constantFrom("/", "a", "b", "1", "."), { maxLength: 6 }).map((parts) => `/${parts.join("")}`);
  fc.assert(fc.property(expression, path, (source, text) => !isRegexMatch(source, text) || text.startsWith(literalPrefix(source))), { numRuns: 3_000 });
});
