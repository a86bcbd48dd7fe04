import { afterEach, beforeEach, expect, it } from "vitest";
import { followEvents, listEvents, parseLastEventId } from "./list-events";
import { enqueueOperation } from "./queue";
import { Clock, deferred, openTestStore, startWorker, workflowOf, type TestStore } from "./store.fixture";

let scene: TestStore;
const clock = new Clock();
beforeEach(async () => void (scene = await openTestStore()));
afterEach(() => scene.close());

const enqueue = () => scene.store.transaction((tx) => enqueueOperation(tx, { kind: "project.export", projectId: null, input: {}, actor: { kind: "system", name: "Test" }, now: clock.now() }));

it.each([[null, 0], [undefined, 0], ["", 0], ["12", 12], ["-1", 0], ["1e9", 0], ["12; DROP", 0], ["99999999999999999999", 0], ["007", 7]])("the last event id %j means %d", (text, expected) => {
  expect(parseLastEventId(text)).toBe(expected);
});

it("a reader that loses its connection at any event and comes back with its number gets each event once, and the end", async () => {
  const id = await enqueue();
  const gate = deferred();
  const worker = startWorker({ store: scene.store, now: clock.now, workflows: workflowOf([
    { key: "a", run: async ({ emit }) => emit({ level: "info", message: "said", current: null, total: null, detail: { n: 1 } }) },
    { key: "b", run: () => gate.promise },
    { key: "c" },
  ]) });
  const seen: number[] = [];
  for (let connection = 0; ; connection++) {
    let isLost = false;
    const leave = new AbortController();
    for await (const batch of followEvents(scene.store, id, seen.at(-1) ?? 0, leave.signal)) {
      seen.push(batch[0]?.seq ?? 0);
      if (seen.length === 3) gate.resolve();
      isLost = true;
      break;
    }
    if (!isLost) break;
  }
  await worker.stop();
  expect(seen).toEqual((await listEvents(scene.store.db, id, 0)).map((event) => event.seq));
  expect((await listEvents(scene.store.db, id, 0)).map((event) => event.message)).toEqual(["a", "said", "b", "c", "Done."]);
});

it("following an operation that does not exist, or has ended, ends at once after what there is", async () => {
  const batches: unknown[] = [];
  for await (const batch of followEvents(scene.store, "nobody", 0, new AbortController().signal)) batches.push(batch);
  expect(batches).toEqual([]);
});

it("a reader that goes away is let go", async () => {
  const id = await enqueue();
  const leave = new AbortController();
  const reading = (async () => {
    for await (const batch of followEvents(scene.store, id, 0, leave.signal)) throw new Error(`unexpected ${batch.length}`);
  })();
  leave.abort();
  await reading;
});
