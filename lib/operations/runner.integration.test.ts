import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ForbiddenError } from "@/lib/access/errors";
import { EngineError } from "@/lib/engine/port";
import { listEvents } from "./list-events";
import { requestCancel, retryOperation } from "./queue";
import { parseFailure } from "./rows";
import { actsOf, openRunnerScene, type RunnerScene } from "./runner-scene.fixture";
import { StepFailure } from "./step-failure";
import { deferred, ended, startWorker, workflowOf } from "./store.fixture";

let scene: RunnerScene;
beforeEach(async () => void (scene = await openRunnerScene()));
afterEach(() => scene.close());

const { enqueue, work, steer } = actsOf(() => scene);

describe("an operation", () => {
  it("runs its steps in order, hands outputs on and settles in the transaction that ends it", async () => {
    const seen: unknown[] = [];
    const id = await enqueue("p1", { name: "x" });
    work(workflowOf(
      [
        { key: "one", run: async ({ input }) => ({ input }) },
        { key: "two", run: async ({ outputs }) => void seen.push(outputs) },
        { key: "three", run: async () => ({ last: true }) },
      ],
      { settle: async ({ outcome, operation }, tx) => void seen.push(outcome, operation.status, await tx.operation.count({ where: { finishedAt: null } })) },
    ));
    const operation = await ended(scene.store, id);
    expect(operation).toMatchObject({ status: "done", leaseToken: null, errorJson: null, resultJson: '{"last":true}' });
    expect(seen).toEqual([{ one: { input: { name: "x" } } }, "done", "running", 1]);
    expect(operation.steps.map((step) => [step.key, step.status, step.attempt])).toEqual([["one", "done", 1], ["two", "done", 1], ["three", "done", 1]]);
  });

  it("that fails under `hold` keeps what was done, and a retry runs only what failed", async () => {
    const runs: string[] = [];
    const settled: string[] = [];
    const id = await enqueue();
    work(workflowOf(
      [
        { key: "one", run: async () => void runs.push("one"), undo: async () => void runs.push("undo one") },
        {
          key: "two",
          run: async () => {
            runs.push("two");
            if (runs.filter((run) => run === "two").length === 1) throw new StepFailure({ code: "exited", sentence: "auth ended right after its start with exit code 1.", service: "auth", evidence: ["boom"], isRetryable: true });
          },
        },
      ],
      { settle: async ({ outcome }) => void settled.push(outcome) },
    ));
    const failed = await ended(scene.store, id);
    expect(failed.status).toBe("failed");
    expect(parseFailure(failed.errorJson)).toEqual({ code: "exited", sentence: "auth ended right after its start with exit code 1.", stepKey: "two", service: "auth", evidence: ["boom"], isRetryable: true });
    expect(await scene.store.transaction((tx) => retryOperation(tx, steer(id)))).toBe(true);
    expect((await ended(scene.store, id)).status).toBe("done");
    expect(runs).toEqual(["one", "two", "two"]);
    expect(settled).toEqual(["failed", "done"]);
  });

  it("that fails under `undo` takes back every begun step in reverse, the failed one too", async () => {
    const undone: string[] = [];
    const undo = (key: string) => ({ undo: async (_context: unknown, output: unknown) => void undone.push(`${key}:${JSON.stringify(output)}`) });
    const id = await enqueue();
    work(workflowOf(
      [{ key: "one", run: async () => 1, ...undo("one") }, { key: "two", run: async () => 2 }, { key: "three", run: async () => Promise.reject(new EngineError("no-space", "The disk is full.", "ENOSPC")), ...undo("three") }, { key: "four", ...undo("four") }],
      { onFailure: "undo", settle: async ({ outcome, failure }) => void undone.push(`${outcome}:${failure?.code ?? ""}`) },
    ));
    const operation = await ended(scene.store, id);
    expect(operation.status).toBe("undone");
    expect(parseFailure(operation.errorJson)).toMatchObject({ code: "no-space", sentence: "The disk is full.", evidence: ["ENOSPC"], stepKey: "three" });
    expect(undone).toEqual(["three:undefined", "one:1", "undone:no-space"]);
  });

  it("whose take-back fails is failed, and a retry goes on taking back", async () => {
    const calls: string[] = [];
    const id = await enqueue();
    work(workflowOf([
      { key: "one", run: async () => void calls.push("run one"), undo: async () => { calls.push("undo one"); if (calls.length < 4) throw new EngineError("unreachable", "Docker does not answer."); } },
      { key: "two", run: async () => { calls.push("run two"); throw new Error("no"); } },
    ], { onFailure: "undo" }));
    const failed = await ended(scene.store, id);
    expect(parseFailure(failed.errorJson)?.sentence).toBe("Take back “one” failed: Docker does not answer.");
    expect(failed.steps[0]?.status).toBe("undo_failed");
    await scene.store.transaction((tx) => retryOperation(tx, steer(id)));
    expect((await ended(scene.store, id)).status).toBe("undone");
    expect(calls).toEqual(["run one", "run two", "undo one", "undo one"]);
  });

  it("whose settling fails is failed with nothing half-written, and a retry settles again", async () => {
    let isBroken = true;
    const id = await enqueue();
    const workflows = workflowOf([{ key: "one" }], {
      settle: async (_context, tx) => {
        await tx.installationSetting.create({ data: { key: "settled", valueJson: "1", updatedAt: scene.clock.now() } });
        if (isBroken) throw new Error("no");
      },
    });
    work(workflows);
    expect((await ended(scene.store, id)).status).toBe("failed");
    expect(await scene.store.db.installationSetting.count()).toBe(0);
    isBroken = false;
    await scene.store.transaction((tx) => retryOperation(tx, steer(id)));
    expect((await ended(scene.store, id)).status).toBe("done");
    expect(await scene.store.db.installationSetting.count()).toBe(1);
  });

  it("that its actor may not ask for any more does nothing and gives the wish back", async () => {
    const seen: string[] = [];
    const id = await enqueue();
    work(workflowOf([{ key: "one", run: async () => void seen.push("run") }], { settle: async ({ outcome }) => void seen.push(outcome) }), { authorizeActor: async () => { throw new ForbiddenError(); } });
    const operation = await ended(scene.store, id);
    expect(parseFailure(operation.errorJson)).toMatchObject({ code: "forbidden", sentence: "Your role does not allow this.", isRetryable: false });
    expect(seen).toEqual(["undone"]);
    expect(await scene.store.transaction((tx) => retryOperation(tx, steer(id)))).toBe(false);
  });

  it("has no step that its input has no use for, also when it has failed and is retried; one whose input needs the step runs it", async () => {
    const runs: string[] = [];
    let isBroken = true;
    work(workflowOf([
      { key: "one", run: async () => void runs.push("one") },
      { key: "extra", isNeeded: (input) => (input as { wantsExtra: boolean }).wantsExtra, run: async () => void runs.push("extra") },
      { key: "two", run: async () => { runs.push("two"); if (isBroken) throw new Error("no"); } },
    ]));
    const stepsOf = ({ steps }: Awaited<ReturnType<typeof ended>>) => steps.map((step) => `${step.key} ${step.status}`);
    const id = await enqueue("p1", { wantsExtra: false });
    expect(stepsOf(await ended(scene.store, id))).toEqual(["one done", "two failed"]);
    isBroken = false;
    await scene.store.transaction((tx) => retryOperation(tx, steer(id)));
    expect(stepsOf(await ended(scene.store, id))).toEqual(["one done", "two done"]);
    expect(runs.splice(0)).toEqual(["one", "two", "two"]);
    expect(stepsOf(await ended(scene.store, await enqueue("p1", { wantsExtra: true })))).toEqual(["one done", "extra done", "two done"]);
    expect(runs).toEqual(["one", "extra", "two"]);
  });

  it.each([
    ["of an unknown kind", { kind: "project.unheard-of" }],
    ["with input that is no JSON", { inputJson: "{" }],
    ["with an actor that is no actor", { actorJson: '{"kind":"ghost"}' }],
  ])("%s ends with a sentence instead of being tried for ever", async (_name, data) => {
    const id = await enqueue();
    await scene.store.db.operation.update({ where: { id }, data });
    work(workflowOf([{ key: "one" }]));
    const operation = await ended(scene.store, id);
    expect(operation.status).toBe("failed");
    expect(parseFailure(operation.errorJson)).toMatchObject({ code: "unreadable", sentence: "What was asked for cannot be read, so nothing was done. Start it anew." });
  });

  it("that does not end within its time limit says so", async () => {
    const id = await enqueue();
    work(workflowOf([{ key: "slow", title: "Wait", timeoutMs: 20, run: (_context, signal) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))) }]));
    expect(parseFailure((await ended(scene.store, id)).errorJson)).toMatchObject({ code: "timeout", sentence: "“Wait” did not end within 20 ms." });
  });
});

