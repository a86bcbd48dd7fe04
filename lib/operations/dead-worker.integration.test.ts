import { afterEach, beforeEach, expect, it } from "vitest";
import { claimOperation, LeaseLostError, shortenLeasesOfDead, type Lease } from "./lease";
import { LeasedWriter } from "./leased-writer";
import { actsOf, openRunnerScene, type RunnerScene } from "./runner-scene.fixture";
import { leaseMs, newId } from "./store.fixture";

let scene: RunnerScene;
beforeEach(async () => void (scene = await openRunnerScene()));
afterEach(() => scene.close());

const { enqueue } = actsOf(() => scene);
const secondMs = 1_000;

const claim = (workerId: string): Promise<Lease | null> => claimOperation(scene.store, { workerId, leaseMs, parallel: 5, exceptIds: [], now: scene.clock.now, newId });
const bury = (workerId: string): Promise<number> => shortenLeasesOfDead(scene.store, { workerId, leaseMs, now: scene.clock.now });
const writerOf = (lease: Lease) => new LeasedWriter(scene.store, lease, { leaseMs, now: scene.clock.now });

async function claimed(workerId: string): Promise<Lease> {
  const lease = await claim(workerId);
  if (lease === null) throw new Error(`${workerId} got nothing.`);
  return lease;
}

it("what a dead worker ran is given to the next one after five seconds, and no earlier: the engine may still be at what it was asked for", async () => {
  const id = await enqueue();
  await claimed("dead");
  expect(await bury("dead")).toBe(1);
  scene.clock.advance(5 * secondMs);
  expect(await claim("next")).toBeNull();
  scene.clock.advance(1);
  expect(await claim("next")).toMatchObject({ operationId: id });
});

it("a death counts against the operation, and the dead one writes nothing any more once the next one has it", async () => {
  const id = await enqueue();
  const lease = await claimed("dead");
  await bury("dead");
  scene.clock.advance(6 * secondMs);
  await claimed("next");
  expect(await scene.store.db.operation.findUniqueOrThrow({ where: { id } })).toMatchObject({ attempt: 2, workerId: "next" });
  await expect(writerOf(lease).write(async () => undefined)).rejects.toThrow(LeaseLostError);
});

it("a worker that lives keeps its lease when another one died, and also when it was taken for dead", async () => {
  await enqueue("p1");
  const lease = await claimed("alive");
  expect(await bury("dead")).toBe(0);
  scene.clock.advance(10 * secondMs);
  expect(await claim("next")).toBeNull();
  await bury("alive");
  await writerOf(lease).write(async () => undefined);
  scene.clock.advance(10 * secondMs);
  expect(await claim("next")).toBeNull();
});

it("a lease that ends sooner anyway is not prolonged", async () => {
  const id = await enqueue();
  await claimed("dead");
  await scene.store.db.operation.update({ where: { id }, data: { leaseUntil: new Date(scene.clock.now().getTime() - secondMs) } });
  expect(await bury("dead")).toBe(0);
});
