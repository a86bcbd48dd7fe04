import { describe, expect, it } from "vitest";
import { getRelease, releaseNames, validateServices } from "@/lib/stack/releases";
import { gatewayKinds, keyChoices, pairwiseStacks, selectionNames, selections } from "./pairwise";

const [older = "", newer = ""] = releaseNames();
const stacks = pairwiseStacks([older, newer]);
const values = { gateway: gatewayKinds, release: [older, newer], selection: selectionNames, keys: keyChoices };
type Factor = keyof typeof values;
const factors = Object.keys(values) as Factor[];

describe("stacks chosen pairwise", () => {
  it("are twelve at most, each another one", () => {
    expect(stacks.length).toBeLessThanOrEqual(12);
    expect(new Set(stacks.map((stack) => JSON.stringify(stack))).size).toBe(stacks.length);
  });

  const pairs = factors.flatMap((first, index) => factors.slice(index + 1).map((second) => [first, second] as const));
  it.each(pairs)("have every %s with every %s", (first, second) => {
    for (const one of values[first]) {
      for (const other of values[second]) expect(stacks.some((stack) => stack[first] === one && stack[second] === other), `${one} with ${other}`).toBe(true);
    }
  });

  it("know every release, and services that each of them can run", () => {
    expect(releaseNames()).toEqual([older, newer]);
    for (const { selection, release } of stacks) {
      const known = getRelease(release);
      expect(known === undefined ? ["unknown"] : validateServices(selections[selection], known)).toEqual([]);
    }
  });
});
