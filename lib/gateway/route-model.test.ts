import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allServices } from "@/lib/stack/sample-input.fixture";
import { isInNetworks, isPermittedUpstreamAddress, parseNetwork } from "./addresses";
import { parseTypedSettings } from "./header-rules";
import { normalizePath } from "./normalize";
import { builtInRouteIds, permittedOverrides } from "./overrides";
import { externalUpstream, pathOf, sampleOwnRoute } from "./own-route.fixture";
import { defaultGatewaySettings, parseGatewaySettings, type OwnRoute } from "./route-model";
import { builtInRoutes } from "./routes";

const problemsOf = (parts: object) => {
  const parsed = parseGatewaySettings({ ...defaultGatewaySettings, ...parts });
  return parsed.isValid ? [] : parsed.problems.map(({ field, message }) => `${field}: ${message}`);
};
const problemsOfRoute = (parts: Partial<OwnRoute>) => problemsOf({ ownRoutes: [sampleOwnRoute(parts)] });
const refuses = (problems: string[], field: string, words: string) => {
  expect(problems, words).toHaveLength(1);
  expect(problems[0]).toContain(field);
  expect(problems[0]).toContain(words);
};

describe("the settings of a gateway", () => {
  it("are valid when nothing was chosen, and survive being stored", () => {
    const sample = { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute()] };
    for (const settings of [defaultGatewaySettings, sample]) expect(parseGatewaySettings(JSON.parse(JSON.stringify(settings)))).toEqual({ isValid: true, settings });
  });

  it("hold a thousand routes and not one more", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => sampleOwnRoute({ id: `own-${index}`, name: `Route ${index}` }));
    expect(problemsOf({ ownRoutes: many(1000) })).toEqual([]);
    refuses(problemsOf({ ownRoutes: many(1001) }), "ownRoutes", "1000 at most");
  });

  it("refuse two routes of one id or one name, and fields that nobody knows", () => {
    refuses(problemsOf({ ownRoutes: [sampleOwnRoute(), sampleOwnRoute({ name: "Other" })] }), "ownRoutes.1.id", "used twice");
    refuses(problemsOf({ ownRoutes: [sampleOwnRoute(), sampleOwnRoute({ id: "own-b" })] }), "ownRoutes.1.name", "another route is called Hooks");
    expect(problemsOf({ ownRoutes: [{ ...sampleOwnRoute(), acces: "open" }] })).toHaveLength(1);
  });

  it("refuse a path that no request can arrive at, and name the one it arrives as", () => {
    const cases = { "hooks": "start it with a slash", "/a/../pg/": "as /pg/", "/a/./b": "as /a/b", "/a%2fb": "escaped slash", "/a%5Cb": "escaped slash", "//a": "as /a", "//": "write one slash", "/a/..//": "write one slash", "/%61": "as /a", "/a?b": "leave out the ?", "/a#b": "holds a #", "/a b": "blank", "/ä": "not escaped", "/a\\b": "as /a/b", "/a\nb": "control character" };
    for (const [path, words] of Object.entries(cases)) refuses(problemsOfRoute({ match: pathOf("exact", path) }), "ownRoutes.0.match.path.value", words);
  });

  it("say how a path is written that the gateway takes, where there is such a path", () => {
    const cases = { "/é": "Write it escaped: /%C3%A9", "/a b/ü": "Write it escaped: /a%20b/%C3%BC", "/a#b": "Write it escaped: /a%23b", "/a%2Fb": "Write a plain slash: /a/b", "/a%5cé": "Write a plain slash.", "/a%00": "Leave it out.", "/\ud800": "Write it escaped." };
    for (const [path, words] of Object.entries(cases)) {
      const problems = problemsOfRoute({ match: pathOf("exact", path) });
      refuses(problems, "ownRoutes.0.match.path.value", words);
      const written = /: (\/\S+)$/.exec(problems[0] ?? "")?.[1];
      if (written !== undefined) expect(problemsOfRoute({ match: pathOf("exact", written) }), written).toEqual([]);
    }
  });

  it("refuse a regular expression that backtracks, is too large or is no RE2", () => {
    for (const source of ["(a", "(?=a)b", "(a)\\1", "a{1000}{1000}"]) refuses(problemsOfRoute({ match: pathOf("regex", source), rewrite: null }), "match.path.value", "RE2");
    refuses(problemsOfRoute({ match: pathOf("regex", "/([a-z]{100}x){9}"), rewrite: null }), "match.path.value", "grows too large");
    refuses(problemsOfRoute({ match: pathOf("regex", "/(\\pL){200}"), rewrite: null }), "match.path.value", "Write [A-Za-z]");
    expect(problemsOfRoute({ match: pathOf("regex", "/(a+)+b"), rewrite: null })).toEqual([]);
  });

  it("refuse header names with line breaks, underscores or capitals, and headers that the gateway vouches for", () => {
    const set = (name: string, value = "1") => problemsOfRoute({ requestHeaders: { set: [{ name, value }], remove: [] } });
    for (const [name, words] of [["x-a\nx-b", "line breaks"], ["x_a", "underscore"], ["X-A", "lower case"], ["x-forwarded-for", "written by the gateway"], ["x-envoy-retry-on", "written by the gateway"], ["host", "written by the gateway"], [":path", "letters"]] as const) refuses(set(name), "requestHeaders.set.0.name", words);
    refuses(set("x-a", "1\r\nx-b: 2"), "requestHeaders.set.0.value", "one line");
  });

  it("refuse an upstream inside this machine, whatever form its address takes", () => {
    const cases = { "http://a.example.com": "only https", "https://a.example.com/x": "leave out the path", "https://u:p@a.example.com": "user name", "https://localhost": "inside this machine", "https://kong": "inside this machine", "https://metadata.google.internal": "credentials of this machine", "https://127.0.0.1": "not a public address", "https://[::1]": "not a public address", "https://169.254.169.254": "not a public address", "https://10.0.0.1": "not a public address", "https://[::ffff:7f00:1]": "not a public address", "https://[fd00::1]": "not a public address", "https://0x7f.1": "as https://127.0.0.1", "https://2130706433": "as https://127.0.0.1", "nonsense": "write an address" };
    for (const [origin, words] of Object.entries(cases)) refuses(problemsOfRoute({ upstream: externalUpstream(origin) }), "ownRoutes.0.upstream", words);
    expect(problemsOfRoute({ upstream: externalUpstream("https://api.example.com:8443") })).toEqual([]);
  });

  it("let an owner open a private network, but never loopback or link-local", () => {
    const at = (origin: string) => problemsOf({ ownRoutes: [sampleOwnRoute({ upstream: externalUpstream(origin) })], allowedUpstreamNetworks: ["10.1.0.0/16", "127.0.0.0/8", "169.254.0.0/16"] });
    expect(at("https://10.1.2.3")).toEqual([]);
    for (const origin of ["https://10.2.0.1", "https://127.0.0.1", "https://169.254.169.254"]) expect(at(origin)).toHaveLength(1);
  });

  it("keep Studio behind its login, meta behind the service key, and Realtime's administration closed", () => {
    refuses(problemsOfRoute({ upstream: { kind: "service", service: "studio" } }), "ownRoutes.0.access", "dashboard login");
    refuses(problemsOfRoute({ upstream: { kind: "service", service: "meta" }, access: "dashboard" }), "ownRoutes.0.access", "service key");
    refuses(problemsOfRoute({ upstream: { kind: "service", service: "realtime" } }), "ownRoutes.0.rewrite", "administer it");
    refuses(problemsOfRoute({ upstream: { kind: "none" } }), "ownRoutes.0.upstream", "denied");
    refuses(problemsOfRoute({ rewrite: "/x" }), "ownRoutes.0.rewrite", "with a slash, or neither");
  });

  it("open MCP only with addresses and an end", () => {
    const mcp = { isOpen: true, ipAllow: ["172.17.0.1"], expiresAt: "2027-01-01T00:00:00Z", requiresServiceKey: true };
    expect(problemsOf({ mcp })).toEqual([]);
    refuses(problemsOf({ mcp: { ...mcp, ipAllow: [] } }), "mcp.ipAllow", "at least one");
    refuses(problemsOf({ mcp: { ...mcp, expiresAt: "" } }), "mcp.expiresAt", "when it closes");
  });

  it("count what is listed twice once, so that no draft tells a change that is none", () => {
    const cors = { origins: ["*", "*"], methods: ["GET" as const, "GET" as const], headers: ["x-a", "x-a"], allowsCredentials: false };
    const twice = sampleOwnRoute({ ipAllow: ["10.0.0.0/8", "203.0.113.7", "10.0.0.0/8"], match: { ...pathOf("prefix", "/hooks/"), methods: ["GET", "POST", "GET"] }, cors });
    const once = sampleOwnRoute({ ipAllow: ["10.0.0.0/8", "203.0.113.7"], match: { ...pathOf("prefix", "/hooks/"), methods: ["GET", "POST"] }, cors: { origins: ["*"], methods: ["GET"], headers: ["x-a"], allowsCredentials: false } });
    const settings = (route: OwnRoute, networks: string[]) => ({ ...defaultGatewaySettings, ownRoutes: [route], builtInOverrides: { "rest-v1-protected": { ipAllow: networks } }, allowedUpstreamNetworks: networks });
    expect(parseGatewaySettings(settings(twice, ["10.1.0.0/16", "10.1.0.0/16"]))).toEqual({ isValid: true, settings: settings(once, ["10.1.0.0/16"]) });
  });

  it("name limits in the field's words", () => {
    refuses(problemsOfRoute({ rateLimit: { requestsPerSecond: 10, burst: 5, per: "ip" } }), "rateLimit.burst", "at least as many");
    refuses(problemsOfRoute({ ipAllow: ["10.0.0.1/8"] }), "ipAllow.0", "without bits after its prefix");
    refuses(problemsOfRoute({ timeoutMs: 5 }), "timeoutMs", "between 100 and 3600000");
    refuses(problemsOfRoute({ cors: { origins: ["https://a.example.com/x"], methods: [], headers: [], allowsCredentials: false } }), "cors.origins.0", "as https://a.example.com");
  });
});

