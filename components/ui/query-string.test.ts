import { expect, it } from "vitest";
import { readQuery, withQuery } from "./query-string";

it("a changed filter goes back to the first page and keeps the other filters", () => {
  expect(withQuery("/activity", { actor: "ada", cursor: "x" }, { action: "project.create" })).toBe("/activity?actor=ada&action=project.create");
});

it("null takes a parameter away, and an empty query leaves the bare path", () => {
  expect(withQuery("/projects", { state: "paused" }, { state: null })).toBe("/projects");
});

it("reads the first of several values and treats empty as absent", () => {
  expect(readQuery({ q: ["a", "b"] }, "q")).toBe("a");
  expect(readQuery({ q: "" }, "q")).toBeUndefined();
});
