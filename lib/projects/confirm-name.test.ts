import { expect, test } from "vitest";
import { requireConfirmedName } from "./confirm-name";

const refusal = (displayName: string, typed: string) => {
  try {
    requireConfirmedName({ ref: "alpha", displayName }, typed);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

test("the name and the reference both confirm, and the refusal says what to type: once where they are the same", () => {
  expect([refusal("Alpha shop", " Alpha shop "), refusal("Alpha shop", "alpha")]).toEqual([null, null]);
  expect(refusal("Alpha shop", "Alpha")).toBe("Type Alpha shop or alpha to confirm.");
  expect(refusal("alpha", "beta")).toBe("Type alpha to confirm.");
});
