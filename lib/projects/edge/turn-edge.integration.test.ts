import { beforeEach, expect, onTestFinished, test } from "vitest";
import { addDomain } from "../domains/add-domain";
import { attachDomain } from "../domains/attach-domain";
import { createProject } from "../create-project";
import { openScene, type Scene } from "../scene.fixture";
import { editEdge } from "./edit-edge";
import { getEdge } from "./get-edge";
import { turnEdgeOff, turnEdgeOn } from "./turn-edge";

const hostname = "api.example.com";
const panel = { panelPort: 3000 };
let scene: Scene;

/** The edge is on, and the project `shop` behind it has a domain that was only added. */
beforeEach(async () => {
  scene = await openScene();
  onTestFinished(() => scene.close());
  const worker = scene.startWorker();
  await scene.ended((await turnEdgeOn(scene.ctx())).operationId);
  await scene.ended((await createProject(scene.ctx(), { displayName: "shop", ref: "shop", services: ["db", "api-gw", "auth", "rest"] })).operationId);
  await addDomain(scene.ctx(), { ref: "shop", hostname, tls: "internal" }, { panelUrl: null });
  await worker.stop();
});

const setState = (state: string) => scene.store.db.domain.updateMany({ data: { state } });

test.each(["added", "failed"])("a domain that is %s counts as none that is served, and keeps neither the edge on nor its ports", async (state) => {
  await setState(state);
  expect((await getEdge(scene.ctx())).domains).toBe(0);
  const worker = scene.startWorker();
  await scene.ended((await editEdge(scene.ctx(), { httpsPort: 8443 }, panel)).operationId ?? "");
  expect((await scene.ended((await turnEdgeOff(scene.ctx())).operationId)).status).toBe("done");
  await worker.stop();
});

test.each(["rehearsing", "waiting", "open"])("a domain that is %s is counted and keeps the edge on", async (state) => {
  await setState(state);
  expect((await getEdge(scene.ctx())).domains).toBe(1);
  await expect(turnEdgeOff(scene.ctx())).rejects.toMatchObject({ code: "domains-left" });
  await expect(editEdge(scene.ctx(), { httpsPort: 8443 }, panel)).rejects.toMatchObject({ code: "domains-left" });
});

test("the edge is not turned off under a domain that is about to be attached, and none is attached while it is turned off", async () => {
  const { operationId } = await attachDomain(scene.ctx(), { ref: "shop", hostname });
  await expect(turnEdgeOff(scene.ctx())).rejects.toThrow("A domain is being attached to shop. Wait for that or cancel it first.");
  await scene.store.db.operation.delete({ where: { id: operationId } });
  await turnEdgeOff(scene.ctx());
  await expect(attachDomain(scene.ctx(), { ref: "shop", hostname })).rejects.toMatchObject({ code: "operation-running" });
});
