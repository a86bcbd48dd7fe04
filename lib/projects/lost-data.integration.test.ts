import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enqueueOperation } from "@/lib/operations/queue";
import { createProject } from "./create-project";
import { deleteProject, purgeProject, undoDeleteProject } from "./delete-project";
import { editProject } from "./edit-project";
import { pauseProject } from "./pause-project";
import { reconcileProject } from "./reconcile-project";
import { resumeProject } from "./resume-project";
import { openScene, type Scene } from "./scene.fixture";

const ref = "shop";
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  await finish(await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "storage"] }));
});
afterEach(() => scene.close());

async function finish({ operationId }: { operationId: string | null }) {
  const worker = scene.startWorker();
  const operation = await scene.ended(operationId ?? "");
  await worker.stop();
  return operation;
}

/** Somebody removes the containers and a volume with their own hands. */
function lose(shortName: string): void {
  scene.world.containers = [];
  scene.world.volumes = scene.world.volumes.filter(({ name }) => !name.endsWith(`-${shortName}`));
}

const failureOf = (operation: { errorJson: string | null }) => (operation.errorJson === null ? null : (JSON.parse(operation.errorJson) as { code: string; sentence: string }));

describe("a project whose data volume is gone", () => {
  it.each(["db-data", "db-config", "storage"])("(%s) is never resumed on an empty one", async (volume) => {
    await finish(await pauseProject(scene.ctx(), { ref }));
    lose(volume);
    const before = scene.world.volumes.map(({ name }) => name);
    const operation = await finish(await resumeProject(scene.ctx(), { ref }));
    expect(failureOf(operation)).toMatchObject({ code: "data-missing", sentence: expect.stringContaining(volume) as string });
    expect([scene.world.containers, scene.world.volumes.map(({ name }) => name)]).toEqual([[], before]);
    expect(await scene.project(ref)).toMatchObject({ state: "failed", stateReason: expect.stringContaining("gone") as string });
  });

  it("is neither edited nor brought back from the trash on an empty one", async () => {
    lose("db-data");
    expect((await finish(await editProject(scene.ctx(), { ref, siteUrl: "https://shop.example.com" }))).status).not.toBe("done");
    await scene.store.db.project.updateMany({ data: { state: "ready" } });
    await finish(await deleteProject(scene.ctx(), { ref, confirmName: ref }));
    expect(failureOf(await finish(await undoDeleteProject(scene.ctx(), { ref })))).toMatchObject({ code: "data-missing" });
    expect(scene.world.volumes.some(({ name }) => name.endsWith("-db-data"))).toBe(false);
  });

  it("begins with an empty one when a person reconciles it, and never by its drift policy", async () => {
    lose("db-data");
    const projectId = (await scene.project(ref))?.id ?? "";
    const operationId = await scene.store.transaction((tx) => enqueueOperation(tx, { kind: "project.reconcile", projectId, input: { projectId }, actor: { kind: "system", name: "Drift policy" }, now: scene.clock.now() }));
    expect(failureOf(await finish({ operationId }))).toMatchObject({ code: "data-missing" });
    expect((await finish(await reconcileProject(scene.ctx(), { ref }))).status).toBe("done");
    expect(scene.world.volumes.some(({ name }) => name.endsWith("-db-data"))).toBe(true);
  });

  it("may get a service that brings a volume of its own", async () => {
    const operation = await finish(await editProject(scene.ctx(), { ref, services: ["db", "api-gw", "auth", "rest", "storage", "functions"] }));
    expect(operation.status).toBe("done");
  });
});

it("a project in the trash whose containers run, as after a restore of the panel, is not purged", async () => {
  const running = structuredClone(scene.world.containers);
  await finish(await deleteProject(scene.ctx(), { ref, confirmName: ref }));
  scene.world.containers = running;
  const volumes = structuredClone(scene.world.volumes);
  const operation = await finish(await purgeProject(scene.ctx(), { ref, confirmName: ref }));
  expect(failureOf(operation)).toMatchObject({ code: "still-runs" });
  expect(scene.world.volumes).toEqual(volumes);
  expect(scene.world.containers).toHaveLength(running.length);
});
