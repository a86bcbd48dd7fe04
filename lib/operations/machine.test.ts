import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterFailure, isCancellable, nextMove, openStatuses, statusForRetry, type JournalEntry, type Situation, type StepRule } from "./machine";
import type { OperationStatus, StepStatus } from "./types";

const keys = ["a", "b", "c", "d"];

const ruleLists = fc.array(fc.record({ hasUndo: fc.boolean(), isPointOfNoReturn: fc.boolean() }), { maxLength: 4 }).map((rules) => rules.map((rule, index): StepRule => ({ key: keys[index] ?? "", ...rule })));
const stepStatus = fc.constantFrom<StepStatus>("pending", "running", "done", "skipped", "failed", "undone", "undo_failed");
const situations = fc.record({
  status: fc.constantFrom<OperationStatus>("running", "compensating"),
  isCancelRequested: fc.boolean(),
  isPastPointOfNoReturn: fc.boolean(),
  rules: ruleLists,
  journal: fc.array(fc.record({ status: stepStatus, attempt: fc.nat(3) }), { maxLength: 4 }).map((entries) => entries.map((entry, index): JournalEntry => ({ key: keys[index] ?? "", ...entry }))),
});

/** Plays a workflow on the machine: every step succeeds unless `fate` says otherwise, and a cancel may come before any move. */
function play(rules: StepRule[], fates: readonly ("ok" | "fail" | "die")[], onFailure: "undo" | "hold", cancelBefore: number) {
  const situation: Situation = { status: "running", isCancelRequested: false, isPastPointOfNoReturn: false, rules, journal: rules.map(({ key }) => ({ key, status: "pending", attempt: 0 })) };
  const journal = situation.journal as JournalEntry[];
  const entry = (key: string): JournalEntry => journal.find((candidate) => candidate.key === key) ?? { key, status: "pending", attempt: 0 };
  const log: string[] = [];
  for (let count = 0; count < 100; count++) {
    if (count === cancelBefore && isCancellable({ ...situation, isCancelRequested: situation.isCancelRequested })) situation.isCancelRequested = true;
    const move = nextMove(situation);
    if (move.kind === "end") return { log, outcome: move.outcome as string, situation };
    if (move.kind === "turn-back") situation.status = "compensating";
    if (move.kind === "undo") {
      entry(move.key).status = "undone";
      log.push(`undo ${move.key}`);
    }
    if (move.kind !== "run") continue;
    if (move.isPointOfNoReturn) situation.isPastPointOfNoReturn = true;
    const fate = fates[count] ?? "ok";
    entry(move.key).attempt++;
    entry(move.key).status = fate === "ok" ? "done" : fate === "die" ? "running" : "failed";
    log.push(`${move.mustProbe ? "probe " : "run "}${move.key}`);
    if (fate === "fail" && afterFailure(situation, onFailure) === "hold") return { log, outcome: "failed", situation };
    if (fate === "fail") situation.status = "compensating";
  }
  throw new Error("The machine does not come to an end.");
}

const plays = fc.tuple(ruleLists, fc.array(fc.constantFrom("ok" as const, "fail" as const, "die" as const), { maxLength: 8 }), fc.constantFrom("undo" as const, "hold" as const), fc.nat(12));

