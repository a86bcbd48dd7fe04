import { describe, expect, test } from "vitest";
import { kongProblem } from "./kong-control";

/** What Kong 3.9.3 prints, built from its source. */
const parsed = `2026/11/26 14:34:11 [warn] 31585#0: found and cleared 1 stale readers from LMDB
Error: Failed parsing:
in 'routes':
  - in entry 2 of 'routes':
    in 'plugins':
      - in entry 1 of 'plugins':
        in 'name': plugin 'nope' not enabled; add it to the 'plugins' configuration property

  Run with --v (verbose) or --vv (debug) for more details
`;
describe("what Kong says of a document that it refuses", () => {
  test("is told in its own words, without what nginx remarks", () => {
    expect(kongProblem(parsed)).toBe("Failed parsing: in 'routes': - in entry 2 of 'routes': in 'plugins': - in entry 1 of 'plugins': in 'name': plugin 'nope' not enabled; add it to the 'plugins' configuration property");
  });

  test("is said to be nothing where it is nothing", () => {
    expect(kongProblem("\n")).toBe("Kong says nothing more.");
  });
});
