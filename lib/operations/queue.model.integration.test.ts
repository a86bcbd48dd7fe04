import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConflictError } from "@/lib/access/errors";
import type { Store } from "@/lib/adapters/store/types";
import { claimOperation, LeaseLostError, releaseLease, type Lease } from "./lease";
import { LeasedWriter } from "./leased-writer";
import { enqueueOperation, requestCancel, retryOperation } from "./queue";
import { Clock, leaseMs, newId, openTestStore, type TestStore } from "./store.fixture";

/** The queue against a model of itself, on a real SQLite file with two connections: workers claim, freeze, die, come back and write. */

const actor = { kind: "system", name: "Model" } as const;
const projects = ["p1", "p2", "p3"];
const parallel = 2;

type Held = { lease: Lease; writer: LeasedWriter; projectId: string };
type Real = { scene: TestStore; stores: Store[]; clock: Clock; held: Held[] };
type Expected = { status: "open" | "ended" | "failed"; projectId: string; isCancelRequested: boolean };
type Model = { operations: Map<string, Expected>; /** Operation → token that is in force. */ tokens: Map<string, string> };

const isOpenIn = (model: Model, projectId: string) => [...model.operations.values()].some((operation) => operation.status === "open" && operation.projectId === projectId);
const storeOf = (real: Real, worker: number): Store => real.stores[worker % real.stores.length] ?? real.scene.store;

class Enqueue implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly projectId: string) {}
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const wish = { kind: "project.export", projectId: this.projectId, input: {}, actor, now: real.clock.now() } as const;
    const asked = real.scene.store.transaction((tx) => enqueueOperation(tx, wish));
    if (isOpenIn(model, this.projectId)) return expect(asked).rejects.toThrow(ConflictError);
    model.operations.set(await asked, { status: "open", projectId: this.projectId, isCancelRequested: false });
  }
  toString = () => `enqueue(${this.projectId})`;
}

class Claim implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly worker: number) {}
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const store = storeOf(real, this.worker);
    const options = { workerId: `w${this.worker}`, leaseMs, parallel, exceptIds: [], now: real.clock.now, newId };
    const lease = await claimOperation(store, options);
    await requireInvariants(model, real);
    if (lease === null) return;
    const operation = model.operations.get(lease.operationId);
    expect(operation?.status).toBe("open");
    model.tokens.set(lease.operationId, lease.token);
    real.held.push({ lease, writer: new LeasedWriter(store, lease, { leaseMs, now: real.clock.now }), projectId: operation?.projectId ?? "" });
  }
  toString = () => `claim(w${this.worker})`;
}

/** A worker of any age does something under a lease that it once got. */
abstract class UseLease implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly pick: number) {}
  check = (model: Readonly<Model>) => model.tokens.size > 0;
  async run(model: Model, real: Real): Promise<void> {
    const held = real.held[this.pick % Math.max(1, real.held.length)];
    if (held === undefined) return;
    const isInForce = model.tokens.get(held.lease.operationId) === held.lease.token;
    const isInTime = real.clock.now().getTime() < held.lease.untilMs;
    await this.use(model, real, held, isInForce && isInTime);
    await requireInvariants(model, real);
  }
  protected abstract use(model: Model, real: Real, held: Held, isOurs: boolean): Promise<void>;
}

class Heartbeat extends UseLease {
  protected override async use(_model: Model, real: Real, held: Held, isOurs: boolean): Promise<void> {
    if (!isOurs) return expect(held.writer.write(async () => undefined)).rejects.toThrow(LeaseLostError);
    await held.writer.write(async () => undefined);
    expect(held.lease.untilMs).toBe(real.clock.now().getTime() + leaseMs);
  }
  override toString = () => "heartbeat";
}

class BeginStep extends UseLease {
  protected override async use(_model: Model, real: Real, held: Held, isOurs: boolean): Promise<void> {
    const { operationId } = held.lease;
    const before = await real.scene.store.db.operationStep.count({ where: { operationId } });
    const begun = held.writer.write((tx) => tx.operationStep.create({ data: { id: newId(), operationId, key: newId(), title: "", ordinal: 0, status: "running", attempt: 1 } }));
    await (isOurs ? begun : expect(begun).rejects.toThrow(LeaseLostError));
    expect(await real.scene.store.db.operationStep.count({ where: { operationId } })).toBe(before + (isOurs ? 1 : 0));
  }
  override toString = () => "begin a step";
}

class End extends UseLease {
  constructor(pick: number, private readonly status: "done" | "failed" | "cancelled") {
    super(pick);
  }
  protected override async use(model: Model, _real: Real, held: Held, isOurs: boolean): Promise<void> {
    const { operationId } = held.lease;
    const ended = held.writer.write((tx, now) => tx.operation.update({ where: { id: operationId }, data: { status: this.status, finishedAt: now, leaseToken: null, leaseUntil: null } }));
    if (!isOurs) return expect(ended).rejects.toThrow(LeaseLostError);
    await ended;
    model.tokens.delete(operationId);
    const operation = model.operations.get(operationId);
    if (operation !== undefined) operation.status = this.status === "failed" ? "failed" : "ended";
  }
  override toString = () => `end as ${this.status}`;
}

