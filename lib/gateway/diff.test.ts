import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { describeChanges, findWarnings } from "./diff";
import { externalUpstream, pathOf, sampleOwnRoute } from "./own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings, type OwnRoute } from "./route-model";

const options = { enabledServices: allServices, release: { restrictsMetaCors: true } };
const settingsWith = (parts: Partial<GatewaySettings>): GatewaySettings => ({ ...defaultGatewaySettings, ...parts });
const withRoutes = (...ownRoutes: OwnRoute[]) => settingsWith({ ownRoutes });
const wordsOf = (before: GatewaySettings, after: GatewaySettings) => describeChanges(before, after, options).map(({ sentence }) => sentence);
const changeOf = (parts: Partial<OwnRoute>) => wordsOf(withRoutes(sampleOwnRoute()), withRoutes(sampleOwnRoute(parts)));
const warningsOf = (settings: GatewaySettings) => findWarnings(settings, options).map(({ id }) => id.split(":").slice(0, 2).join(":"));

/** Another value for every field of an own route. */
const others: { [Field in Exclude<keyof OwnRoute, "id">]: OwnRoute[Field] } = {
  name: "Other", isEnabled: false, position: { side: "below", order: 3 }, match: { ...pathOf("prefix", "/x/"), methods: ["POST"] }, upstream: externalUpstream("https://a.example.com"), rewrite: null,
  access: "any-key", ipAllow: ["10.0.0.0/8"], rateLimit: { requestsPerSecond: 10, burst: 20, per: "ip" }, cors: { origins: ["https://a.example.com"], methods: [], headers: [], allowsCredentials: true },
  requestHeaders: { set: [{ name: "x-a", value: "hunter2" }], remove: ["x-b"] }, responseHeaders: { set: [], remove: ["server"] }, timeoutMs: null, idleTimeoutMs: 0, retryAttempts: 0, maxBodyBytes: 100,
};
const fields = Object.keys(others) as (keyof typeof others)[];

