import { describe, expect, it } from "vitest";
import { isLoopbackHost, refusePlainHttp } from "./panel-address";

describe("the panel's address", () => {
  it("takes plain HTTP for loopback and HTTPS for anything", () => {
    for (const url of ["http://panel.localhost:3000", "http://127.0.0.1", "http://[::1]:3000", "http://localhost", "https://panel.example.com"]) expect(refusePlainHttp({ url, isBehindTlsProxy: false })).toBeNull();
  });

  it("refuses plain HTTP elsewhere with the way out, unless a person says that a TLS proxy stands in front", () => {
    for (const url of ["http://panel.example.com", "http://10.0.0.5:3000", "http://127.0.0.1.evil.example", "http://localhost.example.com"]) {
      expect(refusePlainHttp({ url, isBehindTlsProxy: false })).toContain("BASEHOLD_BEHIND_TLS_PROXY=yes");
      expect(refusePlainHttp({ url, isBehindTlsProxy: true })).toBeNull();
    }
    expect(refusePlainHttp({ url: "https://panel.example.com", listenAddress: "0.0.0.0", isBehindTlsProxy: false })).toContain("0.0.0.0");
    expect(refusePlainHttp({ url: "https://panel.example.com", listenAddress: "127.0.0.1", isBehindTlsProxy: false })).toBeNull();
  });

  it("knows loopback by name and by number", () => {
    expect(["LOCALHOST", "panel.localhost.", "127.8.9.10", "[::1]"].every(isLoopbackHost)).toBe(true);
    expect(["0.0.0.0", "::", "128.0.0.1", "notlocalhost"].some(isLoopbackHost)).toBe(false);
  });
});
