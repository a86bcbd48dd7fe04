import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decrypt, encrypt, parseEnvelope, type Place } from "./envelope";
import { VaultError } from "./vault-error";

const key = randomBytes(32);
const place: Place = { table: "SecretValue", column: "ciphertext", rowId: "row1" };
const open = (stored: string, at: Place = place, withKey = key) => decrypt(withKey, parseEnvelope(stored), at);

test("any text in any place comes back as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.record({ table: fc.string(), column: fc.string(), rowId: fc.string() }), (text, at) => {
      expect(open(encrypt(key, "dk-1", at, text), at)).toBe(text);
    }),
  );
});

test("the same text is never stored in the same way twice", () => {
  const stored = Array.from({ length: 50 }, () => encrypt(key, "dk1", place, "same"));
  expect(new Set(stored).size).toBe(50);
});

test("a change of any character, in any region, does not open", () => {
  const stored = encrypt(key, "dk1", place, "a secret of some length");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: stored.length - 1 }), fc.constantFrom(..."ABCxyz019-_."), (index, replacement) => {
      fc.pre(stored[index] !== replacement);
      const changed = stored.slice(0, index) + replacement + stored.slice(index + 1);
      expect(() => open(changed)).toThrow(VaultError);
    }),
    { numRuns: 500 },
  );
});

test("a value that is cut off or prolonged does not open", () => {
  const stored = encrypt(key, "dk1", place, "a secret");
  for (let length = 0; length < stored.length; length++) expect(() => open(stored.slice(0, length))).toThrow(VaultError);
  expect(() => open(`${stored}A`)).toThrow(VaultError);
  expect(() => open(`${stored}.AAAA`)).toThrow(VaultError);
});

test.each([
  ["row", { ...place, rowId: "row2" }],
  ["column", { ...place, column: "name" }],
  ["table", { ...place, table: "InstallationSetting" }],
])("a value that was moved to another %s does not open", (_name, elsewhere) => {
  const stored = encrypt(key, "dk1", place, "a secret");
  expect(() => open(stored, elsewhere)).toThrow(/cannot be opened/);
});

test("another key does not open it, and neither does the same key under another id", () => {
  const stored = encrypt(key, "dk1", place, "a secret");
  expect(() => open(stored, place, randomBytes(32))).toThrow(VaultError);
  expect(() => open(stored.replace("v1.dk1.", "v1.dk2."))).toThrow(VaultError);
});