describe("a difference in words", () => {
  it("says what a new route opens, limits and sets", () => {
    expect(wordsOf(defaultGatewaySettings, withRoutes(sampleOwnRoute()))).toEqual(["opens /hooks/ to everyone, answered by functions"]);
    expect(wordsOf(defaultGatewaySettings, withRoutes(sampleOwnRoute({ access: "denied" })))).toEqual(["closes /hooks/ to everyone"]);
    expect(wordsOf(defaultGatewaySettings, withRoutes(sampleOwnRoute({ rateLimit: others.rateLimit, ipAllow: others.ipAllow })))).toEqual([
      "opens /hooks/ to everyone, answered by functions", "lets only 10.0.0.0/8 ask for /hooks/", "limits /hooks/ to 10 requests/s per IP, 20 at once",
    ]);
    expect([pathOf("prefix", "/x-b"), pathOf("exact", "/x-b"), pathOf("prefix", "/")].flatMap((match) => wordsOf(defaultGatewaySettings, withRoutes(sampleOwnRoute({ match, access: "denied" }))))).toEqual(["closes what starts with /x-b to everyone", "closes /x-b to everyone", "closes / to everyone"]);
    expect(wordsOf(withRoutes(sampleOwnRoute()), defaultGatewaySettings)).toEqual(["removes Hooks (/hooks/)"]);
  });

  it("says what was there before where that matters", () => {
    expect(changeOf({ upstream: externalUpstream("https://a.example.com") })).toEqual(["routes /hooks/ to https://a.example.com instead of functions"]);
    expect(changeOf({ match: { ...pathOf("exact", "/in"), methods: ["POST"] } })).toEqual(["Hooks takes POST /in instead of /hooks/"]);
    expect(changeOf({ position: { side: "below", order: 0 } })).toEqual(["moves /hooks/ below the built-in routes"]);
    expect(changeOf({ access: "user-jwt", timeoutMs: 5000 })).toEqual(["lets signed-in users alone pass at /hooks/", "ends answers of /hooks/ after 5 s"]);
  });

  it("is empty exactly when nothing differs, whatever fields do", () => {
    fc.assert(fc.property(fc.subarray(fields), (changed) => {
      const parts = Object.fromEntries(changed.map((field) => [field, others[field]]));
      const sentences = changeOf(parts);
      expect(sentences.length >= changed.length).toBe(true);
      expect(sentences.length === 0).toBe(changed.length === 0);
      expect(wordsOf(withRoutes(sampleOwnRoute(parts)), withRoutes(sampleOwnRoute(parts)))).toEqual([]);
    }));
  });

  it("holds no value of a header, which may be a secret", () => {
    expect(changeOf({ requestHeaders: others.requestHeaders })).toEqual(["sets the request header x-a on /hooks/", "takes the request header x-b off /hooks/"]);
    expect(wordsOf(defaultGatewaySettings, withRoutes(sampleOwnRoute({ requestHeaders: others.requestHeaders }))).join()).not.toContain("hunter2");
  });

  it("names built-in routes by their path, MCP with its end, and networks", () => {
    const after = settingsWith({
      builtInOverrides: { "rest-v1-protected": { timeoutMs: 300_000, rateLimit: { requestsPerSecond: 5, burst: 5, per: "key" } }, dashboard: { isClosed: true } },
      mcp: { isOpen: true, ipAllow: ["172.17.0.1"], expiresAt: "2027-01-01T00:00:00Z", requiresServiceKey: true },
      allowedUpstreamNetworks: ["10.1.0.0/16"],
    });
    expect(wordsOf(defaultGatewaySettings, after)).toEqual([
      "ends answers of /rest/v1/ after 300 s", "limits /rest/v1/ to 5 requests/s per key, 5 at once", "closes / to everyone",
      "opens /mcp to 172.17.0.1 until 2027-01-01 00:00 UTC, with the service key", "lets external routes reach the private network 10.1.0.0/16",
    ]);
    expect(wordsOf(after, defaultGatewaySettings)).toEqual([
      "takes the timeout of /rest/v1/ back to the release's", "no longer limits how often /rest/v1/ is asked", "opens / again as the release has it",
      "closes /mcp to everyone", "no longer lets external routes reach the private network 10.1.0.0/16",
    ]);
  });
});

