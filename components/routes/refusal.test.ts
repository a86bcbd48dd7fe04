import { expect, it } from "vitest";
import { noRefusal, refusedAt } from "./refusal";

const form = { closesAt: "2020-01-01T00:00" };
const refusal = { form, fields: { "settings.mcp.expiresAt": "MCP: choose a time in the future, at which it closes again." } };

it("what the panel refuses by its clock stands at its field until something else is typed", () => {
  expect(refusedAt(refusal, form, "mcp.expiresAt")).toContain("in the future");
  expect(refusedAt(refusal, form, "mcp.ipAllow")).toBeUndefined();
  expect(refusedAt(refusal, { ...form }, "mcp.expiresAt")).toBeUndefined();
  expect(refusedAt(noRefusal, form, "mcp.expiresAt")).toBeUndefined();
});
