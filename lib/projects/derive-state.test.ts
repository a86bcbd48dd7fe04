import { expect, test } from "vitest";
import { deriveState, resyncIntervalMs } from "./derive-state";

const ready = { state: "ready", stateReason: null };
const options = { nowMs: 1_000_000, isContractPassed: true, hasOpenOperation: false };
const seen = (state: "healthy" | "stopped" | "starting") => ({ takenAtMs: 1_000_000, services: [{ service: "auth" as const, state }] });

test("a ready project whose services are healthy is ready", () => {
  expect(deriveState(ready, seen("healthy"), options).state).toBe("ready");
});

test("a stopped service makes it degraded and names the service", () => {
  expect(deriveState(ready, seen("stopped"), options)).toEqual({ state: "degraded", reason: "auth is stopped" });
});

test("a failed contract makes it degraded even when every container runs", () => {
  expect(deriveState(ready, seen("healthy"), { ...options, isContractPassed: false }).state).toBe("degraded");
});

test("what was not seen for three intervals is unknown, never ready", () => {
  expect(deriveState(ready, { ...seen("healthy"), takenAtMs: 1_000_000 - 3 * resyncIntervalMs - 1 }, options).state).toBe("unknown");
});

test("a paused project stays paused although its services are stopped", () => {
  expect(deriveState({ state: "paused", stateReason: null }, seen("stopped"), options).state).toBe("paused");
});