class Release extends UseLease {
  protected override async use(model: Model, real: Real, held: Held): Promise<void> {
    const isInForce = model.tokens.get(held.lease.operationId) === held.lease.token;
    await releaseLease(real.scene.store, held.lease);
    if (isInForce) model.tokens.delete(held.lease.operationId);
  }
  override toString = () => "release";
}

class Cancel implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly pick: number) {}
  check = (model: Readonly<Model>) => model.operations.size > 0;
  async run(model: Model, real: Real): Promise<void> {
    const [id, operation] = [...model.operations][this.pick % model.operations.size] ?? ["", undefined];
    const isAccepted = await real.scene.store.transaction((tx) => requestCancel(tx, { operationId: id, actor, now: real.clock.now() }));
    expect(isAccepted).toBe(operation?.status === "open" && !operation.isCancelRequested);
    if (operation !== undefined && isAccepted) operation.isCancelRequested = true;
  }
  toString = () => `cancel(${this.pick})`;
}

class Retry implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly pick: number) {}
  check = (model: Readonly<Model>) => model.operations.size > 0;
  async run(model: Model, real: Real): Promise<void> {
    const [id, operation] = [...model.operations][this.pick % model.operations.size] ?? ["", undefined];
    if (operation === undefined || (operation.status === "failed" && isOpenIn(model, operation.projectId))) return;
    const isAccepted = await real.scene.store.transaction((tx) => retryOperation(tx, { operationId: id, actor, now: real.clock.now() }));
    expect(isAccepted).toBe(operation.status === "failed");
    if (isAccepted) operation.status = "open";
  }
  toString = () => `retry(${this.pick})`;
}

/** Time goes by: workers that froze or died lose their leases. */
class Pass implements fc.AsyncCommand<Model, Real> {
  constructor(private readonly ms: number) {}
  check = () => true;
  async run(_model: Model, real: Real): Promise<void> {
    real.clock.advance(this.ms);
  }
  toString = () => `pass(${this.ms} ms)`;
}

async function requireInvariants(model: Model, real: Real): Promise<void> {
  const { db } = real.scene.store;
  const rows = await db.operation.findMany({});
  expect(rows.map((row) => row.id).sort()).toEqual([...model.operations.keys()].sort());
  const live = rows.filter((row) => row.leaseToken !== null && row.leaseUntil !== null && row.leaseUntil >= real.clock.now());
  expect(new Set(live.map((row) => row.projectId)).size).toBe(live.length);
  expect(live.length).toBeLessThanOrEqual(parallel);
  for (const row of rows) expect(row.finishedAt === null || row.leaseToken === null).toBe(true);
}

let scene: TestStore;
let stores: Store[];
beforeAll(async () => {
  scene = await openTestStore();
  stores = [scene.store, await scene.openAnother()];
});
afterAll(() => scene.close());

const picks = fc.nat(20);
const commands = [
  fc.constantFrom(...projects).map((projectId) => new Enqueue(projectId)),
  fc.nat(2).map((worker) => new Claim(worker)),
  fc.nat(2).map((worker) => new Claim(worker)),
  picks.map((pick) => new Heartbeat(pick)),
  picks.map((pick) => new BeginStep(pick)),
  fc.tuple(picks, fc.constantFrom("done" as const, "failed" as const, "cancelled" as const)).map(([pick, status]) => new End(pick, status)),
  picks.map((pick) => new Release(pick)),
  picks.map((pick) => new Cancel(pick)),
  picks.map((pick) => new Retry(pick)),
  fc.constantFrom(1_000, leaseMs / 2, leaseMs + 1, 2 * leaseMs).map((ms) => new Pass(ms)),
];

it("loses no operation, gives a project one live lease at most, and writes nothing without the token", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 50, size: "max" }), async (run) => {
      await scene.store.db.operation.deleteMany({});
      const setup = () => ({ model: { operations: new Map(), tokens: new Map() } satisfies Model, real: { scene, stores, clock: new Clock(), held: [] } satisfies Real });
      await fc.asyncModelRun(setup, run);
      await requireNothingIsStuck();
    }),
    { numRuns: 40 },
  );
});

/** Whatever happened before: once all leases have run out, every open operation is given to somebody again. */
async function requireNothingIsStuck(): Promise<void> {
  const clock = new Clock();
  clock.advance(400 * leaseMs);
  const open = await scene.store.db.operation.count({ where: { finishedAt: null } });
  const claimed = new Set<string>();
  for (let count = 0; count < open; count++) {
    const lease = await claimOperation(scene.store, { workerId: "last", leaseMs, parallel: 100, exceptIds: [...claimed], now: clock.now, newId });
    if (lease !== null) claimed.add(lease.operationId);
  }
  expect(claimed.size).toBe(open);
}
