import { expect, test } from "vitest";
import { covers } from "@/lib/gateway/match";
import { pathKindNames } from "./route-words";

test("a prefix is said as what it is: it takes every path that starts with it, not only those below", () => {
  expect(covers({ kind: "prefix", path: "/x-b" }, { kind: "exact", path: "/x-body" })).toBe(true);
  expect(`${pathKindNames.prefix} /x-b`).toBe("starts with /x-b");
});