describe("warnings", () => {
  it("are none for the built-in table and for a plain route of one's own", () => {
    expect(findWarnings(defaultGatewaySettings, options)).toEqual([]);
    expect(findWarnings(withRoutes(sampleOwnRoute()), options)).toEqual([]);
  });

  it("stop a route that hides another, own or built-in", () => {
    const second = sampleOwnRoute({ id: "own-second", name: "Second", match: pathOf("prefix", "/hooks/deep/"), position: { side: "below", order: 0 } });
    expect(findWarnings(withRoutes(sampleOwnRoute(), second), options)).toMatchObject([{ routeId: "own-hooks", sentence: "Hooks takes every request of Second, which nobody reaches then." }]);
    expect(warningsOf(withRoutes(sampleOwnRoute({ match: pathOf("prefix", "/storage/v1/") })))).toEqual(["hides:own-hooks"]);
    const below = sampleOwnRoute({ match: pathOf("exact", "/storage/v1/x"), position: { side: "below", order: 0 } });
    expect(findWarnings(withRoutes(below), options)).toMatchObject([{ routeId: "storage-v1-all", sentence: "/storage/v1/ takes every request of Hooks, which nobody reaches then." }]);
  });

  it("stop a wildcard above built-in routes, limited by methods or not", () => {
    for (const match of [pathOf("prefix", "/"), pathOf("regex", "/.*"), { ...pathOf("prefix", "/rest/"), methods: ["POST" as const] }, pathOf("regex", "/(pg|mcp)/.*")]) {
      expect(warningsOf(withRoutes(sampleOwnRoute({ match, rewrite: null })))).toContain("wildcard-above:own-hooks");
    }
    expect(warningsOf(withRoutes(sampleOwnRoute({ match: pathOf("prefix", "/"), position: { side: "below", order: 0 } })))).toEqual(["hides:own-hooks"]);
  });

  it("stop a path that reaches the database without a key, and one that lends a key", () => {
    const rest = { upstream: { kind: "service", service: "rest" } as const };
    expect(warningsOf(withRoutes(sampleOwnRoute(rest)))).toEqual(["database-open:own-hooks"]);
    expect(warningsOf(withRoutes(sampleOwnRoute({ ...rest, access: "any-key" })))).toEqual([]);
    expect(warningsOf(withRoutes(sampleOwnRoute({ requestHeaders: { set: [{ name: "apikey", value: "k" }], remove: [] } })))).toEqual(["lends-key:own-hooks"]);
  });

  it("stop MCP opened to everyone and CORS * with credentials", () => {
    const mcp = (ipAllow: string[]) => settingsWith({ mcp: { isOpen: true, ipAllow, expiresAt: "2027-01-01T00:00:00Z", requiresServiceKey: false } });
    expect([warningsOf(mcp(["0.0.0.0/0"])), warningsOf(mcp(["::/0"])), warningsOf(mcp(["172.17.0.1"]))]).toEqual([["mcp-open-to-everyone:mcp-denied"], ["mcp-open-to-everyone:mcp-denied"], []]);
    expect(warningsOf(withRoutes(sampleOwnRoute({ match: pathOf("exact", "/mcp"), rewrite: "/mcp" })))).toEqual(["mcp-path-open:own-hooks"]);
    const cors = { origins: ["*"], methods: [], headers: [], allowsCredentials: true };
    expect(warningsOf(withRoutes(sampleOwnRoute({ cors })))).toEqual(["cors-any-with-credentials:own-hooks"]);
    expect(warningsOf(settingsWith({ builtInOverrides: { "rest-v1-protected": { cors } } }))).toEqual(["cors-any-with-credentials:rest-v1-protected"]);
  });

  it("stop a list of addresses that keeps hardly anybody out, as for MCP", () => {
    const listing = (ipAllow: string[], parts: Partial<OwnRoute> = {}) => warningsOf(withRoutes(sampleOwnRoute({ ipAllow, ...parts })));
    expect([listing(["0.0.0.0/0"]), listing(["10.0.0.0/8", "::/0"]), listing(["10.0.0.0/8"]), listing(["0.0.0.0/0"], { access: "denied" })]).toEqual([["addresses-open-to-everyone:own-hooks"], ["addresses-open-to-everyone:own-hooks"], [], []]);
    expect(warningsOf(settingsWith({ builtInOverrides: { "rest-v1-protected": { ipAllow: ["0.0.0.0/0"] }, dashboard: { isClosed: true, ipAllow: ["0.0.0.0/0"] } } }))).toEqual(["addresses-open-to-everyone:rest-v1-protected"]);
    expect(listing(["0.0.0.0/0"], { match: pathOf("exact", "/mcp"), rewrite: "/mcp" })).toContain("mcp-path-open:own-hooks");
  });

  it("ask for the host in words before keys and cookies leave for it", () => {
    expect(findWarnings(withRoutes(sampleOwnRoute({ upstream: externalUpstream("https://api.example.com", true) })), options)).toMatchObject([{ phrase: "api.example.com" }]);
  });

  it("keep their id while what they warn of stays, and take another when it changes", () => {
    const idOf = (parts: Partial<OwnRoute>) => findWarnings(withRoutes(sampleOwnRoute({ upstream: { kind: "service", service: "rest" }, ...parts })), options)[0]?.id;
    expect(idOf({ timeoutMs: 1000, name: "Other" })).toBe(idOf({}));
    expect(idOf({ match: pathOf("prefix", "/other/") })).not.toBe(idOf({}));
  });

  it("are none for a route that is switched off", () => {
    expect(findWarnings(withRoutes(sampleOwnRoute({ isEnabled: false, match: pathOf("prefix", "/"), upstream: externalUpstream("https://a.example.com", true) })), options)).toEqual([]);
  });
});
