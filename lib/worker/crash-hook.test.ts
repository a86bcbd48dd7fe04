import { expect, test } from "vitest";
import { crashHook } from "./crash-hook";

test("the worker kills itself at the point that is named, and at no other one", () => {
  let kills = 0;
  const hook = crashHook("services:before", () => kills++);
  for (const point of ["services:after", "images:before", "undo-services:before"]) hook?.(point);
  expect(kills).toBe(0);
  hook?.("services:before");
  expect(kills).toBe(1);
});

test("without a name there is no hook at all", () => {
  expect(crashHook(null)).toBeUndefined();
});
