import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentHash, type Hashable } from "./content-hash";

const content = fc.jsonValue() as fc.Arbitrary<Hashable>;
const reversed = (value: Record<string, Hashable>) => Object.fromEntries(Object.entries(value).reverse());
const named = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), content, { minKeys: 1 });

describe("content hash", () => {
  test("does not depend on the order in which fields were written", () => {
    fc.assert(fc.property(named, (value) => contentHash(value) === contentHash(reversed(value))));
  });

  test("changes with any field that is added, removed or given another value", () => {
    fc.assert(fc.property(named, content, (value, other) => {
      const [name = ""] = Object.keys(value);
      const { [name]: first, ...rest } = value;
      fc.pre(JSON.stringify(first) !== JSON.stringify(other));
      return contentHash(value) !== contentHash(rest) && contentHash(value) !== contentHash({ ...value, [name]: other === first ? [other] : [other, name] });
    }));
  });

  test("changes with the order of a list, since layers lie upon each other", () => {
    expect(contentHash(["a", "b"])).not.toBe(contentHash(["b", "a"]));
  });

  test("tells a text from the list or number that looks like it", () => {
    const lookAlikes: Hashable[] = ["1", 1, ["1"], [1], { 1: 1 }, "[1]", null, "null", "", []];
    expect(new Set(lookAlikes.map(contentHash)).size).toBe(lookAlikes.length);
  });

  test("takes a field that is undefined for a field that is not there", () => {
    expect(contentHash({ a: 1, b: undefined })).toBe(contentHash({ a: 1 }));
  });
});
