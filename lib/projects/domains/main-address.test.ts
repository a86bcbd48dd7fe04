import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GatewayKind } from "@/lib/gateway/contract";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput } from "@/lib/stack/sample-input.fixture";
import { becomeMain, leaveMain, restartedBy, withoutEarlier, type AddressSettings } from "./main-address";

const localUrl = "http://127.0.0.1:8100";
const own: AddressSettings = { publicUrl: localUrl, siteUrl: "http://localhost:3000", redirectUrls: [] };
const to = (url: string, previousMainId: string | null = null) => ({ url, localUrl, previousMainId });

const url = fc.constantFrom(localUrl, "https://a.example.com", "https://b.example.com", "https://app.example.com");
const under = fc.tuple(url, fc.constantFrom("", "/", "/**", "/welcome?x=1", ":8443/x", "x")).map(([base, rest]) => base + rest);
const settings: fc.Arbitrary<AddressSettings> = fc.record({ publicUrl: url, siteUrl: under, redirectUrls: fc.uniqueArray(under, { maxLength: 5 }) });

describe("the settings of a main domain", () => {
  test("only what names the address before follows, old redirect entries stay, and nothing is added by itself", () => {
    expect(becomeMain(own, to("https://api.example.com")).settings).toEqual({ ...own, publicUrl: "https://api.example.com" });
    const wide = { publicUrl: localUrl, siteUrl: `${localUrl}/app`, redirectUrls: [`${localUrl}/**`, "https://app.example.com/**", `${localUrl}0/x`] };
    expect(becomeMain(wide, to("https://api.example.com")).settings).toEqual({ publicUrl: "https://api.example.com", siteUrl: "https://api.example.com/app", redirectUrls: [...wide.redirectUrls, "https://api.example.com/**"] });
  });

  test("whatever they were, leaving brings them back", () => {
    fc.assert(fc.property(settings, (before) => {
      const { settings: after, replaced } = becomeMain(before, to("https://new.example.com"));
      expect(leaveMain(after, replaced, localUrl)).toEqual(before);
    }));
  });

  test("the project's own address is the one that it has by then", () => {
    const { settings: after, replaced } = becomeMain(own, to("https://api.example.com"));
    expect(leaveMain(after, replaced, "http://127.0.0.1:8555").publicUrl).toBe("http://127.0.0.1:8555");
  });

  test("what somebody changed since is theirs", () => {
    const { settings: after, replaced } = becomeMain({ ...own, redirectUrls: [`${localUrl}/**`] }, to("https://api.example.com"));
    const edited = { publicUrl: "https://proxy.example.com", siteUrl: "https://site.example.com", redirectUrls: [...after.redirectUrls, "https://mine.example.com/**"] };
    expect(leaveMain(edited, replaced, localUrl)).toEqual({ ...edited, redirectUrls: [`${localUrl}/**`, "https://mine.example.com/**"] });
  });

  test("two in a row go back in either order", () => {
    fc.assert(fc.property(settings, (before) => {
      const first = becomeMain(before, to("https://first.example.com"));
      const second = becomeMain(first.settings, to("https://second.example.com", "first"));
      const lifo = leaveMain(leaveMain(second.settings, second.replaced, localUrl), first.replaced, localUrl);
      expect(lifo).toEqual(before);
      const rest = withoutEarlier(second.replaced, first.replaced, "first");
      const fifo = leaveMain(leaveMain(second.settings, first.replaced, localUrl), rest, localUrl);
      expect({ publicUrl: fifo.publicUrl, siteUrl: fifo.siteUrl }).toEqual({ publicUrl: before.publicUrl, siteUrl: before.siteUrl });
      expect([rest.previousMainId, fifo.redirectUrls.filter((entry) => entry.startsWith("https://first.example.com") || entry.startsWith("https://second.example.com"))]).toEqual([null, []]);
    }));
  });
});

describe("the services that are named before", () => {
  const environments = (part: AddressSettings, serving: GatewayKind) => {
    const { services } = buildDesiredStack({ ...sampleInput, gateways: { serving, isOtherBeside: false }, settings: { ...sampleInput.settings, ...part } });
    return new Map(services.map(({ name, environment }) => [name, JSON.stringify(environment)]));
  };
  const changed = (before: AddressSettings, after: AddressSettings, serving: GatewayKind) => {
    const [old, fresh] = [environments(before, serving), environments(after, serving)];
    return [...old].filter(([name, text]) => fresh.get(name) !== text).map(([name]) => name).sort();
  };

  test.each(["envoy", "kong"] as const)("are those whose environment changes, for the public URL, the site URL and the redirect list, behind %s", (serving) => {
    const { services } = sampleInput.settings;
    const cases: AddressSettings[] = [{ ...own, publicUrl: "https://api.example.com" }, { ...own, publicUrl: "https://api.example.com:8100" }, { ...own, siteUrl: "https://app.example.com" }, { ...own, redirectUrls: ["https://app.example.com/**"] }, own];
    for (const after of cases) expect([...restartedBy(own, after, { services, gateways: [serving] })].sort()).toEqual(changed(own, after, serving));
  });
});