describe("the machine", () => {
  it("gives one move for every situation, and only about steps of the workflow", () => {
    fc.assert(fc.property(situations, (situation) => {
      const move = nextMove(situation);
      if ("key" in move) expect(situation.rules.map((rule) => rule.key)).toContain(move.key);
    }), { numRuns: 2_000 });
  });

  it("runs steps in order, each until it is done, and ends", () => {
    fc.assert(fc.property(plays, ([rules, fates, onFailure, cancelBefore]) => {
      const { log, outcome } = play(rules, fates, onFailure, cancelBefore);
      const runs = log.filter((line) => !line.startsWith("undo")).map((line) => line.split(" ")[1] ?? "");
      expect(runs).toEqual([...runs].sort());
      if (outcome === "done") expect(new Set(runs)).toEqual(new Set(rules.map((rule) => rule.key)));
    }), { numRuns: 2_000 });
  });

  it("takes back every begun step that can be, once, backwards, and runs nothing after it", () => {
    fc.assert(fc.property(plays, ([rules, fates, onFailure, cancelBefore]) => {
      const { log, outcome } = play(rules, fates, onFailure, cancelBefore);
      if (outcome !== "undone" && outcome !== "cancelled") {
        expect(log.some((line) => line.startsWith("undo"))).toBe(false);
        return;
      }
      const firstUndo = log.findIndex((line) => line.startsWith("undo"));
      const begun = new Set(log.filter((line) => !line.startsWith("undo")).map((line) => line.split(" ")[1]));
      const expected = rules.filter((rule) => rule.hasUndo && begun.has(rule.key)).map((rule) => `undo ${rule.key}`).reverse();
      expect(firstUndo === -1 ? [] : log.slice(firstUndo)).toEqual(expected);
    }), { numRuns: 2_000 });
  });

  it("never takes anything back past the point of no return", () => {
    fc.assert(fc.property(plays, ([rules, fates, onFailure, cancelBefore]) => {
      const { log, situation } = play(rules, fates, onFailure, cancelBefore);
      if (situation.isPastPointOfNoReturn) expect(log.filter((line) => line.startsWith("undo"))).toEqual([]);
    }), { numRuns: 2_000 });
  });

  it("ends as cancelled if and only if a cancel was kept", () => {
    fc.assert(fc.property(plays, ([rules, fates, onFailure, cancelBefore]) => {
      const { outcome, situation } = play(rules, fates, onFailure, cancelBefore);
      if (outcome === "cancelled") expect(situation.isCancelRequested).toBe(true);
      if (outcome === "undone") expect(situation.isCancelRequested).toBe(false);
    }), { numRuns: 2_000 });
  });

  it("probes a step that a dead worker had begun, and no other", () => {
    const rules = [{ key: "a", hasUndo: false, isPointOfNoReturn: false }, { key: "b", hasUndo: false, isPointOfNoReturn: false }];
    expect(play(rules, ["die", "ok", "ok"], "hold", 99).log).toEqual(["run a", "probe a", "run b"]);
  });

  it("takes up a failed take-back where it stopped", () => {
    const journal: JournalEntry[] = [{ key: "a", status: "done", attempt: 1 }, { key: "b", status: "undo_failed", attempt: 1 }, { key: "c", status: "undone", attempt: 1 }];
    const rules = ["a", "b", "c"].map((key) => ({ key, hasUndo: true, isPointOfNoReturn: false }));
    expect(nextMove({ status: "running", isCancelRequested: false, isPastPointOfNoReturn: false, rules, journal })).toEqual({ kind: "undo", key: "b" });
  });

  it("keeps what is done when a failed operation is tried again", () => {
    const statuses: StepStatus[] = ["pending", "running", "done", "skipped", "failed", "undone", "undo_failed"];
    expect(statuses.map(statusForRetry)).toEqual(["pending", "pending", "done", "skipped", "pending", "undone", "undo_failed"]);
  });

  it("refuses a cancel of what has ended or is being taken back", () => {
    const all: OperationStatus[] = [...openStatuses, "done", "failed", "cancelled", "undone"];
    const kept = all.filter((status) => isCancellable({ status, isCancelRequested: false, isPastPointOfNoReturn: false }));
    expect(kept).toEqual(["queued", "running", "waiting"]);
    expect(isCancellable({ status: "running", isCancelRequested: false, isPastPointOfNoReturn: true })).toBe(false);
    expect(isCancellable({ status: "running", isCancelRequested: true, isPastPointOfNoReturn: false })).toBe(false);
  });
});
