import { expect, it } from "vitest";
import { ProbeGate } from "./probe-gate";

const never = () => new AbortController().signal;

/** A probe that runs until it is told to end. */
function openProbe(name: string, log: string[]) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { end, probe: async () => { log.push(name); await ended; return name; } };
}

it("never runs more probes at once than it may, and each of them in the end", async () => {
  const gate = new ProbeGate(2);
  let running = 0;
  let most = 0;
  const probe = async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => setImmediate(resolve));
    running--;
  };
  await Promise.all(Array.from({ length: 20 }, () => gate.run(probe, { isUrgent: false, signal: never() })));
  expect([most, running]).toEqual([2, 0]);
});

it("takes what others wait for first, and keeps the order otherwise", async () => {
  const gate = new ProbeGate(1);
  const log: string[] = [];
  const [first, patient, later, urgent, alsoUrgent] = ["first", "patient", "later", "urgent", "alsoUrgent"].map((name) => openProbe(name, log));
  const run = (part: typeof first, isUrgent: boolean) => gate.run(part?.probe ?? (() => Promise.reject(new Error("no probe"))), { isUrgent, signal: never() });
  const all = [run(first, false), run(patient, false), run(later, false), run(urgent, true), run(alsoUrgent, true)];
  for (const part of [first, urgent, alsoUrgent, patient, later]) part?.end();
  await Promise.all(all);
  expect(log).toEqual(["first", "urgent", "alsoUrgent", "patient", "later"]);
});

it("one that is cancelled while it waits leaves its place to the next", async () => {
  const gate = new ProbeGate(1);
  const log: string[] = [];
  const [first, second, third] = [openProbe("first", log), openProbe("second", log), openProbe("third", log)];
  const cancel = new AbortController();
  const running = gate.run(first.probe, { isUrgent: false, signal: never() });
  const cancelled = gate.run(second.probe, { isUrgent: false, signal: cancel.signal });
  const next = gate.run(third.probe, { isUrgent: false, signal: never() });
  cancel.abort(new Error("cancelled by hand"));
  await expect(cancelled).rejects.toThrow("cancelled by hand");
  first.end();
  third.end();
  await Promise.all([running, next]);
  expect(log).toEqual(["first", "third"]);
});

it("a probe that fails gives its place back", async () => {
  const gate = new ProbeGate(1);
  await expect(gate.run(() => Promise.reject(new Error("refused")), { isUrgent: false, signal: never() })).rejects.toThrow("refused");
  expect(await gate.run(() => Promise.resolve("ran"), { isUrgent: false, signal: never() })).toBe("ran");
});
