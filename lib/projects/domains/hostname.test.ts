import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHostname } from "@/lib/gateway/edge-input";
import { caaNamesOf, displayHostname, normaliseHostname, zonesOf } from "./hostname";

const letsEncrypt = { name: "Let's Encrypt", onlyPublic: true };
const own = { name: "ca.lan", onlyPublic: false };
const acme = (text: string, authority = letsEncrypt) => normaliseHostname(text, { tls: "acme", authority });
const told = (result: ReturnType<typeof acme>) => (result.ok ? result.hostname : result.sentence);

describe("a name as it is typed", () => {
  test.each([["API.Example.com", "api.example.com"], ["  api.example.com. ", "api.example.com"], ["bücher.example.com", "xn--bcher-kva.example.com"], ["api。example。com", "api.example.com"], ["faß.example.com", "xn--fa-hia.example.com"], ["*.example.com", "*.example.com"]])("%s is stored as %s", (typed, stored) => {
    expect(told(normaliseHostname(typed, { tls: "uploaded", authority: letsEncrypt }))).toBe(stored);
  });

  test.each(["https://api.example.com", "api.example.com/path", "api.example.com:443", "user@api.example.com", "api example.com", "api.example.com?x", "api.exa%6dple.com", "api.*.com", "*.*.example.com"])("%s is refused as more than a name", (typed) => {
    expect(told(acme(typed))).toContain("Type the name alone");
  });

  test.each(["127.0.0.1", "2130706433", "0x7f.1", "::1", "[::1]", "10.0.0.1."])("the address %s is refused, however it is written", (typed) => {
    expect(acme(typed).ok).toBe(false);
  });

  test.each(["-api.example.com", "api_x.example.com", "a..example.com", `${"a".repeat(64)}.example.com`, `${"a.".repeat(130)}com`, "", "*."])("%s is no host name", (typed) => {
    expect(acme(typed).ok).toBe(false);
  });

  test("whatever comes out is a host name, and normalising it again changes nothing", () => {
    const words = fc.string({ unit: fc.constantFrom("a", "B", "é", "ß", "ü", "-", ".", "1", "*", "中", "_", " "), maxLength: 30 });
    fc.assert(fc.property(words, fc.constantFrom("", ".com", ".example.org"), (name, end) => {
      const result = normaliseHostname(name + end, { tls: "uploaded", authority: own });
      if (!result.ok) return;
      expect([isHostname(result.hostname), result.hostname]).toEqual([true, told(normaliseHostname(result.hostname, { tls: "uploaded", authority: own }))]);
    }));
  });
});

describe("what no certificate can be had for", () => {
  test.each(["com", "co.uk", "github.io"])("the public suffix %s is refused for every kind, and so is a wildcard of it", (suffix) => {
    for (const tls of ["acme", "uploaded", "internal"] as const) expect(told(normaliseHostname(suffix, { tls, authority: own }))).toContain("public suffix");
    expect(told(normaliseHostname(`*.${suffix}`, { tls: "uploaded", authority: own }))).toContain("public suffix");
  });

  test("a name below a suffix of a company's is a name", () => expect(told(acme("me.github.io"))).toBe("me.github.io"));

  test.each(["nas.lan", "shop.internal", "api.shop.test", "nas"])("%s is refused by a public authority, and taken by an own one and for the internal one", (name) => {
    expect(told(acme(name))).toContain("public names only");
    expect([told(acme(name, own)), told(normaliseHostname(name, { tls: "internal", authority: letsEncrypt }))]).toEqual([name, name]);
  });

  test("localhost is refused by any authority, and can have the internal one", () => {
    expect([told(acme("localhost", own)), told(acme("api.localhost", own))].every((text) => text.includes("this machine itself"))).toBe(true);
    expect(told(normaliseHostname("api.localhost", { tls: "internal", authority: own }))).toBe("api.localhost");
  });

  test("a wildcard needs a certificate of one's own", () => {
    expect(told(acme("*.example.com"))).toContain("upload it");
    expect(told(normaliseHostname("*.example.com", { tls: "internal", authority: own }))).toContain("upload it");
  });
});

test("zones are looked for from the name down to what can be registered, CAA down to the top", () => {
  expect(zonesOf("a.b.example.co.uk")).toEqual(["a.b.example.co.uk", "b.example.co.uk", "example.co.uk"]);
  expect(zonesOf("*.example.com")).toEqual(["example.com"]);
  expect(zonesOf("nas.lan")).toEqual(["nas.lan"]);
  expect(caaNamesOf("api.example.com")).toEqual(["api.example.com", "example.com", "com"]);
});

test("a name is shown as people write it", () => {
  expect([displayHostname("*.xn--bcher-kva.example", () => "bücher.example"), displayHostname("xn--x.example", () => "")]).toEqual(["*.bücher.example", "xn--x.example"]);
});
