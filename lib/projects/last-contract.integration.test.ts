import { afterEach, beforeEach, expect, it } from "vitest";
import { pathOf, sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "./create-project";
import { applyGatewayDraft } from "./gateway/apply-draft";
import { saveGatewayDraft } from "./gateway/save-draft";
import { getProject } from "./get-project";
import { listProjects } from "./list-projects";
import { openScene, type Scene } from "./scene.fixture";

const ref = "shop";
let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

async function shown() {
  const { id } = await scene.store.db.project.findUniqueOrThrow({ where: { ref } });
  const data = { takenAt: scene.clock.now(), servicesJson: "[]", driftJson: "[]" };
  await scene.store.db.observedSnapshot.upsert({ where: { projectId: id }, create: { projectId: id, ...data }, update: data });
  const [{ items }, project] = await Promise.all([listProjects(scene.ctx()), getProject(scene.ctx(), ref)]);
  return { listed: items.map(({ state, stateReason }) => [state, stateReason]), page: [project.state, project.stateReason], isPassed: project.contract?.isPassed };
}

it("a revision that failed its proof and was taken back leaves the project as healthy as it is, and its run stays stored", async () => {
  scene.startWorker();
  await scene.ended((await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "functions"] })).operationId);
  const good = { listed: [["ready", null]], page: ["ready", null], isPassed: true };
  expect(await shown()).toEqual(good);
  const { version } = await saveGatewayDraft(scene.ctx(), { ref, settings: { ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ match: pathOf("prefix", "/other/") })] }, version: null });
  scene.world.deadRoutes.push("own-hooks");
  scene.clock.advance(1_000);
  const { operationId } = await applyGatewayDraft(scene.ctx(), { ref, version: version ?? "" });
  expect((await scene.ended(operationId)).status).toBe("undone");
  expect(await scene.store.db.contractRun.findFirst({ orderBy: { at: "desc" } })).toMatchObject({ isPassed: false, operationId });
  expect(await shown()).toEqual(good);
  const degraded = ["degraded", "The gateway contract failed the last time it ran."];
  for (const data of [{ status: "failed" }, { status: "cancelled", kind: "project.prove" }]) {
    await scene.store.db.operation.update({ where: { id: operationId }, data });
    expect(await shown()).toEqual({ listed: [degraded], page: degraded, isPassed: false });
  }
});
