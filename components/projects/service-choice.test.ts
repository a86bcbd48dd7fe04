import { expect, it } from "vitest";
import type { ServiceName } from "@/lib/stack/desired";
import { memoryOf, toggleService, type ServiceChoice } from "./service-choice";

const choice = (name: ServiceName, over: Partial<ServiceChoice> = {}): ServiceChoice => ({ name, label: name, memoryBytes: 10, isRequired: false, requires: [], withoutIt: "", ...over });
const catalogue = [choice("db", { isRequired: true, memoryBytes: 100 }), choice("storage", { requires: ["db"] }), choice("imgproxy", { requires: ["storage"] }), choice("auth")];

it("a service that is taken away takes with it what cannot run without it", () => {
  expect(toggleService(catalogue, ["db", "storage", "imgproxy", "auth"], "storage", false)).toEqual(["db", "auth"]);
});

it("a service that is added brings what it needs", () => {
  expect(toggleService(catalogue, ["db"], "imgproxy", true)).toEqual(["db", "storage", "imgproxy"]);
});

it("a needed service cannot be taken away", () => {
  expect(toggleService(catalogue, ["db", "auth"], "db", false)).toEqual(["db", "auth"]);
});

it("counts the memory of what is chosen", () => {
  expect(memoryOf(catalogue, ["db", "auth"])).toBe(110);
});
