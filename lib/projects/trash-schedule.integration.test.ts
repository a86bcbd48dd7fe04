import { afterEach, beforeEach, expect, it } from "vitest";
import { insertSchedules, runDueSlots } from "@/lib/operations/schedules";
import { silentLog } from "@/lib/operations/store.fixture";
import { createProject } from "./create-project";
import { deleteProject, trashTimeMs, undoDeleteProject } from "./delete-project";
import { openScene, type Scene } from "./scene.fixture";
import { trashSchedule } from "./trash-schedule";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  await insertSchedules(scene.store, [trashSchedule], scene.clock.now());
});
afterEach(() => scene.close());

const look = () => runDueSlots({ store: scene.store, schedules: [trashSchedule], now: scene.clock.now, log: silentLog });

async function work(operationId: string): Promise<string> {
  const worker = scene.startWorker();
  const { status } = await scene.ended(operationId);
  await worker.stop();
  return status;
}

async function deleted(): Promise<void> {
  expect(await work((await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] })).operationId)).toBe("done");
  expect(await work((await deleteProject(scene.ctx(), { ref: "shop", confirmName: "shop" })).operationId)).toBe("done");
}

const purges = () => scene.store.db.operation.findMany({ where: { kind: "project.purge" } });

it("a project in the trash is kept until its time is over, then purged with all its data, as an audited act", async () => {
  await deleted();
  expect(scene.world.volumes.length).toBeGreaterThan(0);
  scene.clock.advance(trashTimeMs - 600_000);
  await look();
  expect(await purges()).toEqual([]);
  scene.clock.advance(1_200_000);
  await look();
  await look();
  const [purge, ...more] = await purges();
  expect(more).toEqual([]);
  expect(await work(purge?.id ?? "")).toBe("done");
  expect(scene.world.volumes).toEqual([]);
  expect(await scene.project("shop")).toBeNull();
  expect(await scene.store.db.auditEntry.findFirst({ where: { action: "project.purge" } })).toMatchObject({ actorName: "Trash", summary: "Purge shop: its time in the trash is over" });
});

it("a project that is brought back at the last moment is not purged", async () => {
  await deleted();
  scene.clock.advance(trashTimeMs + 600_000);
  const undo = await undoDeleteProject(scene.ctx(), { ref: "shop" });
  await look();
  expect(await work(undo.operationId)).toBe("done");
  scene.clock.advance(600_000);
  await look();
  expect(await purges()).toEqual([]);
  expect((await scene.project("shop"))?.state).toBe("ready");
});
