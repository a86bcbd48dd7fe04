import { describe, expect, it, test } from "vitest";
import { covers } from "@/lib/gateway/match";
import type { GatewayRoute } from "@/lib/gateway/routes";
import { accessName, pathKindNames, timeoutSentence } from "./route-words";

test("a prefix is said as what it is: it takes every path that starts with it, not only those below", () => {
  expect(covers({ kind: "prefix", path: "/x-b" }, { kind: "exact", path: "/x-body" })).toBe(true);
  expect(`${pathKindNames.prefix} /x-b`).toBe("starts with /x-b");
});

describe("a row of the table of routes", () => {
  const route = (parts: Partial<GatewayRoute>): GatewayRoute => ({ id: "r", match: { kind: "prefix", path: "/x/" }, target: { kind: "service", service: "rest" }, access: "open", forwardedPrefix: "/x/", ...parts });

  it("does not say that everyone passes where only listed addresses do", () => {
    expect([accessName(route({})), accessName(route({ ipAllow: ["127.0.0.1/32"] })), accessName(route({ access: "bypass", ipAllow: [] })), accessName(route({ ipAllow: ["0.0.0.0/0"] }))]).toEqual(["Everyone", "Listed addresses", "Listed addresses", "Everyone"]);
    expect(accessName(route({ access: "any-key", ipAllow: ["10.0.0.0/8"] }))).toBe("Any API key");
  });

  it("says that a time is a timeout where no column does", () => {
    expect([timeoutSentence(route({ timeoutMs: 30_000 })), timeoutSentence(route({})), timeoutSentence(route({ target: { kind: "answer", status: 403, body: "" } }))]).toEqual(["Timeout 30 s", "No timeout", null]);
  });
});
