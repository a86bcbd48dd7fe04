import { describe, expect, test } from "vitest";
import { networksWithin } from "./addresses";
import { matchesRequest, type GatewayRequest } from "./match";
import { effectiveRoutes } from "./precedence";
import { defaultGatewaySettings, type GatewaySettings } from "./route-model";
import { studioOffHeader, withStudioOff, withStudioRules, type StudioRules } from "./studio-rules";

const dashboardOf = (rules: StudioRules | undefined, settings: GatewaySettings = defaultGatewaySettings) => effectiveRoutes(withStudioRules(settings, rules, { isBehindEdge: false }), { enabledServices: ["studio"], release: { restrictsMetaCors: true } }).find(({ id }) => id === "dashboard");
const listed = (...ipAllow: string[]): GatewaySettings => ({ ...defaultGatewaySettings, builtInOverrides: { dashboard: { ipAllow } } });

test("nothing said of Studio leaves the routes as they are", () => {
  expect(withStudioRules(defaultGatewaySettings, undefined, { isBehindEdge: false })).toBe(defaultGatewaySettings);
  expect(withStudioRules(defaultGatewaySettings, { allowedNetworks: null, isOnLocalAddress: true }, { isBehindEdge: false })).toBe(defaultGatewaySettings);
});

test("a list of networks stands before the dashboard, and its password stays", () => {
  expect(dashboardOf({ allowedNetworks: ["10.0.0.0/8"], isOnLocalAddress: true })).toMatchObject({ access: "basic-auth", ipAllow: ["10.0.0.0/8"] });
});

test("of two lists only what lies in both passes; where nothing does, nobody passes", () => {
  expect(dashboardOf({ allowedNetworks: ["10.1.0.0/16", "192.0.2.7"], isOnLocalAddress: true }, listed("10.0.0.0/8", "192.0.2.0/24"))).toMatchObject({ ipAllow: ["10.1.0.0/16", "192.0.2.7"] });
  expect(dashboardOf({ allowedNetworks: ["10.1.0.0/16"], isOnLocalAddress: true }, listed("192.0.2.0/24"))?.target).toMatchObject({ kind: "answer", status: 403 });
  expect(dashboardOf({ allowedNetworks: null, isOnLocalAddress: true }, listed("192.0.2.0/24"))).toMatchObject({ ipAllow: ["192.0.2.0/24"] });
});

test("off its one address Studio is closed", () => {
  expect(dashboardOf({ allowedNetworks: null, isOnLocalAddress: false })?.target).toMatchObject({ kind: "answer", status: 403 });
});

test("networks overlap where one holds the other, whichever list it is in", () => {
  expect(networksWithin(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"], ["10.1.0.0/16", "192.0.2.0/24", "2001:db8:1::/48", "10.0.0.0/8"])).toEqual(["10.0.0.0/8", "192.0.2.7", "10.1.0.0/16", "2001:db8:1::/48"]);
  expect(networksWithin(["10.0.0.0/8"], ["11.0.0.0/8"])).toEqual([]);
});

describe("behind the edge, for what comes past it", () => {
  const options = { enabledServices: ["studio"] as const, release: { restrictsMetaCors: true } };
  const routes = effectiveRoutes(defaultGatewaySettings, options);

  test("the gateway keeps to the networks as well, and leaves the address to the edge", () => {
    const settings = withStudioRules(defaultGatewaySettings, { allowedNetworks: ["10.0.0.0/8"], isOnLocalAddress: false }, { isBehindEdge: true });
    expect(effectiveRoutes(settings, options).find(({ id }) => id === "dashboard")).toMatchObject({ access: "basic-auth", ipAllow: ["10.0.0.0/8"] });
    expect(withStudioRules(defaultGatewaySettings, { allowedNetworks: null, isOnLocalAddress: false }, { isBehindEdge: true })).toEqual(defaultGatewaySettings);
  });

  test("where Studio does not answer what would be the dashboard's is refused, and every route is as it was", () => {
    const closed = withStudioOff(routes, { isOnApiNames: false, isOnLocalAddress: true });
    const off: GatewayRequest = { method: "GET", target: "/project/default", headers: { [studioOffHeader]: "1" } };
    const taker = (all: typeof routes, request: GatewayRequest) => all.find(({ match }) => matchesRequest(match, request.target, request))?.id;
    expect([taker(closed, off), taker(closed, { ...off, headers: {} }), taker(routes, off)]).toEqual(["studio-off", "dashboard", "dashboard"]);
    expect(closed.filter(({ id }) => id !== "studio-off")).toEqual(routes);
    expect(withStudioOff(routes, { isOnApiNames: true, isOnLocalAddress: true })).toEqual(routes);
  });
});
