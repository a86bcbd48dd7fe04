import { expect, it } from "vitest";
import { statesOf, wordOfState } from "./state-vocabulary";

it.each([
  ["project", ["creating", "ready", "degraded", "paused", "failed", "deleting", "deleted", "unknown"]],
  ["operation", ["queued", "running", "compensating", "waiting", "done", "failed", "cancelled", "undone"]],
  ["step", ["pending", "running", "done", "skipped", "failed", "undone", "cancelled", "undo_failed"]],
  ["service", ["healthy", "starting", "unhealthy", "stopped", "missing"]],
  ["domain", ["added", "rehearsing", "waiting", "open", "failed"]],
  ["revision", ["in-force", "draft", "applying", "failed", "superseded"]],
] as const)("every state of a %s has its word", (kind, states) => {
  expect(statesOf(kind)).toEqual(states);
});

it("a domain that is not open yet is said to be attached, whichever step of it goes on", () => {
  expect(wordOfState("domain", "waiting").word).toBe("Being attached");
});

it("a state that the vocabulary lacks is shown by its own name", () => {
  expect(wordOfState("project", "brand-new").word).toBe("brand-new");
});