describe("headers that an own route writes and takes off", () => {
  const typed = (parts: Partial<OwnRoute>, kept: OwnRoute[] = []) => {
    const parsed = parseTypedSettings({ ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute(parts)] }, kept);
    return parsed.isValid ? [] : parsed.problems.map(({ field, message }) => `${field}: ${message}`);
  };
  const lines = (names: string[], remove: string[] = []): OwnRoute["requestHeaders"] => ({ set: names.map((name) => ({ name, value: "1" })), remove });

  it("name each header once, on the way in and out", () => {
    for (const which of ["requestHeaders", "responseHeaders"] as const) {
      refuses(typed({ [which]: lines(["x-a", "x-b", "x-a"]) }), `ownRoutes.0.${which}.set.2.name`, "x-a is set twice");
      refuses(typed({ [which]: lines([], ["x-a", "x-a"]) }), `ownRoutes.0.${which}.remove.1`, "x-a is taken off twice");
      refuses(typed({ [which]: lines(["x-a"], ["x-b", "x-a"]) }), `ownRoutes.0.${which}.remove.1`, "both set and taken off");
      refuses(typed({ [which]: lines(["x-a", "X-A"]) }), `ownRoutes.0.${which}.set.1.name`, "lower case");
    }
    expect(typed({ requestHeaders: lines(["x-a"], ["x-b"]), responseHeaders: lines(["x-a"], ["x-b"]) })).toEqual([]);
  });

  it("leave what CORS writes of an answer to CORS", () => {
    refuses(typed({ responseHeaders: lines(["access-control-allow-origin"]) }), "ownRoutes.0.responseHeaders.set.0.name", "under CORS of this route");
    refuses(typed({ responseHeaders: lines([], ["access-control-max-age"]) }), "ownRoutes.0.responseHeaders.remove.0", "under CORS of this route");
    expect(typed({ requestHeaders: lines([], ["access-control-request-method"]) })).toEqual([]);
  });

  it("stay readable where they were stored before, and keep nobody from changing other fields", () => {
    const stored = sampleOwnRoute({ requestHeaders: lines(["x-a", "x-a"]), responseHeaders: lines(["access-control-allow-origin"]) });
    expect(problemsOf({ ownRoutes: [stored] })).toEqual([]);
    expect(typed({ ...stored, timeoutMs: 1000 }, [stored])).toEqual([]);
    expect(typed({ ...stored, requestHeaders: lines(["x-b", "x-a", "x-a"]) }, [stored])).toHaveLength(1);
  });
});

