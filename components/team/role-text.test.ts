import { expect, it } from "vitest";
import { rolesUpTo } from "./role-text";

it("nobody is offered a role above their own", () => {
  expect(rolesUpTo("operator", false)).toEqual(["operator", "viewer", "none"]);
  expect(rolesUpTo("owner", false)[0]).toBe("owner");
});

it("a project has neither owners nor people without a role", () => {
  expect(rolesUpTo("owner", true)).toEqual(["admin", "operator", "viewer"]);
});