describe("a cancel", () => {
  it("interrupts a step that can be, takes back what was begun, and ends as cancelled", async () => {
    const log: string[] = [];
    const begun = deferred();
    const id = await enqueue();
    work(workflowOf([
      { key: "one", run: async () => void log.push("one"), undo: async () => void log.push("undo one") },
      { key: "two", run: (_context, signal) => new Promise((_resolve, reject) => { begun.resolve(); signal.addEventListener("abort", () => reject(signal.reason)); }), undo: async () => void log.push("undo two") },
    ], { settle: async ({ outcome }) => void log.push(outcome) }));
    await begun.promise;
    expect(await scene.store.transaction((tx) => requestCancel(tx, steer(id)))).toBe(true);
    expect((await ended(scene.store, id)).status).toBe("cancelled");
    expect(log).toEqual(["one", "undo two", "undo one", "cancelled"]);
  });

  it("waits for a step that cannot be interrupted", async () => {
    const log: string[] = [];
    const [begun, mayEnd] = [deferred(), deferred()];
    const id = await enqueue();
    work(workflowOf([{ key: "one", isCancellable: false, run: async () => { begun.resolve(); await mayEnd.promise; log.push("one"); }, undo: async () => void log.push("undo one") }, { key: "two", run: async () => void log.push("two") }]));
    await begun.promise;
    await scene.store.transaction((tx) => requestCancel(tx, steer(id)));
    mayEnd.resolve();
    expect((await ended(scene.store, id)).status).toBe("cancelled");
    expect(log).toEqual(["one", "undo one"]);
  });

  it("before the first step runs nothing at all", async () => {
    const log: string[] = [];
    const id = await enqueue();
    await scene.store.transaction((tx) => requestCancel(tx, steer(id)));
    work(workflowOf([{ key: "one", run: async () => void log.push("one"), undo: async () => void log.push("undo") }], { settle: async ({ outcome }) => void log.push(outcome) }));
    expect((await ended(scene.store, id)).status).toBe("cancelled");
    expect(log).toEqual(["cancelled"]);
  });

  it("is refused past the point of no return, and a failure there is held", async () => {
    const [begun, mayEnd] = [deferred(), deferred()];
    const id = await enqueue();
    work(workflowOf([{ key: "gone", isPointOfNoReturn: true, run: async () => { begun.resolve(); await mayEnd.promise; throw new Error("half"); }, undo: async () => { throw new Error("must not be undone"); } }], { onFailure: "undo" }));
    await begun.promise;
    expect(await scene.store.transaction((tx) => requestCancel(tx, steer(id)))).toBe(false);
    mayEnd.resolve();
    const operation = await ended(scene.store, id);
    expect([operation.status, operation.steps[0]?.status]).toEqual(["failed", "failed"]);
  });
});

