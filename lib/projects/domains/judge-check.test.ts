import { describe, expect, test } from "vitest";
import { expiryOf } from "./expiry";
import { judgeCaa } from "./judge-caa";
import { judgeCheck, type CheckFacts } from "./judge-check";
import type { CaaRecord } from "./name-ports";
import { tellIssuance } from "./tell-issuance";

const here = "93.184.216.34";
const base: CheckFacts = {
  at: "2026-03-01T12:00:00.000Z", hostname: "api.example.com", tls: "acme", state: "added",
  records: { found: [], addresses: [here], nameServers: ["ns1.example.com"], problem: null }, localAddresses: [],
  machine: { addresses: [here], isDeclared: false, panelHostname: null, hasProxyInFront: false },
  authority: { name: "Let's Encrypt", onlyPublic: true },
  http: { port: 80, holder: "nobody", reached: null }, https: { port: 443, holder: "nobody", reached: null },
  caa: { at: null, records: [], problem: null }, directory: { caaIdentities: ["letsencrypt.org"], needsAccountBinding: false, error: null }, certificate: null,
};
const facts = (parts: Partial<CheckFacts>): CheckFacts => ({ ...base, ...parts });
const addressed = (...addresses: string[]) => ({ ...base.records, addresses });
const item = (parts: Partial<CheckFacts>, id: string) => judgeCheck(facts(parts)).items.find((each) => each.id === id);

describe("the DNS records to create", () => {
  test("are one for each public address of the machine, of its family", () => {
    const machine = { ...base.machine, addresses: [here, "10.0.0.5", "2606:2800:220::1"] };
    expect(judgeCheck(facts({ machine })).wanted).toEqual([{ type: "A", name: "api.example.com", value: here }, { type: "AAAA", name: "api.example.com", value: "2606:2800:220::1" }]);
  });

  test("are the private ones in a network of one's own, and none for a public authority behind NAT unless somebody names them", () => {
    const machine = { ...base.machine, addresses: ["10.0.0.5"] };
    expect([judgeCheck(facts({ machine })).wanted, judgeCheck(facts({ machine, tls: "internal" })).wanted, judgeCheck(facts({ machine: { ...machine, isDeclared: true } })).wanted].map((each) => each.map(({ value }) => value))).toEqual([[], ["10.0.0.5"], ["10.0.0.5"]]);
  });

  test("a CNAME to the panel's name does as well, but not for the zone itself", () => {
    const machine = { ...base.machine, panelHostname: "panel.example.com" };
    expect([judgeCheck(facts({ machine })).alternative, judgeCheck(facts({ machine, hostname: "example.com" })).alternative]).toEqual([{ type: "CNAME", name: "api.example.com", value: "panel.example.com" }, null]);
  });
});

describe("where a name leads", () => {
  test.each<[string, Partial<CheckFacts>, string, string]>([
    ["here", {}, "ok", "leads here"],
    ["here for this machine alone", { records: addressed("127.0.0.1"), machine: { ...base.machine, addresses: ["127.0.0.1"], isDeclared: true } }, "warn", "led to itself"],
    ["here, and for other machines to themselves", { records: addressed(here, "127.0.0.1"), machine: { ...base.machine, addresses: [here, "127.0.0.1"], isDeclared: true } }, "warn", "given 127.0.0.1 is led to itself"],
    ["nowhere", { records: addressed() }, "stop", "has no address yet. Create A 93.184.216.34"],
    ["elsewhere", { records: addressed("8.8.8.8") }, "stop", "leads to 8.8.8.8, which is not this machine"],
    ["here and elsewhere", { records: addressed(here, "2606:4700::1") }, "stop", "Take the AAAA record away"],
    ["a proxy that was named", { records: addressed("8.8.8.8"), machine: { ...base.machine, hasProxyInFront: true } }, "warn", "the proxy in front"],
    ["what may be the router", { records: addressed("8.8.8.8"), machine: { ...base.machine, addresses: ["10.0.0.5"] } }, "unknown", "name its public address"],
    ["into a network that is not this one", { records: addressed("192.168.7.7"), machine: { ...base.machine, addresses: ["10.0.0.5"] } }, "stop", "not this machine"],
    ["unknown, for the servers are silent", { records: { ...addressed(), problem: "its servers do not answer" } }, "warn", "could not be read"],
  ])("%s", (_where, parts, state, words) => {
    expect(item(parts, "dns")).toMatchObject({ state, sentence: expect.stringContaining(words) });
  });

  test("matters less where no authority asks: elsewhere is a warning, and this machine's own resolver counts", () => {
    expect([item({ tls: "uploaded", records: addressed("8.8.8.8") }, "dns")?.state, item({ tls: "internal", records: addressed(), localAddresses: [here] }, "dns")?.state]).toEqual(["warn", "ok"]);
  });
});

describe("ports and what answers on them", () => {
  test("another program stops it; a port of one's own is said to need forwarding", () => {
    expect(item({ http: { port: 80, holder: "other", reached: null } }, "port-http")).toMatchObject({ state: "stop", sentence: expect.stringContaining("held by another program") });
    expect(item({ https: { port: 8443, holder: "edge", reached: null } }, "port-https")).toMatchObject({ state: "warn", sentence: expect.stringContaining("forward 443 to 8443") });
    expect(judgeCheck(facts({ http: { port: 80, holder: "other", reached: null } })).isReady).toBe(false);
  });

  test("who answers under the name is told; a router that passes nothing on from inside is not held against it", () => {
    const reach = (reached: CheckFacts["http"]["reached"]) => item({ http: { port: 80, holder: "edge", reached } }, "reach-http");
    expect([reach({ by: "edge" })?.state, reach({ by: "other", status: 301 })?.sentence, reach({ by: "nobody", error: "no connection in time" })?.state]).toEqual(["ok", expect.stringContaining("Another program answers under the name (status 301)"), "warn"]);
  });
});

