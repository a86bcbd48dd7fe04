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
