import { expect, test } from "vitest";
import { makeStoreFile } from "@/lib/adapters/store/store-file.fixture";
import { FakeEngine } from "@/lib/engine/fake-engine";
import { createFakeWorld } from "@/lib/engine/fake/world";
import { beat } from "./heartbeat";

async function startBeating(isReachable: boolean) {
  const store = await (await makeStoreFile()).open();
  const now = new Date("2026-01-02T00:00:00Z");
  const long = new Date(now.getTime() - 48 * 3_600_000);
  await store.db.workerHeartbeat.create({ data: { id: "dead", startedAt: long, heartbeatAt: long, version: "old", hostname: "h", statusJson: "{}" } });
  const stop = new AbortController();
  const token = await store.changeToken();
  const ended = beat({ store, engine: new FakeEngine(createFakeWorld({ isReachable })), workerId: "w1", version: "1.2.3", webUid: null, parallelOperations: 5, now: () => now, log: { warn: () => undefined } }, stop.signal);
  await store.waitForChange(token, { signal: AbortSignal.timeout(15_000), timeoutMs: 15_000 });
  return { store, stop: () => stop.abort(), ended };
}

test("a worker that lives says so with what it sees of the engine, and takes its row away when it stops", async () => {
  const { store, stop, ended } = await startBeating(true);
  const rows = await store.db.workerHeartbeat.findMany();
  expect(rows.map(({ id, version }) => [id, version])).toEqual([["w1", "1.2.3"]]);
  expect(JSON.parse(rows[0]?.statusJson ?? "")).toMatchObject({ engine: { isReachable: true, apiVersion: "1.41", problem: null }, separation: "process", parallelOperations: 5 });
  stop();
  await ended;
  expect(await store.db.workerHeartbeat.count()).toBe(0);
});

test("an engine that does not answer is told in a sentence, and the worker goes on", async () => {
  const { store, stop, ended } = await startBeating(false);
  const row = await store.db.workerHeartbeat.findUniqueOrThrow({ where: { id: "w1" } });
  expect(JSON.parse(row.statusJson)).toMatchObject({ engine: { isReachable: false, problem: expect.stringMatching(/\w+/) as string } });
  stop();
  await ended;
});
