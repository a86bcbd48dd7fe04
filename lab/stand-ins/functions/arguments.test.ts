import { expect, it } from "vitest";
import { readArguments } from "./arguments";
import { portOfStartLine, startLine } from "./start-line";

it("reads the product's command line and upstream's defaults", () => {
  expect(readArguments(["start", "--main-service", "/home/deno/functions/main"])).toEqual({ mainService: "/home/deno/functions/main", host: "0.0.0.0", port: 9000 });
  expect(readArguments(["start", "--main-service=/m", "-p", "8081", "--ip=127.0.0.1"])).toEqual({ mainService: "/m", host: "127.0.0.1", port: 8081 });
});

it("says what it does not know", () => {
  expect(() => readArguments(["bundle"])).toThrow('"bundle"');
  expect(() => readArguments(["start", "--policy", "oneshot"])).toThrow("--policy");
  expect(() => readArguments(["start", "--port", "many"])).toThrow("--port");
});

it("finds a worker's port in its own line and in no other", () => {
  expect(portOfStartLine(startLine(40123).trimEnd())).toBe(40123);
  for (const line of ["", "hello", "lab-worker-listens-on ", "lab-worker-listens-on x", "a lab-worker-listens-on 1"]) expect(portOfStartLine(line)).toBeUndefined();
});
