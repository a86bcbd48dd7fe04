import { describe, expect, it } from "vitest";
import { externalUpstream, pathOf, sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { permittedOverrides } from "@/lib/gateway/overrides";
import { defaultGatewaySettings, parseGatewaySettings, type GatewaySettings, type OwnRoute } from "@/lib/gateway/route-model";
import { fromOverrideForm, toOverrideForm } from "./policy-form";
import { copyForm, newRouteForm, toRouteForm, withForm } from "./route-form";
import { newRouteId } from "./route-names";

const full = sampleOwnRoute({
  id: "own-full", name: "Full", isEnabled: false, position: { side: "below", order: 7 }, access: "user-jwt", rewrite: "/v2/", ipAllow: ["203.0.113.0/24", "198.51.100.7"],
  match: { ...pathOf("prefix", "/full/"), methods: ["GET", "PUT"], headers: [{ name: "x-tenant", kind: "exact", value: "acme" }, { name: "x-beta", kind: "absent" }] },
  upstream: externalUpstream("https://api.example.com", true), rateLimit: { requestsPerSecond: 5, burst: 9, per: "key" }, cors: { origins: ["https://app.example.com"], methods: ["GET"], headers: ["x-a"], allowsCredentials: true },
  requestHeaders: { set: [{ name: "x-from", value: "panel" }], remove: ["x-old"] }, responseHeaders: { set: [{ name: "cache-control", value: "no-store" }], remove: ["server"] },
  timeoutMs: null, idleTimeoutMs: 60_000, retryAttempts: 0, maxBodyBytes: 1_048_576,
});
const withRoutes = (...ownRoutes: OwnRoute[]): GatewaySettings => ({ ...defaultGatewaySettings, ownRoutes });

describe("the form of an own route", () => {
  it.each([full, sampleOwnRoute(), sampleOwnRoute({ upstream: { kind: "none" }, access: "denied", rewrite: null })])("gives back unchanged what nobody touched: $name", (route) => {
    const settings = withRoutes(route, sampleOwnRoute({ id: "own-other", name: "Other", position: { side: "above", order: 9 } }));
    expect(withForm(settings, toRouteForm(route, settings), route.id)).toEqual(settings);
  });

  it("keeps what is wrong as it was typed, and the route model names its field", () => {
    const settings = withRoutes(full);
    const parsed = parseGatewaySettings(withForm(settings, { ...toRouteForm(full, settings), timeoutMs: "soon", rewrite: "no-slash" }, full.id));
    expect(parsed.isValid ? [] : parsed.problems.map(({ field }) => field)).toEqual(expect.arrayContaining(["ownRoutes.0.timeoutMs", "ownRoutes.0.rewrite"]));
  });

  it("of a new route needs a name and a path alone, and puts it after the others above", () => {
    const settings = withRoutes(sampleOwnRoute({ position: { side: "above", order: 5 } }));
    const form = { ...newRouteForm(settings, "functions"), name: "Mail", path: "/mail/" };
    const parsed = parseGatewaySettings(withForm(settings, form, newRouteId(form.name, new Set())));
    expect(parsed.isValid && parsed.settings.ownRoutes[1]).toMatchObject({ id: "own-mail", access: "any-key", position: { side: "above", order: 1005 } });
  });

  it("of a copy has a name that is free and stands right after the first", () => {
    const settings = withRoutes(sampleOwnRoute());
    expect(copyForm(sampleOwnRoute(), settings)).toMatchObject({ name: "Hooks (2)", afterId: "own-hooks" });
    expect(newRouteId("عمر", new Set(["own-route"]))).toBe("own-route-2");
  });
});

describe("the form of a built-in route", () => {
  it("gives back what was changed, and nothing where every field is left empty", () => {
    const override = { timeoutMs: null, retryAttempts: 0, ipAllow: ["203.0.113.7"], maxBodyBytes: 1024 };
    expect(fromOverrideForm(toOverrideForm(override), permittedOverrides("rest-v1-protected"))).toEqual(override);
    expect(fromOverrideForm(toOverrideForm({}), permittedOverrides("rest-v1-protected"))).toBeNull();
  });

  it("never asks for what may not be changed on the route", () => {
    expect(fromOverrideForm({ ...toOverrideForm({ timeoutMs: 1000 }), isClosed: true }, permittedOverrides("auth-v1-jwks"))).toEqual({ timeoutMs: 1000 });
  });
});
