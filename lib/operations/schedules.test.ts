import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { historySchedule } from "./retention";
import { dueSlot, insertSchedules, runDueSlots, slotKey, type BuiltInSchedule } from "./schedules";
import { Clock, openTestStore, silentLog, type TestStore } from "./store.fixture";

const at = (text: string) => new Date(text);

describe("the newest due slot", () => {
  it.each([
    ["0 * * * *", "UTC", null, "2026-03-01T12:30:00Z", "2026-03-01T12:00:00.000Z"],
    ["0 * * * *", "UTC", "2026-03-01T12:00:00Z", "2026-03-01T12:59:59Z", undefined],
    ["0 * * * *", "UTC", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", "2026-03-01T13:00:00.000Z"],
    ["0 * * * *", "UTC", "2026-03-01T02:00:00Z", "2026-03-01T12:30:00Z", "2026-03-01T12:00:00.000Z"],
    ["30 3 * * *", "Europe/Berlin", "2026-03-28T02:30:00Z", "2026-03-29T12:00:00Z", "2026-03-29T01:30:00.000Z"],
  ])("of %s in %s after %s at %s is %s", (cron, timeZone, lastSlot, now, expected) => {
    expect(dueSlot({ cron, timeZone, lastSlot: lastSlot === null ? null : at(lastSlot) }, at(now))?.toISOString()).toBe(expected);
  });
});

describe("schedules in the store", () => {
  let scene: TestStore;
  let clock: Clock;
  let seen: string[];

  const hourly = (more: Partial<BuiltInSchedule> = {}): BuiltInSchedule => ({ id: "a", kind: "test.a", cron: "0 * * * *", timeZone: "UTC", input: { x: 1 }, handle: async (_tx, slot) => void seen.push(slotKey(slot)), ...more });
  const run = (schedules: BuiltInSchedule[], store = scene.store) => runDueSlots({ store, schedules, now: clock.now, log: silentLog });

  beforeEach(async () => {
    scene = await openTestStore();
    clock = new Clock();
    seen = [];
    await insertSchedules(scene.store, [hourly()], clock.now());
  });
  afterEach(() => scene.close());

  it("give each slot to one of many workers", async () => {
    const other = await scene.openAnother();
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(3_600_000);
      await Promise.all([run([hourly()]), run([hourly()], other), run([hourly()])]);
    }
    expect(seen).toEqual(["schedule:a:2026-03-01T13:00:00.000Z", "schedule:a:2026-03-01T14:00:00.000Z", "schedule:a:2026-03-01T15:00:00.000Z"]);
  });

  it("make up for missed slots once", async () => {
    clock.advance(10 * 3_600_000);
    await run([hourly()]);
    await run([hourly()]);
    expect(seen).toEqual(["schedule:a:2026-03-01T22:00:00.000Z"]);
  });

  it("keep the slot when what it asks for fails, and are tried again; others are not held up", async () => {
    const failing = hourly({ id: "0", kind: "test.0", handle: async () => Promise.reject(new Error("no")) });
    await insertSchedules(scene.store, [failing], clock.now());
    clock.advance(3_600_000);
    await run([failing, hourly()]);
    expect(seen).toHaveLength(1);
    await run([{ ...failing, handle: async () => void seen.push("0") }, hourly()]);
    expect(seen).toEqual([expect.any(String), "0"]);
  });

  it("of an unknown kind, or with an expression that is none, are passed over", async () => {
    await scene.store.db.schedule.createMany({ data: [
      { id: "0", kind: "test.a", cron: "every day", timeZone: "UTC", inputJson: "null", isEnabled: true, lastSlot: null },
      { id: "1", kind: "unknown", cron: "0 * * * *", timeZone: "UTC", inputJson: "null", isEnabled: true, lastSlot: null },
      { id: "2", kind: "test.a", cron: "0 * * * *", timeZone: "Nowhere/Else", inputJson: "null", isEnabled: true, lastSlot: null },
    ] });
    clock.advance(3_600_000);
    await run([hourly()]);
    expect(seen).toEqual(["schedule:a:2026-03-01T13:00:00.000Z"]);
  });

  it("that are switched off, or were written before, are left alone", async () => {
    await scene.store.db.schedule.updateMany({ data: { isEnabled: false } });
    await insertSchedules(scene.store, [hourly({ cron: "5 * * * *" })], clock.now());
    clock.advance(3_600_000);
    await run([hourly()]);
    expect(seen).toEqual([]);
    expect(await scene.store.db.schedule.findFirst()).toMatchObject({ cron: "5 * * * *", isEnabled: false });
  });

  it("forget events after 30 days and operations after a year, and nothing that is open", async () => {
    const day = 24 * 3_600_000;
    const ages = { fresh: 29 * day, month: 31 * day, year: 366 * day };
    const now = clock.now().getTime();
    for (const [id, age] of Object.entries({ ...ages, open: 400 * day })) {
      const finishedAt = id === "open" ? null : new Date(now - age);
      await scene.store.db.operation.create({ data: { id, kind: "project.export", inputJson: "{}", status: id === "open" ? "queued" : "done", priority: 1, runAfter: clock.now(), attempt: 0, maxAttempts: 5, actorJson: "{}", createdAt: new Date(now - age), finishedAt, events: { create: { seq: 1, at: new Date(now - age), level: "info", message: "x" } } } });
    }
    await scene.store.transaction((tx) => historySchedule.handle(tx, { schedule: historySchedule, at: clock.now(), now: clock.now() }));
    expect((await scene.store.db.operation.findMany({ orderBy: { id: "asc" } })).map((row) => row.id)).toEqual(["fresh", "month", "open"]);
    expect((await scene.store.db.operationEvent.findMany()).map((row) => row.operationId).sort()).toEqual(["fresh", "open"]);
  });
});
