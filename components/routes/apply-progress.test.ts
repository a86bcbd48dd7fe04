import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { GatewayRevisionView } from "@/lib/projects/views";
import { ApplyOutcome } from "./apply-progress";

const failed: GatewayRevisionView = {
  number: 2, state: "failed", summary: [], cause: null, authorName: "Olga", operationId: "op", createdAt: "2026-06-01T00:00:00.000Z", appliedAt: null,
  failure: { sentence: "The upstream has no address.", evidence: [] },
};
const drawn = (cause: string | null | undefined, newest = failed) => renderToStaticMarkup(createElement(ApplyOutcome, { newest, isApplying: false, draft: cause === undefined ? null : { cause } }));

describe("a revision that was taken back", () => {
  it("is told while the draft that came back of it is there", () => {
    const page = drawn("Revision 2, which was taken back");
    for (const words of ["Revision 2 was taken back. The upstream has no address.", "kept as the draft below", "/operations/op"]) expect(page).toContain(words);
  });

  it("is told no more once that draft was discarded, also where another one was begun since", () => {
    for (const cause of [undefined, null, "Restores revision 1", "Revision 1, which was taken back"]) expect(drawn(cause)).toBe("");
  });

  it("gives way to a newer one", () => expect(drawn("Revision 2, which was taken back", { ...failed, number: 3, state: "in-force", failure: null })).toBe(""));
});
