import { expect, it } from "vitest";
import type { ProjectListItem } from "@/lib/projects/views";
import { filterProjects, nextSorting, parseSorting, sortProjects } from "./sort-projects";

const item = (over: Partial<ProjectListItem>): ProjectListItem => ({
  id: "a", ref: "a", displayName: "A", state: "ready", stateReason: null, release: "v0.8.2", gateway: "envoy", apiUrl: "", memoryBytes: null, servicesHealthy: 0, servicesTotal: 0,
  hasDrift: false, hasStandIns: false, runningOperationId: null, observedAt: null, createdAt: "2026-01-01T00:00:00Z", purgeAfter: null, ...over,
});

it("sorting by state puts first what needs a hand", () => {
  const sorted = sortProjects([item({ ref: "r", state: "ready" }), item({ ref: "p", state: "paused" }), item({ ref: "f", state: "failed" })], parseSorting("state"));
  expect(sorted.map((row) => row.ref)).toEqual(["f", "r", "p"]);
});

it("equal rows keep the order of their references in both directions", () => {
  const rows = [item({ ref: "b" }), item({ ref: "a" })];
  expect(sortProjects(rows, parseSorting("memory")).map((row) => row.ref)).toEqual(["a", "b"]);
  expect(sortProjects(rows, parseSorting("-memory")).map((row) => row.ref)).toEqual(["a", "b"]);
});

it("deleted projects are hidden until they are asked for", () => {
  const rows = [item({ ref: "x" }), item({ ref: "gone", state: "deleted" })];
  expect(filterProjects(rows, { text: undefined, state: undefined }).map((row) => row.ref)).toEqual(["x"]);
  expect(filterProjects(rows, { text: undefined, state: "deleted" }).map((row) => row.ref)).toEqual(["gone"]);
});

it("a header pressed twice turns its order round, and unknown orders fall back to the name", () => {
  expect(nextSorting(parseSorting("memory"), "memory")).toBe("-memory");
  expect(nextSorting(parseSorting("-memory"), "memory")).toBe("memory");
  expect(parseSorting("'; drop").by).toBe("name");
});