describe("CAA", () => {
  const issue = (value: string, tag = "issue"): CaaRecord => ({ isCritical: false, tag, value });
  const judge = (records: CaaRecord[], more: Partial<Parameters<typeof judgeCaa>[0]> = {}) => judgeCaa({ records, at: "example.com", isWildcard: false, identities: ["letsencrypt.org"], authority: "Let's Encrypt", ...more });

  test.each<[string, CaaRecord[], string, string]>([
    ["no record", [], "ok", "No CAA record"],
    ["a record for others", [issue("ca.example")], "stop", "permit ca.example, not Let's Encrypt"],
    ["a record for nobody", [issue(";")], "stop", "permit nobody"],
    ["one of two", [issue("ca.example"), issue("LetsEncrypt.org")], "ok", "permit Let's Encrypt"],
    ["reports alone", [issue("mailto:a@example.com", "iodef")], "ok", "do not limit"],
    ["a wildcard's record, for no wildcard", [issue("ca.example", "issuewild")], "ok", "do not limit"],
    ["by DNS alone", [issue("letsencrypt.org; validationmethods=dns-01")], "stop", "only by dns-01"],
    ["by one of two ways", [issue("letsencrypt.org; validationmethods=dns-01,http-01")], "ok", "permit"],
    ["for one account", [issue("letsencrypt.org; accounturi=https://acme.example/1")], "unknown", "one account alone"],
    ["a critical tag that nobody knows", [{ isCritical: true, tag: "tbs", value: "x" }, issue("letsencrypt.org")], "stop", "marked critical"],
  ])("%s", (_name, records, state, words) => {
    expect(judge(records)).toMatchObject({ state, sentence: expect.stringContaining(words) });
  });

  test("a wildcard is judged by its own records where there are some", () => {
    expect(judge([issue("letsencrypt.org"), issue("ca.example", "issuewild")], { isWildcard: true }).state).toBe("stop");
  });

  test("an authority that does not name itself cannot be judged", () => expect(judge([issue("ca.example")], { identities: [] }).state).toBe("unknown"));
});

test("of a name that is open nothing is said to wait for its attaching: a port on which nothing listens is worth a look", () => {
  const { items } = judgeCheck(facts({ state: "open" }));
  expect(items.filter(({ id }) => id.startsWith("port-")).map(({ state, sentence }) => [state, sentence.slice(0, 26)])).toEqual([["warn", "Nothing listens on port 80"], ["warn", "Nothing listens on port 44"]]);
  expect(items.filter(({ id }) => id.startsWith("reach-"))).toEqual([]);
  expect(judgeCheck(facts({})).items.filter(({ id }) => id.startsWith("reach-")).map(({ state }) => state)).toEqual(["unknown", "unknown"]);
});

describe("expiry", () => {
  const dayMs = 24 * 3_600_000;
  const level = (lifeDays: number, leftDays: number, isRenewed = true) => expiryOf({ notBeforeMs: 0, notAfterMs: lifeDays * dayMs, isRenewed }, new Date((lifeDays - leftDays) * dayMs)).level;

  test("warns at 21 and 7 days, and by its life where that is short", () => {
    expect([level(90, 21), level(90, 20.9), level(90, 6.9), level(90, -0.1)]).toEqual(["ok", "soon", "urgent", "expired"]);
    expect([level(6, 1.6), level(6, 1.4), level(6, 0.7), level(0.5, 0.2)]).toEqual(["ok", "soon", "urgent", "ok"]);
  });

  test("warns at 21 and 7 days of an uploaded certificate however short its life: nobody renews it but a person", () => {
    expect([level(15, 14, false), level(15, 4, false), level(90, 22, false), level(90, 4, false), level(15, -0.1, false)]).toEqual(["soon", "urgent", "ok", "urgent", "expired"]);
  });
});

describe("why there was no certificate", () => {
  test.each([
    ["HTTP 429 urn:ietf:params:acme:error:rateLimited - too many failed authorizations", "rate-limited"],
    ["During secondary validation: CAA record for example.com prevents issuance", "caa-refused"],
    ["DNS problem: NXDOMAIN looking up A for api.example.com", "dns-refused"],
    ["93.184.216.34: Fetching http://api.example.com/.well-known/acme-challenge/x: Connection refused", "not-reached"],
    ["Invalid response from http://api.example.com/.well-known/acme-challenge/x: 404", "not-reached"],
    ["urn:ietf:params:acme:error:rejectedIdentifier - policy forbids issuing for name", "name-refused"],
    ["provisioning client: performing request: dial tcp: lookup acme.invalid: no such host", "authority-unreachable"],
    ["urn:ietf:params:acme:error:externalAccountRequired", "account-refused"],
    ["something new", "no-certificate"],
  ])("%s is told as %s, with the authority's own words", (detail, code) => {
    expect(tellIssuance({ hostname: "api.example.com", authority: "Let's Encrypt", detail })).toEqual({ code, sentence: expect.stringContaining(detail) });
  });
});
