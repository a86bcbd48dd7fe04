import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./spec-hash";

test("canonical JSON is JSON of the same value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => isDeepStrictEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))));
});

test("the order of keys does not show in canonical JSON, nor does a field that is undefined", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const turned = Object.fromEntries([["absent", undefined] as const, ...Object.entries(object).reverse().filter(([key]) => key !== "absent")]);
      const { absent: _absent, ...wished } = object;
      expect(canonicalJson(turned)).toBe(canonicalJson(wished));
    }),
  );
});

test("canonical JSON has one fixed form, since labels on running containers hold hashes of it", () => {
  expect(canonicalJson({ b: [1, null, { d: "x\n", c: true }], a: undefined, _: {} })).toBe('{"_":{},"b":[1,null,{"c":true,"d":"x\\n"}]}');
});
