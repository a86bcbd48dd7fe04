import { expect, it } from "vitest";
import type { OperationEventView } from "@/lib/projects/views";
import { readProgress } from "./read-progress";

const event = (over: Partial<OperationEventView>): OperationEventView => ({ seq: 1, at: "2026-01-01T00:00:00Z", level: "progress", stepKey: "images", message: "", current: null, total: null, ...over });

it("an image pull is shown in bytes, from its newest event", () => {
  expect(readProgress([event({ current: 1, total: 4 }), event({ current: 2 ** 20, total: 2 ** 21 }), event({ level: "info" })], "images")).toEqual({ fraction: 0.5, text: "1.0 MiB of 2.0 MiB" });
});

it("a step that has not counted anything has no progress, and never more than all of it", () => {
  expect(readProgress([event({ current: 0, total: 0 })], "images")).toBeNull();
  expect(readProgress([event({ stepKey: "services", current: 5, total: 4 })], "services")?.fraction).toBe(1);
});
