import { describe, expect, it } from "vitest";
import { chooseClientAddress, trustedProxies } from "./client-address";

const trusted = trustedProxies(["10.0.0.0/8", "::1"]);

describe("the client's address", () => {
  it("is the socket's, whatever an untrusted peer claims", () => {
    expect(chooseClientAddress("203.0.113.9", "1.2.3.4", trusted)).toBe("203.0.113.9");
  });

  it("is the last address before the trusted proxies, so that nothing a client writes in front counts", () => {
    expect(chooseClientAddress("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.1.1", trusted)).toBe("203.0.113.9");
    expect(chooseClientAddress("::ffff:10.0.0.1", "203.0.113.9", trusted)).toBe("203.0.113.9");
    expect(chooseClientAddress("::1", "junk", trusted)).toBe("::1");
  });

  it("refuses a list of proxies that holds something else, naming it", () => {
    expect(() => trustedProxies(["proxy.example"])).toThrow("proxy.example");
  });
});
