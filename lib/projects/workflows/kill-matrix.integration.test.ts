import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScene, type Scene } from "../scene.fixture";
import { cancelOperation } from "../steer-operation";
import { cases, create } from "./kill-matrix-cases.fixture";
import { dieAndRecover, endState, leftToDo, makeStart, spread, workAndDie, type Death, type Start } from "./kill-matrix.fixture";

/**
 * A worker dies at every point of every workflow (before and after each step, after each change on the engine), another takes over, and
 * the end must be the one of an undisturbed run. What differs by nature (ids, counters, generated values) is left out of the comparison.
 */

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "basehold-kill-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(cases)("a worker killed during $name", (tried) => {
  let start: Start;
  let scene: Scene;
  let expected: Awaited<ReturnType<typeof dieAndRecover>>;
  const points: string[] = [];
  let calls = 0;

  beforeAll(async () => {
    start = await makeStart(folder, tried);
    scene = await openScene();
    await scene.resetTo(start.file, start.world, start.edgeWorld);
    const { operationId } = await tried.ask(scene);
    const worker = scene.startWorker({ onPoint: (point) => void points.push(point) });
    const operation = await scene.ended(operationId ?? "");
    expect(operation.status).toBe(tried.ends ?? "done");
    expected = { ...(await endState(scene, operationId ?? "")), leftToDo: await leftToDo(scene) };
    expect(expected.leftToDo).toBe(0);
    calls = worker.engine.calls.filter((call) => call.number !== null).length;
    await worker.stop();
  });

  afterAll(() => scene.close());

  it("before or after any step leaves the same end as an undisturbed run", { timeout: 300_000 }, async () => {
    expect(points.length).toBeGreaterThan(2);
    for (const dieAt of spread([...new Set(points)])) expect(await dieAndRecover(scene, start, tried.ask, { dieAt }), dieAt).toEqual(expected);
  });

  it("after any change on the engine leaves the same end as an undisturbed run", { timeout: 300_000 }, async () => {
    const all = Array.from({ length: calls }, (_nothing, index) => index + 1);
    for (const afterCall of spread(all)) expect(await dieAndRecover(scene, start, tried.ask, { afterCall }), `call ${afterCall}`).toEqual(expected);
  });
});

describe("a creation that is cancelled", () => {
  let scene: Scene;
  let start: Start;

  beforeAll(async () => {
    start = await makeStart(folder, { name: "cancel", given: [], ask: create });
    scene = await openScene();
  });
  afterAll(() => scene.close());

  /** Created until the worker dies there, then cancelled. */
  async function cancelAfter(death: Death): Promise<string> {
    await scene.resetTo(start.file, start.world, start.edgeWorld);
    const operationId = (await create(scene)).operationId ?? "";
    await workAndDie(scene, death);
    await cancelOperation(scene.ctx(), { operationId });
    return operationId;
  }

  async function expectNothingLeft(operationId: string): Promise<void> {
    const worker = scene.startWorker();
    const operation = await scene.ended(operationId);
    await worker.stop();
    expect(operation.status).toBe("cancelled");
    expect([scene.world.containers, scene.world.networks, scene.world.volumes]).toEqual([[], [], []]);
    const rows = await Promise.all([scene.store.db.project.count(), scene.store.db.portAllocation.count(), scene.store.db.subnetAllocation.count(), scene.store.db.secretValue.count()]);
    expect(rows).toEqual([0, 0, 0, 0]);
  }

  it("while its worker is dead leaves nothing behind, wherever that died", { timeout: 300_000 }, async () => {
    for (const dieAt of spread(["reserve:before", "secrets:after", "images:after", "services:before", "services:after", "functions:after", "prove:before", "prove:after"])) await expectNothingLeft(await cancelAfter({ dieAt }));
    for (const afterCall of spread([5, 8, 11, 14, 17, 20, 22])) await expectNothingLeft(await cancelAfter({ afterCall }));
  });

  it("leaves nothing behind when the worker that takes it back dies as well", { timeout: 300_000 }, async () => {
    for (const dieAt of ["undo-services:before", "undo-services:after", "end:before"]) {
      const operationId = await cancelAfter({ dieAt: "functions:before" });
      await workAndDie(scene, { dieAt });
      await expectNothingLeft(operationId);
    }
    for (const afterCall of spread([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])) {
      const operationId = await cancelAfter({ dieAt: "functions:before" });
      await workAndDie(scene, { afterCall });
      await expectNothingLeft(operationId);
    }
  });
});
