import { expect, onTestFinished, test } from "vitest";
import { checkPublicAddress } from "./check-public-address";
import { createProject } from "./create-project";
import { editProject } from "./edit-project";
import { openScene } from "./scene.fixture";

/** A project whose public URL is this one. The fake network leads every name to this machine. */
async function projectUnder(publicUrl: string | null) {
  const scene = await openScene();
  onTestFinished(() => scene.close());
  scene.startWorker();
  const ended = async (asked: Promise<{ operationId: string | null }>) => scene.ended((await asked).operationId ?? "");
  await ended(createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] }));
  if (publicUrl !== null) await ended(editProject(scene.ctx(), { ref: "shop", publicUrl }));
  const runs = await scene.store.db.contractRun.count();
  return { scene, check: () => ended(checkPublicAddress(scene.ctx(), { ref: "shop" })), newRuns: async () => (await scene.store.db.contractRun.count()) - runs };
}

test("a public URL that leads to the project passes, and the project's own proof is left as it is", async () => {
  const { scene, check, newRuns } = await projectUnder("http://shop.example.com:8100");
  expect((await check()).status).toBe("done");
  expect([await newRuns(), (await scene.project("shop"))?.state]).toEqual([0, "ready"]);
});

test("one that leads elsewhere fails with the requests that were not answered, and the project stays ready", async () => {
  const { scene, check, newRuns } = await projectUnder("http://shop.example.com:9999");
  const { status, errorJson } = await check();
  expect([status, JSON.parse(errorJson ?? "{}")]).toEqual(["failed", expect.objectContaining({ code: "public-check-failed", sentence: expect.stringContaining("No request through http://shop.example.com:9999"), evidence: expect.arrayContaining([expect.stringContaining("expected")]) })]);
  expect([await newRuns(), (await scene.project("shop"))?.state]).toEqual([0, "ready"]);
});

test("without a public URL of its own there is nothing to check", async () => {
  const { scene } = await projectUnder(null);
  await expect(checkPublicAddress(scene.ctx(), { ref: "shop" })).rejects.toThrow("no public URL of its own");
});
