import { expect, it } from "vitest";
import { numberTexts } from "./number-words";

const numbers = { requests: 1, requestsPerSecond: 1 / 300, p50Ms: 12.4, p95Ms: 1728, clientErrors: 0, serverErrors: 1 };

it("a route without requests has dashes, and none that look like measured zeros", () => {
  expect(new Set(Object.values(numberTexts(undefined)))).toEqual(new Set(["–"]));
  expect(new Set(Object.values(numberTexts({ ...numbers, requests: 0 })))).toEqual(new Set(["–"]));
});

it("a single request in the window never reads as a rate of zero", () => {
  expect(numberTexts(numbers).rate).toBe("<0.01");
  expect(numberTexts({ ...numbers, requestsPerSecond: 2.5 }).rate).toBe("2.50");
});

it("latencies carry their unit, and WebSockets alone have none", () => {
  expect(numberTexts(numbers)).toMatchObject({ p50: "12 ms", p95: "1.7 s", clientErrors: "0", serverErrors: "1" });
  expect(numberTexts({ ...numbers, p50Ms: null, p95Ms: null })).toMatchObject({ p50: "–", p95: "–" });
});
