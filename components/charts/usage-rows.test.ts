import { expect, it } from "vitest";
import { buildRows } from "./usage-rows";

const at = (slot: number, memoryMiB: number) => ({ atMs: slot * 15_000 + 200, memoryBytes: memoryMiB * 1024 ** 2, cpuCores: null });

it("a missed sample is a gap, not a line across it", () => {
  const { rows } = buildRows([{ service: "db", samples: [at(1, 10), at(3, 30)] }], "memory");
  expect(rows.map((row) => row["db"])).toEqual([10, null, 30]);
});

it("services share one grid, and one that has no samples is not in the legend", () => {
  const { rows, services } = buildRows([{ service: "db", samples: [at(1, 10)] }, { service: "rest", samples: [at(2, 5)] }, { service: "auth", samples: [] }], "memory");
  expect(services).toEqual(["db", "rest"]);
  expect(rows).toEqual([{ atMs: 15_000, db: 10, rest: null }, { atMs: 30_000, db: null, rest: 5 }]);
});