describe("a worker", () => {
  it("never runs more than `parallel` operations at once, over all workers", async () => {
    let running = 0;
    let most = 0;
    const gate = deferred();
    const ids = await Promise.all(["a", "b", "c", "d", "e"].map((projectId) => enqueue(projectId)));
    const workflows = workflowOf([{ key: "one", run: async () => { most = Math.max(most, ++running); if (running === 2) setTimeout(gate.resolve, 0); await gate.promise; running--; } }]);
    work(workflows, { parallel: 2 });
    work(workflows, { parallel: 2, store: await scene.openAnother() });
    for (const id of ids) expect((await ended(scene.store, id)).status).toBe("done");
    expect(most).toBe(2);
  });

  it("that is told to stop gives its lease back, and the next one probes the running step before it is run", async () => {
    const log: string[] = [];
    const begun = deferred();
    const id = await enqueue();
    const first = startWorker({ store: scene.store, now: scene.clock.now, workflows: workflowOf([{ key: "one", run: (_context, signal) => new Promise((_resolve, reject) => { begun.resolve(); signal.addEventListener("abort", () => reject(signal.reason)); }) }]) });
    await begun.promise;
    await first.stop();
    expect(await scene.store.db.operation.findUniqueOrThrow({ where: { id } })).toMatchObject({ status: "running", leaseToken: null, attempt: 0 });
    work(workflowOf([{ key: "one", probe: async () => { log.push("probe"); return "found"; }, run: async () => void log.push("run") }]));
    const operation = await ended(scene.store, id);
    expect([operation.status, operation.steps[0]?.outputJson, log]).toEqual(["done", '"found"', ["probe"]]);
  });

  it("frozen for longer than its lease writes nothing when it wakes, and its step makes no further effect", async () => {
    const effects: string[] = [];
    const [begun, mayWake, woken] = [deferred(), deferred(), deferred()];
    const id = await enqueue();
    work(workflowOf([{
      key: "one",
      run: async ({ emit }, signal) => {
        begun.resolve();
        await mayWake.promise;
        emit({ level: "info", message: "the sleeper speaks", current: null, total: null, detail: null });
        if (!signal.aborted) effects.push("sleeper");
        woken.resolve();
      },
    }]));
    await begun.promise;
    scene.clock.advance(40_000);
    work(workflowOf([{ key: "one", run: async () => void effects.push("successor") }]), { store: await scene.openAnother() });
    const operation = await ended(scene.store, id);
    mayWake.resolve();
    await woken.promise;
    expect(effects).toEqual(["successor"]);
    expect(operation).toMatchObject({ status: "done", attempt: 2 });
    expect((await listEvents(scene.store.db, id, 0)).map((event) => event.message)).toEqual(["one", "one (taken up again)", "Done."]);
  });

  it("that dies five times during an operation is not given it again", async () => {
    const id = await enqueue();
    for (let death = 1; death <= 5; death++) {
      const begun = deferred();
      const victim = startWorker({ store: await scene.openAnother(), now: scene.clock.now, workflows: workflowOf([{ key: "one", run: () => { begun.resolve(); return new Promise(() => undefined); } }]) });
      await begun.promise;
      victim.kill();
      scene.clock.advance(40_000);
    }
    work(workflowOf([{ key: "one" }]));
    expect(parseFailure((await ended(scene.store, id)).errorJson)).toMatchObject({ code: "worker-died", isRetryable: true });
    await scene.store.transaction((tx) => retryOperation(tx, steer(id)));
    expect((await ended(scene.store, id)).status).toBe("done");
  });
});