describe("built-in routes", () => {
  it("each have a list of what may be changed, and none beside them", () => {
    expect(builtInRouteIds).toEqual(builtInRoutes({ enabledServices: allServices, release: { restrictsMetaCors: true } }).map(({ id }) => id));
  });

  it("that refuse everybody cannot be changed, and no list names who may pass", () => {
    for (const id of ["mcp-denied", "mcp-api-denied", "realtime-v1-tenants-denied", "realtime-v1-openapi-denied", "constructor"]) expect(permittedOverrides(id)).toEqual([]);
    refuses(problemsOf({ builtInOverrides: { "mcp-denied": { ipAllow: ["10.0.0.1"] } } }), "mcp-denied.ipAllow", "cannot be changed");
    refuses(problemsOf({ builtInOverrides: { nonsense: {} } }), "nonsense", "there is none");
    expect(problemsOf({ builtInOverrides: { "pg-protected": { access: "open" } } })).toHaveLength(1);
    expect(problemsOf({ builtInOverrides: { "rest-v1-protected": { timeoutMs: 300_000 } } })).toEqual([]);
  });
});

describe("paths and addresses", () => {
  it("a normalised path stays as it is when it is normalised again", () => {
    const arbTarget = fc.array(fc.constantFrom("/", ".", "..", "a", "%2e", "%41", "%7e", "\\", "//", "%zz", "|", "%25"), { maxLength: 12 }).map((parts) => `/${parts.join("")}`);
    fc.assert(fc.property(arbTarget, (target) => {
      const once = normalizePath(target);
      if (once.isAccepted) expect(normalizePath(once.path)).toEqual(once);
    }));
  });

  it("a network holds its own addresses and none after it", () => {
    fc.assert(fc.property(fc.ipV4(), fc.integer({ min: 1, max: 31 }), (address, length) => {
      const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      const size = 2 ** (32 - length);
      const toText = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
      const start = value - (value % size);
      const network = `${toText(start)}/${length}`;
      expect(parseNetwork(network)).toEqual({ address: toText(start), prefixLength: length });
      expect(isInNetworks(address, [network])).toBe(true);
      expect(isInNetworks(toText((start + size) % 2 ** 32), [network])).toBe(false);
    }));
  });

  it("no private, shared or mapped address is an upstream unless it is listed", () => {
    for (const address of ["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "nonsense"]) expect(isPermittedUpstreamAddress(address, []), address).toBe(false);
    for (const address of ["93.184.216.34", "2606:2800:220:1::1"]) expect(isPermittedUpstreamAddress(address, []), address).toBe(true);
  });
});
