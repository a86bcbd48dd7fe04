import { describe, expect, it } from "vitest";
import type { CertificateView, DomainCheckItem, DomainView } from "@/lib/projects/views";
import { expiryWarnings, sayRenewal, sayRestarts, stillHolds, whyNotNow } from "./domain-words";

const certificate = (daysLeft: number, level: CertificateView["level"], problem: string | null = null): CertificateView => ({ names: ["x"], issuer: "CA", notBefore: "2026-01-01T00:00:00.000Z", notAfter: new Date(Date.UTC(2026, 5, 1) + daysLeft * 86_400_000).toISOString(), daysLeft, level, seenAt: "2026-06-01T00:00:00.000Z", problem });
const domain = (hostname: string, certificateView: CertificateView | null, parts: Partial<DomainView> = {}) => ({ hostname, tls: "acme" as const, state: "open" as const, certificate: certificateView, ...parts });

describe("certificates that end", () => {
  it("are told when they end within 14 days or have ended, the first one at the top, and only of names that are served", () => {
    const warnings = expiryWarnings([
      domain("later.test", certificate(12, "soon")),
      domain("well.test", certificate(60, "ok")),
      domain("three-weeks.test", certificate(20, "soon")),
      domain("ended.test", certificate(-1, "expired")),
      domain("not-served.test", certificate(-1, "expired"), { state: "added" }),
      domain("none.test", null),
    ]);
    expect(warnings.map(({ hostname, tone, isExpired }) => [hostname, tone, isExpired])).toEqual([["ended.test", "bad", true], ["later.test", "warn", false]]);
  });

  it("say what has to be done: upload a successor, or what stands in the way of renewing", () => {
    expect(sayRenewal({ tls: "uploaded", problem: null })).toBe("Upload its successor.");
    expect(sayRenewal({ tls: "acme", problem: "the name leads elsewhere" })).toContain("the name leads elsewhere");
  });
});

it("domains wait for a project that is ready and at rest", () => {
  expect(whyNotNow({ state: "ready", openOperationId: null })).toBeNull();
  expect(whyNotNow({ state: "deleting", openOperationId: null })).toContain("it is deleting");
  expect(whyNotNow({ state: "ready", openOperationId: "o" })).toContain("An operation is running");
});

describe("what a check found", () => {
  const item = (id: DomainCheckItem["id"], state: DomainCheckItem["state"]): DomainCheckItem => ({ id, state, title: id, sentence: id });
  const before = { items: [item("dns", "warn"), item("port-http", "ok"), item("port-https", "ok"), item("reach-http", "unknown"), item("reach-https", "unknown")] };
  const after = { items: [item("dns", "ok"), item("port-http", "ok"), item("reach-http", "warn")] };

  it("before the name was attached keeps of an open one only what attaching did not change, and says when it was made", () => {
    expect(stillHolds(before, "open")).toEqual({ items: [item("dns", "warn")], isFromBefore: true });
  });

  it("counts whole until the name is open, and when it was made afterwards", () => {
    for (const state of ["added", "waiting", "failed"] as const) expect(stillHolds(before, state)).toEqual({ items: before.items, isFromBefore: false });
    expect(stillHolds(after, "open")).toEqual({ items: after.items, isFromBefore: false });
  });
});

it("what is restarted is named", () => {
  expect([sayRestarts([]), sayRestarts(["auth"]), sayRestarts(["auth", "storage"])]).toEqual(["No service is restarted.", "Replaced, with a short interruption: auth.", "Replaced one after the other, with a short interruption each: auth and storage."]);
});
