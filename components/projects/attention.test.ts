import { expect, it } from "vitest";
import type { ProjectListItem } from "@/lib/projects/views";
import { findAttention } from "./attention";

const item = (over: Partial<ProjectListItem>): ProjectListItem => ({
  id: "a", ref: "a", displayName: "A", state: "ready", stateReason: null, release: "v0.8.2", gateway: "envoy", apiUrl: "", memoryBytes: null, servicesHealthy: 0, servicesTotal: 0,
  hasDrift: false, hasStandIns: false, runningOperationId: null, observedAt: null, createdAt: "2026-01-01T00:00:00Z", purgeAfter: null, ...over,
});

const find = (projects: readonly ProjectListItem[]) => findAttention(projects, () => true);

it("names what needs a hand, worst first, and nothing that is well", () => {
  const found = find([item({ ref: "well" }), item({ ref: "slow", state: "degraded" }), item({ ref: "broken", state: "failed", stateReason: "A container exited 1." })]);
  expect(found.map((entry) => entry.ref)).toEqual(["broken", "slow"]);
  expect(found[0]?.sentence).toBe("A container exited 1.");
});

it("offers Reconcile for drift, but not while something is running on the project", () => {
  expect(find([item({ hasDrift: true })])[0]?.act).toBe("reconcile");
  expect(find([item({ hasDrift: true, runningOperationId: "op" })])).toEqual([]);
});

it("says one thing about the worker instead of the same about every project", () => {
  const items = find(["a", "b", "c"].map((ref) => item({ ref, state: "unknown" })));
  expect(items.map((entry) => [entry.ref, entry.act])).toEqual([["3 projects", "none"]]);
});

it("offers whoever may not reconcile the way to the project instead", () => {
  expect(findAttention([item({ hasDrift: true })], () => false)[0]?.act).toBe("open");
});
