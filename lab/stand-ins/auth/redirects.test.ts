import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseRedirect, globToRegExp, isRedirectAllowed, withFragment, withQuery } from "./redirects";

const rules = { siteUrl: "https://app.example.com", patterns: ["https://*.preview.example.com/**", "myapp://callback", "http://localhost:*/done"] };

describe("redirects", () => {
  it("the site itself and what a pattern allows are returned to", () => {
    for (const address of ["https://app.example.com/any/path?q=1", "https://one.preview.example.com/a/b", "myapp://callback", "http://localhost:4000/done"]) {
      expect(isRedirectAllowed(rules, address), address).toBe(true);
    }
  });

  it("an address that only looks like the site is not", () => {
    const tricks = [
      "https://app.example.com.evil.com", "https://app.example.com@evil.com", "http://app.example.com", "https://evil.com/https://app.example.com",
      "https://a.b.preview.example.com/x", "https://evil.com#https://one.preview.example.com/", "http://2130706433/done", "https://app.example.com:8443/", "javascript:alert(1)", "", "/path",
    ];
    for (const address of tricks) expect(isRedirectAllowed(rules, address), address).toBe(false);
  });

  it("whatever is asked for, the answer is allowed or the site", () => {
    const parts = fc.tuple(
      fc.constantFrom("https://", "http://", "myapp://", "//", ""),
      fc.constantFrom("app.example.com", "one.preview.example.com", "evil.com", "app.example.com@evil.com", "127.0.0.1", "localhost:3000", "callback"),
      fc.constantFrom("", "/", "/done", "/a/b", "#x", "?q=1", ":8443/", "."),
    );
    const address = fc.option(parts.map((each) => each.join("")), { nil: undefined });
    fc.assert(
      fc.property(address, address, (requested, referer) => {
        const chosen = chooseRedirect(rules, requested, referer);
        expect(chosen === rules.siteUrl || isRedirectAllowed(rules, chosen)).toBe(true);
      }),
    );
  });

  it("one star stops at dots and slashes, two do not, and every other sign means itself", () => {
    expect(globToRegExp("https://*.x.com").test("https://a.x.com")).toBe(true);
    expect(globToRegExp("https://*.x.com").test("https://a.b.x.com")).toBe(false);
    expect(globToRegExp("https://x.com/**").test("https://x.com/a/b.c")).toBe(true);
    expect(globToRegExp("https://{a,b}.com").test("https://b.com")).toBe(true);
    expect(globToRegExp("https://x.com").test("https://xxcom")).toBe(false);
  });

  it("tokens go into the fragment and codes into the query, and neither loses what was there", () => {
    expect(withFragment("https://a/x?q=1#old", { b: "2", a: "1" })).toBe("https://a/x?q=1#a=1&b=2&sb=");
    expect(withQuery("https://a/x?q=1", { code: "c" })).toBe("https://a/x?code=c&q=1");
  });
});
