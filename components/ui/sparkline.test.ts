import { expect, it } from "vitest";
import { sparklinePath } from "./sparkline";

it("a gap in the series is a gap in the line", () => {
  expect(sparklinePath([1, null, 1], 10, 10).match(/M/g)).toHaveLength(2);
});

it("a flat series stays inside its box, and an empty one draws nothing", () => {
  expect(sparklinePath([0, 0, 0], 10, 10)).toBe("M0.0 9.0L5.0 9.0L10.0 9.0");
  expect(sparklinePath([null, null], 10, 10)).toBe("");
});
