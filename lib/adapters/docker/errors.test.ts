import { describe, expect, test } from "vitest";
import { toEngineError } from "./errors";

describe("the kind of a failure", () => {
  test("does not depend on digits inside an id", () => {
    const id = "a1429f50b2e64d0f8c3a7e9d1b5c60247a8e913f4d2b6c0e5f7a9b8c1d3e5502";
    expect(toEngineError({ statusCode: 409, message: `Container ${id} is not running` }, "start")).toMatchObject({ kind: "conflict" });
    expect(toEngineError({ statusCode: 404, message: `No such container: ${id}` }, "start")).toMatchObject({ kind: "not-found" });
  });

  test("is told by a registry's own status", () => {
    expect(toEngineError({ statusCode: 500, message: "error: 429 Too Many" }, "pull")).toMatchObject({ kind: "registry-unavailable" });
    expect(toEngineError({ statusCode: 500, message: "received 503 from the registry" }, "pull")).toMatchObject({ kind: "registry-unavailable" });
  });
});
