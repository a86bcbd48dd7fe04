import fc from "fast-check";
import { expect, test } from "vitest";
import { addImported } from "./import-kong-merge";
import { pathOf, sampleOwnRoute } from "./own-route.fixture";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, parseGatewaySettings, type GatewaySettings, type OwnRoute } from "./route-model";

const options = { enabledServices: ["db", "api-gw", "auth", "rest", "functions"] as const, release: { restrictsMetaCors: true } };
const withRoutes = (...ownRoutes: OwnRoute[]): GatewaySettings => ({ ...defaultGatewaySettings, ownRoutes });
const route = (id: string, path: string, order: number, more: Partial<OwnRoute> = {}) => sampleOwnRoute({ id: `own-${id}`, name: id, match: pathOf("prefix", path), position: { side: "above", order }, ...more });
const none = { builtInOverrides: {} };

test("imported routes stand behind those of their side, in the order that Kong gave them", () => {
  const there = withRoutes(route("mine", "/mine/", 4000), route("low", "/low/", 10, { position: { side: "below", order: 10 } }));
  const { settings } = addImported(there, { ...none, ownRoutes: [route("b", "/b/", 0), route("a", "/a/", 1)] });
  const order = effectiveRoutes(settings, options).filter(({ isOwn }) => isOwn).map(({ id }) => id);
  expect(order).toEqual(["own-mine", "own-b", "own-a", "own-low"]);
});

test("a file that is pasted twice adds nothing the second time", () => {
  const imported = { ownRoutes: [route("a", "/a/", 0)], builtInOverrides: { "rest-v1-protected": { timeoutMs: 1000 } } };
  const once = addImported(defaultGatewaySettings, imported).settings;
  expect(addImported(once, imported)).toEqual({ settings: once, alreadyThere: ["own-a"] });
});

test("an id or name that is taken by another route gets a number, and that route stays as it is", () => {
  const there = withRoutes(route("a", "/other/", 0));
  const { settings, alreadyThere } = addImported(there, { ...none, ownRoutes: [route("a", "/a/", 0)] });
  expect(settings.ownRoutes).toMatchObject([{ id: "own-a", match: { path: { value: "/other/" } } }, { id: "own-a-2", name: "a (2)", match: { path: { value: "/a/" } } }]);
  expect(alreadyThere).toEqual([]);
});

test("changes of a built-in route come over those that are there, field by field, and nothing else is touched", () => {
  const there: GatewaySettings = { ...defaultGatewaySettings, allowedUpstreamNetworks: ["10.0.0.0/8"], mcp: { isOpen: true, ipAllow: ["203.0.113.7"], expiresAt: "2027-01-01T00:00:00Z", requiresServiceKey: true }, builtInOverrides: { "rest-v1-protected": { timeoutMs: 5, retryAttempts: 1 } } };
  expect(addImported(there, { ownRoutes: [], builtInOverrides: { "rest-v1-protected": { timeoutMs: null } } }).settings).toEqual({ ...there, builtInOverrides: { "rest-v1-protected": { timeoutMs: null, retryAttempts: 1 } } });
});

test("whatever stands there, the result is valid and keeps both orders", () => {
  const arbRoutes = (prefix: string) =>
    fc.uniqueArray(fc.record({ order: fc.integer({ min: 0, max: 1_000_000 }), side: fc.constantFrom("above" as const, "below" as const), n: fc.integer({ min: 0, max: 20 }) }), { selector: ({ n }) => n, maxLength: 12 })
      .map((drawn) => drawn.map(({ order, side, n }) => route(`${prefix}${n}`, `/${prefix}${n}/`, order, { position: { side, order } })));
  fc.assert(fc.property(arbRoutes("a"), arbRoutes("b"), (there, ownRoutes) => {
    const before = withRoutes(...there);
    const { settings } = addImported(before, { ...none, ownRoutes });
    expect(parseGatewaySettings(settings)).toMatchObject({ isValid: true });
    const ownIds = (one: GatewaySettings) => effectiveRoutes(one, options).filter(({ isOwn }) => isOwn).map(({ id }) => id);
    expect(ownIds(settings).filter((id) => id.startsWith("own-a"))).toEqual(ownIds(before));
    const sides = new Map(settings.ownRoutes.map(({ id, position }) => [id, position.side]));
    for (const side of ["above", "below"] as const) {
      const placed = ownIds(settings).filter((id) => sides.get(id) === side);
      expect(placed.map((id) => id.slice(4, 5)).join("")).toMatch(/^a*b*$/);
    }
  }));
});
