import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "@/lib/adapters/store/sqlite-store";
import { listEvents } from "./list-events";
import { actsOf, openRunnerScene, type RunnerScene } from "./runner-scene.fixture";
import { deferred, ended, startWorker, workflowOf } from "./store.fixture";

let scene: RunnerScene;
beforeEach(async () => void (scene = await openRunnerScene()));
afterEach(() => scene.close());

const { enqueue, work } = actsOf(() => scene);

describe("events", () => {
  it("are numbered without gaps, keep what matters and thin out progress", async () => {
    const id = await enqueue();
    work(workflowOf([{
      key: "pull",
      run: async ({ emit }) => {
        for (let current = 1; current <= 5_000; current++) emit({ level: "progress", message: "bytes", current, total: 5_000, detail: null });
        emit({ level: "info", message: "image is here", current: null, total: null, detail: { unit: "bytes" } });
      },
    }]));
    await ended(scene.store, id);
    const events = await listEvents(scene.store.db, id, 0);
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.map((event) => [event.message, event.current])).toEqual([["pull", null], ["bytes", 5_000], ["image is here", null], ["Done.", null]]);
    expect(await listEvents(scene.store.db, id, 3)).toEqual(events.slice(3));
  });

  it("hold no control characters and no endless lines", async () => {
    const id = await enqueue();
    work(workflowOf([{ key: "one", run: async ({ emit }) => emit({ level: "info", message: `\u001b[31mred\u001b[0m\u0000${"x".repeat(5_000)}`, current: null, total: null, detail: null }) }]));
    await ended(scene.store, id);
    const message = (await listEvents(scene.store.db, id, 1))[0]?.message ?? "";
    expect(message.startsWith("redxxx")).toBe(true);
    expect([...message]).toHaveLength(2_000);
  });
});

describe("a store that another process holds locked", () => {
  it("is waited for, and nothing is lost", async () => {
    const [begun, mayEnd] = [deferred(), deferred()];
    const id = await enqueue();
    const impatient = await openSqliteStore({ path: scene.path, busyBudgetMs: 5 });
    const other = await scene.openAnother();
    const refused = deferred();
    let refusals = 0;
    const counting = { ...impatient, transaction: <T>(fn: Parameters<typeof impatient.transaction<T>>[0]) => impatient.transaction(fn).catch((error: unknown) => { if (++refusals === 2) refused.resolve(); throw error; }) };
    const worker = startWorker({ store: counting, now: scene.clock.now, workflows: workflowOf([{ key: "one", run: async () => { begun.resolve(); await mayEnd.promise; } }]) });
    await begun.promise;
    const [isLocked, hold] = [deferred(), deferred()];
    const lock = other.transaction(async () => { isLocked.resolve(); await hold.promise; });
    await isLocked.promise;
    mayEnd.resolve();
    await refused.promise;
    hold.resolve();
    await lock;
    expect(await ended(scene.store, id)).toMatchObject({ status: "done", attempt: 1 });
    await worker.stop();
    await impatient.close();
  });
});
