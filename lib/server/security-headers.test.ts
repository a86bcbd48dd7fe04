import { describe, expect, it } from "vitest";
import { securityHeaders } from "./security-headers";

const options = { nonce: "abc", isSecure: true, isDevelopment: false };

describe("the headers of every answer", () => {
  it("let scripts run only with the page's own nonce, and nobody frame the panel", () => {
    const { "content-security-policy": policy } = securityHeaders(options);
    expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-eval");
    expect(/script-src[^;]*unsafe-inline/.test(policy)).toBe(false);
  });

  it("promise HTTPS for the future only where the panel is reached by it", () => {
    expect(securityHeaders(options)["strict-transport-security"]).toBeDefined();
    expect(securityHeaders({ ...options, isSecure: false })["strict-transport-security"]).toBeUndefined();
  });
});
