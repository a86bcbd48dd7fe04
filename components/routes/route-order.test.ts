import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings, parseGatewaySettings, type GatewaySettings } from "@/lib/gateway/route-model";
import { moveRoute, placeRoute, predecessorOf } from "./route-order";
import { orderedOwn } from "./route-rows";

const withOrders = (orders: readonly number[]): GatewaySettings => ({
  ...defaultGatewaySettings,
  ownRoutes: orders.map((order, index) => sampleOwnRoute({ id: `own-${index}`, name: `Route ${index}`, position: { side: "above", order } })),
});
const ids = (settings: GatewaySettings) => orderedOwn(settings.ownRoutes, "above").map(({ id }) => id);
const orders = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1_000_000 })), { maxLength: 12 });

describe("the order of own routes", () => {
  it("puts a route exactly where it was asked for, leaves the others in their order, and stays valid", () => {
    fc.assert(
      fc.property(orders, fc.nat(), (numbers, pick) => {
        const settings = withOrders(numbers);
        const before = ids(settings);
        const at = pick % (before.length + 1);
        const placed = placeRoute(settings, sampleOwnRoute({ id: "own-new", name: "New" }), "above", before[at - 1] ?? null);
        expect(ids(placed)).toEqual([...before.slice(0, at), "own-new", ...before.slice(at)]);
        expect(parseGatewaySettings(placed).isValid).toBe(true);
      }),
    );
  });

  it("moves a route by one place, and not past either end", () => {
    fc.assert(
      fc.property(orders.filter(({ length }) => length > 0), fc.nat(), fc.constantFrom("up" as const, "down" as const), (numbers, pick, direction) => {
        const settings = withOrders(numbers);
        const before = ids(settings);
        const at = pick % before.length;
        const to = Math.min(before.length - 1, Math.max(0, at + (direction === "up" ? -1 : 1)));
        const wanted = before.toSpliced(at, 1).toSpliced(to, 0, before[at] ?? "");
        expect(ids(moveRoute(settings, before[at] ?? "", direction))).toEqual(wanted);
      }),
    );
  });

  it("changes the number of no other route while there is room", () => {
    const settings = withOrders([1000, 2000, 3000]);
    const moved = moveRoute(settings, "own-2", "up");
    expect(ids(moved)).toEqual(["own-0", "own-2", "own-1"]);
    expect(moved.ownRoutes.slice(0, 2)).toEqual(settings.ownRoutes.slice(0, 2));
    expect(predecessorOf(moved.ownRoutes, { id: "own-2", position: { side: "above", order: 0 } })).toBe("own-0");
  });
});
