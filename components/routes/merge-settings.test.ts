import { describe, expect, it } from "vitest";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings, type OwnRoute } from "@/lib/gateway/route-model";
import { mergeSettings } from "./merge-settings";

const withRoutes = (...ownRoutes: OwnRoute[]): GatewaySettings => ({ ...defaultGatewaySettings, ownRoutes });
const hooks = sampleOwnRoute();
const mail = sampleOwnRoute({ id: "own-mail", name: "Mail" });
const names = ({ ownRoutes }: GatewaySettings) => ownRoutes.map(({ name }) => name);

describe("adding mine to theirs", () => {
  it("keeps what each of us added, changed and removed", () => {
    const base = withRoutes(hooks, mail);
    const theirs = withRoutes({ ...hooks, timeoutMs: 5_000 }, mail, sampleOwnRoute({ id: "own-theirs", name: "Theirs" }));
    const mine = withRoutes(hooks, sampleOwnRoute({ id: "own-mine", name: "Mine" }));
    const { settings, overlaps } = mergeSettings(base, mine, theirs);
    expect(names(settings)).toEqual(["Hooks", "Theirs", "Mine"]);
    expect(settings.ownRoutes[0]?.timeoutMs).toBe(5_000);
    expect(overlaps).toEqual([]);
  });

  it("keeps mine where both changed the same route, and names it", () => {
    const { settings, overlaps } = mergeSettings(withRoutes(hooks), withRoutes({ ...hooks, timeoutMs: 1_000 }), withRoutes({ ...hooks, timeoutMs: 2_000 }));
    expect(settings.ownRoutes[0]?.timeoutMs).toBe(1_000);
    expect(overlaps).toEqual(["Hooks"]);
    expect(mergeSettings(withRoutes(hooks), withRoutes({ ...hooks, timeoutMs: 1_000 }), withRoutes()).overlaps).toEqual(["Hooks"]);
  });

  it("gives my route another name when theirs took it first", () => {
    const { settings } = mergeSettings(withRoutes(), withRoutes(mail), withRoutes({ ...mail, id: "own-mail-2" }));
    expect(settings.ownRoutes.map(({ id, name }) => [id, name])).toEqual([["own-mail-2", "Mail"], ["own-mail", "Mail (2)"]]);
  });

  it("keeps both routes when each of us added one of the same name, whose ids are then the same too", () => {
    const { settings, overlaps } = mergeSettings(withRoutes(), withRoutes({ ...mail, timeoutMs: 1_000 }), withRoutes({ ...mail, timeoutMs: 2_000 }));
    expect(settings.ownRoutes.map(({ id, name, timeoutMs }) => [id, name, timeoutMs])).toEqual([["own-mail", "Mail", 2_000], ["own-mail-2", "Mail (2)", 1_000]]);
    expect(overlaps).toEqual([]);
  });

  it("joins changes of a built-in route field by field", () => {
    const of = (builtInOverrides: GatewaySettings["builtInOverrides"]): GatewaySettings => ({ ...defaultGatewaySettings, builtInOverrides });
    const base = of({ "rest-v1-protected": { retryAttempts: 1 } });
    const { settings, overlaps } = mergeSettings(base, of({}), of({ "rest-v1-protected": { retryAttempts: 1, timeoutMs: 60_000 } }));
    expect(settings.builtInOverrides).toEqual({ "rest-v1-protected": { timeoutMs: 60_000 } });
    expect(overlaps).toEqual([]);
  });

  it("takes theirs whole where I changed nothing", () => {
    const theirs: GatewaySettings = { ...withRoutes(mail), allowedUpstreamNetworks: ["10.0.0.0/8"] };
    expect(mergeSettings(withRoutes(hooks), withRoutes(hooks), theirs)).toEqual({ settings: theirs, overlaps: [] });
  });
});
