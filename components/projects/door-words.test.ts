import { describe, expect, it } from "vitest";
import type { Door } from "@/lib/access/doors-protocol";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput } from "@/lib/stack/sample-input.fixture";
import { actOf, doorAddress, summaryOf } from "./door-words";

const settings = { bindAddress: "0.0.0.0", publicUrl: "http://10.0.0.4:8000", isDirectDatabasePortOpen: true, services: ["db" as const, "api-gw" as const, "auth" as const, "supavisor" as const] };
const door = (parts: Partial<Door>): Door => ({ address: "0.0.0.0", port: 8000, protocol: "tcp", containerPort: 8000, service: "api-gw", container: "bh-api-gw", title: "API gateway", reach: "everyone", isExpected: true, answers: true, severity: "warn", why: "", fix: null, ...parts });

describe("a page of doors says first", () => {
  it.each([
    [[], null],
    [[door({ severity: "ok", reach: "loopback" })], "1 door, as the settings ask, for programs of this machine alone."],
    [[door({ severity: "ok", reach: "loopback" }), door({ severity: "ok" })], "2 doors, as the settings ask."],
    [[door({ severity: "notice" }), door({ severity: "ok" })], "1 door is open to the private network, as the settings ask."],
    [[door({}), door({})], "2 doors need a look."],
    [[door({ severity: "danger", isExpected: false }), door({})], "1 door should be closed. 1 of 2 is not asked for in the settings."],
  ])("the worst of it (%#)", (doors, sentence) => expect(summaryOf(doors)?.sentence ?? null).toBe(sentence));
});

describe("the act of a fix", () => {
  it("names every service that narrowing the address restarts", () => {
    const act = actOf({ kind: "edit-setting", setting: "bindAddress", words: "" }, door({}), settings);
    expect(act?.restarts).toContain("db, api-gw, auth and supavisor restart");
  });

  it("names what the stack replaces, no more and no less, where the public URL is on this machine already", () => {
    const before = { ...sampleInput, settings: { ...sampleInput.settings, bindAddress: "0.0.0.0", publicUrl: `http://127.0.0.1:${sampleInput.ports.gateway}`, isDirectDatabasePortOpen: false } };
    const specs = (bindAddress: string) => new Map(buildDesiredStack({ ...before, settings: { ...before.settings, bindAddress } }).services.map((service) => [service.name, JSON.stringify({ ...service, files: service.files.filter((file) => !file.reloadable) })]));
    const [open, closed] = [specs("0.0.0.0"), specs("127.0.0.1")];
    const replaced = [...open.keys()].filter((name) => open.get(name) !== closed.get(name)).sort();
    const act = actOf({ kind: "edit-setting", setting: "bindAddress", words: "" }, door({}), before.settings);
    expect(act?.restarts.split(" restart")[0]?.split(/, | and /).sort()).toEqual(replaced);
  });

  it("names what closing the direct port restarts, and what reconciling replaces or removes", () => {
    expect(actOf({ kind: "edit-setting", setting: "isDirectDatabasePortOpen", words: "" }, door({ service: "db" }), settings)?.restarts).toMatch(/^db restarts/);
    expect(actOf({ kind: "reconcile", setting: null, words: "" }, door({}), settings)?.restarts).toMatch(/^api-gw restarts/);
    expect(actOf({ kind: "reconcile", setting: null, words: "" }, door({ service: "studio", container: "bh-studio" }), settings)?.restarts).toBe("bh-studio is removed.");
  });

  it("is not there for what only a person on the machine can do", () => {
    expect(actOf({ kind: "by-hand", setting: null, words: "" }, door({}), settings)).toBeNull();
  });
});

it("an IPv6 address is written so that its port can be told from it", () => {
  expect(doorAddress({ address: "::", port: 8000 })).toBe("[::]:8000");
  expect(doorAddress({ address: "0.0.0.0", port: 8000 })).toBe("0.0.0.0:8000");
});
