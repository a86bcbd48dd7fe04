import { expect, test } from "vitest";
import { z } from "zod";
import { InvalidError } from "./errors";
import { parseInput } from "./parse-input";

const schema = z.looseObject({});
const fieldsOf = (input: unknown) => {
  try {
    parseInput(schema, input);
    return null;
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    return Object.keys(error.fields ?? {});
  }
};

test("text that a store cannot keep is refused by the name of its field, however deep it lies", () => {
  expect(fieldsOf({ settings: { ownRoutes: [{ name: "fine" }, { name: "a\0b" }] } })).toEqual(["settings.ownRoutes.1.name"]);
  expect(fieldsOf({ name: "half \ud83d" })).toEqual(["name"]);
  expect(fieldsOf({ map: { "a\0": 1 } })).toEqual(["map"]);
  expect(fieldsOf({ name: "whole \u{1f600}", other: ["line\nbreak", 1, null, true] })).toBeNull();
});

test("what a schema says nothing of is told in plain words, and what it says stays", () => {
  const many = z.object({
    text: z.string(), count: z.number().int().max(5), page: z.coerce.number().int(), kind: z.enum(["a", "b"]), isOn: z.boolean(), list: z.array(z.string()).max(1), fields: z.object({}),
    short: z.string().min(2).max(3), filled: z.string().min(1), email: z.email(), inner: z.strictObject({}), either: z.union([z.string(), z.number()]), own: z.string("Its own words."), ruled: z.string().refine(() => false, "Its own rule."),
  });
  const said = (input: unknown) => {
    try {
      parseInput(many, input);
      return {};
    } catch (error) {
      return error instanceof InvalidError ? error.fields : error;
    }
  };
  expect(said({})).toMatchObject({ text: "This is missing.", count: "This is missing.", kind: "This is missing.", either: "This is missing.", own: "Its own words.", fields: "This is missing." });
  expect(said({ text: 1, count: 1.5, page: "abc", kind: "z", isOn: 1, list: ["a", "b"], fields: 1, short: "aaaa", filled: "", email: "x", inner: { z: 1 }, either: true, own: 1, ruled: "x" })).toEqual({
    text: "Use a text.", count: "Use a whole number.", page: "Use a number.", kind: "Use one of a, b.", isOn: "Use true or false.", list: "Use at most 1 entry.", fields: "Use an object with fields.",
    short: "Use at most 3 characters.", filled: "This is empty.", email: "Use an email address.", "inner.z": "There is no such field.", either: "This is none of the kinds of value that are taken here.", own: "Its own words.", ruled: "Its own rule.",
  });
  expect(said({ count: 9, list: 5, short: "a" })).toMatchObject({ count: "Use 5 at most.", list: "Use a list.", short: "Use at least 2 characters." });
});
