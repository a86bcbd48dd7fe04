import { expect, test } from "vitest";
import type { StudioAddressKind } from "@/lib/projects/views";
import { whyOnLocalAddress } from "./reach-words";

const at = (...kinds: StudioAddressKind[]) => kinds.map((kind) => ({ url: kind, kind, isServed: true, opensByTicket: true }));

test("the address on the machine cannot be given up where Studio would answer nowhere", () => {
  expect(whyOnLocalAddress({ isBehindEdge: false, addresses: at("local", "outside") }, true)).toContain("Without the edge");
  expect(whyOnLocalAddress({ isBehindEdge: true, addresses: at("local") }, true)).toContain("under Domains");
  expect(whyOnLocalAddress({ isBehindEdge: true, addresses: at("local", "api-name") }, false)).toContain("under Domains");
});

test("it can where a name serves Studio", () => {
  expect(whyOnLocalAddress({ isBehindEdge: true, addresses: at("local", "api-name") }, true)).toBeUndefined();
  expect(whyOnLocalAddress({ isBehindEdge: true, addresses: at("local", "own-name") }, false)).toBeUndefined();
});
