import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { choosePort, chooseSubnet, parseCidr, subnetPool } from "./allocate";

describe("ports", () => {
  test("a chosen port is never one that is taken", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 8100, max: 8200 })), (taken) => {
        expect(taken).not.toContain(choosePort("gateway", new Set(taken)));
      }),
    );
  });

  test("a full range says so", () => {
    const all = new Set(Array.from({ length: 900 }, (_, index) => 8100 + index));
    expect(() => choosePort("gateway", all)).toThrow(/8100 to 8999/);
  });
});

describe("subnets", () => {
  test("a chosen subnet overlaps nothing that is taken, whatever its size", () => {
    const taken = fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 18, max: 30 })), { maxLength: 20 });
    fc.assert(
      fc.property(taken, (blocks) => {
        // Each takes at least one place of a project; with all 1,024 taken there is none to choose.
        fc.pre(blocks.reduce((places, [, , bits]) => places + 2 ** Math.max(26 - bits, 0), 0) < 1024);
        const cidrs = blocks.map(([c, d, bits]) => `10.210.${c}.${d}/${bits}`);
        const chosen = parseCidr(chooseSubnet("10.210", cidrs));
        for (const cidr of cidrs) {
          const range = parseCidr(cidr);
          if (range === null || chosen === null) throw new Error("both parse");
          expect(chosen.last < range.first || chosen.first > range.last).toBe(true);
        }
      }),
    );
  });

  test("1,024 projects fit, the next one is told that none is left", () => {
    const taken: string[] = [];
    for (let index = 0; index < 1024; index++) taken.push(`10.210.${Math.floor(index / 4)}.${(index % 4) * 64}/26`);
    expect(chooseSubnet("10.210", taken.slice(0, 1023))).toBe(taken[1023]);
    expect(() => chooseSubnet("10.210", taken)).toThrow(/No \/26/);
  });

  test("the pool stays inside RFC 1918 for every installation id", () => {
    fc.assert(fc.property(fc.string(), (id) => {
        expect(subnetPool(id)).toMatch(/^10\.2[0-4]\d$/);
      }),
   );
  });
});
