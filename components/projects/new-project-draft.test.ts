import { expect, it } from "vitest";
import { emptyDraft, toInput } from "./new-project-draft";

it("sends the name alone when nothing else was chosen, so the server's defaults hold", () => {
  expect(toInput({ ...emptyDraft("", []), displayName: "shop" }, [])).toEqual({ displayName: "shop" });
});

it("keeps exactly what was typed in the name, and sends an address only when one was asked for", () => {
  const draft = { ...emptyDraft("v0.8.2", []), displayName: ' "$(x)" ', reach: "one" as const, address: " 10.0.0.4 ", gatewayPort: "8100" };
  expect(toInput(draft, [])).toEqual({ displayName: ' "$(x)" ', release: "v0.8.2", bindAddress: "10.0.0.4", gatewayPort: "8100" });
});
