import { describe, expect, it } from "vitest";
import { activityCsvHref, readActivityFilter } from "./activity-filter";

describe("readActivityFilter", () => {
  it("counts the last day whole", () => {
    expect(readActivityFilter({ from: "2026-11-01", to: "2026-11-02" })).toMatchObject({ from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T23:59:59.999Z" });
  });

  it("leaves out what cannot be read instead of failing the page", () => {
    const filter = readActivityFilter({ from: "yesterday", to: "2026-99-99", project: "'; drop table", actor: "" });
    expect([filter.from, filter.to, filter.projectRef, filter.actor]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("activityCsvHref", () => {
  it("carries the filter and never the page", () => {
    expect(activityCsvHref({ actor: "Ann & Co", cursor: "x", limit: 5 })).toBe("/api/v1/audit.csv?actor=Ann+%26+Co");
  });
});
