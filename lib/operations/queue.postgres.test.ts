import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { ConflictError } from "@/lib/access/errors";
import { startPostgres, type PostgresServer } from "@/lib/adapters/store/postgres-server.fixture";
import { openPostgresStore } from "@/lib/adapters/store/postgres-store";
import type { Store } from "@/lib/adapters/store/types";
import { isStoreLocked } from "./failure";
import { claimOperation, LeaseLostError } from "./lease";
import { LeasedWriter } from "./leased-writer";
import { enqueueOperation } from "./queue";
import { Clock, deferred, ended, leaseMs, newId, openTestStore, startWorker, workflowOf, type TestStore } from "./store.fixture";

/** What the queue promises, where writes of several processes really run side by side. */

let server: PostgresServer;
let scene: TestStore;
let another: Store;
let clock: Clock;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await openTestStore({ storeUrl: await server.createDatabase() });
  another = await scene.openAnother();
  clock = new Clock();
});
afterEach(() => scene.close());

const actor = { kind: "system", name: "Test" } as const;
const enqueue = (store: Store, projectId: string | null = null) => store.transaction((tx) => enqueueOperation(tx, { kind: "project.export", projectId, input: {}, actor, now: clock.now() }));
const claim = (store: Store, workerId: string, parallel: number) => claimOperation(store, { workerId, leaseMs, parallel, exceptIds: [], now: clock.now, newId });
const storeOf = (index: number) => (index % 2 === 0 ? scene.store : another);

test("of workers that claim at once, each operation goes to one, and no more run than may", async () => {
  for (let index = 0; index < 6; index++) await enqueue(scene.store);
  const leases = await Promise.all(Array.from({ length: 12 }, (_, index) => claim(storeOf(index), `w${index}`, 4)));
  const taken = leases.flatMap((lease) => (lease === null ? [] : [lease.operationId]));
  expect(taken).toHaveLength(4);
  expect(new Set(taken).size).toBe(4);
  expect(await scene.store.db.operation.count({ where: { status: "running" } })).toBe(4);
});

test("of wishes for one project that come at once, one is taken and the others are told why", async () => {
  const results = await Promise.allSettled(Array.from({ length: 6 }, (_, index) => enqueue(storeOf(index), "p1")));
  const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  expect(refusals).toHaveLength(5);
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(ConflictError);
  expect(await scene.store.db.operation.count()).toBe(1);
});

test("what a transaction has read stays true until it has written, whichever process it runs in", async () => {
  await scene.store.db.installationSetting.create({ data: { key: "count", valueJson: "0", updatedAt: clock.now() } });
  const countUp = (store: Store) => store.transaction(async (tx) => {
    const { valueJson } = await tx.installationSetting.findUniqueOrThrow({ where: { key: "count" } });
    await tx.installationSetting.update({ where: { key: "count" }, data: { valueJson: String(Number(valueJson) + 1) } });
  });
  await Promise.all(Array.from({ length: 30 }, (_, index) => countUp(storeOf(index))));
  expect((await scene.store.db.installationSetting.findUniqueOrThrow({ where: { key: "count" } })).valueJson).toBe("30");
});

test("reads go on while more transactions wait than there are connections", async () => {
  const [begun, mayEnd] = [deferred(), deferred()];
  const holder = another.transaction(async () => {
    begun.resolve();
    await mayEnd.promise;
  });
  await begun.promise;
  const waiting = Array.from({ length: 15 }, () => enqueue(scene.store));
  expect(await scene.store.db.operation.count()).toBe(0);
  mayEnd.resolve();
  await Promise.all([holder, ...waiting]);
  expect(await scene.store.db.operation.count()).toBe(15);
});

test("who waits for the lock in vain is told that the store is locked, and a process that stands still cannot hold it for ever", async () => {
  const limits = await scene.store.transaction((tx) => tx.$queryRaw`SELECT current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle`);
  expect(limits).toEqual([{ lock: "15s", idle: "20s" }]);
  const [begun, mayEnd] = [deferred(), deferred()];
  const holder = another.transaction(async () => {
    begun.resolve();
    await mayEnd.promise;
  });
  await begun.promise;
  const impatient = await openPostgresStore({ url: scene.url, lockWaitMs: 50 });
  const error = await impatient.transaction(() => Promise.resolve()).catch((cause: unknown) => cause);
  await impatient.close();
  expect(isStoreLocked(error)).toBe(true);
  mayEnd.resolve();
  await holder;
  await enqueue(scene.store);
});

test("a worker whose lease went to another one writes nothing", async () => {
  const operationId = await enqueue(scene.store);
  const first = await claim(scene.store, "w1", 5);
  clock.advance(leaseMs * 2);
  const second = await claim(another, "w2", 5);
  expect(second?.operationId).toBe(operationId);
  if (first === null) throw new Error("The first worker got nothing.");
  clock.advance(-leaseMs * 2);
  const writer = new LeasedWriter(scene.store, first, { leaseMs, now: clock.now });
  await expect(writer.write((tx) => tx.operation.update({ where: { id: operationId }, data: { status: "done" } }))).rejects.toThrow(LeaseLostError);
  expect((await scene.store.db.operation.findUniqueOrThrow({ where: { id: operationId } })).status).toBe("running");
});

test("an operation that one worker began is ended by another one after the first was killed, each step once", async () => {
  const runs: string[] = [];
  const began = deferred();
  const workflows = (worker: string, isStuck: boolean) => workflowOf([
    { key: "a", run: async () => void runs.push(`${worker}:a`) },
    { key: "b", run: async () => {
      runs.push(`${worker}:b`);
      if (!isStuck) return;
      began.resolve();
      await new Promise(() => undefined);
    } },
  ]);
  const operationId = await enqueue(scene.store);
  const killed = startWorker({ store: scene.store, workflows: workflows("first", true), now: clock.now });
  await began.promise;
  killed.kill();
  clock.advance(leaseMs * 2);
  const worker = startWorker({ store: another, workflows: workflows("second", false), now: clock.now });
  expect(await ended(another, operationId)).toMatchObject({ status: "done", steps: [{ key: "a", status: "done" }, { key: "b", status: "done" }] });
  expect(runs).toEqual(["first:a", "first:b", "second:b"]);
  await worker.stop();
});
