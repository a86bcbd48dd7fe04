import { afterEach, beforeEach, expect, it } from "vitest";
import { createProject } from "./create-project";
import { listProjects } from "./list-projects";
import { openScene, type Scene } from "./scene.fixture";

let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

it.each(["{", "{}", "null", '{"services":["none"]}'])("a row whose settings are %s is marked, and takes no other row with it", async (settingsJson) => {
  await createProject(scene.ctx(), { displayName: "Broken" });
  await createProject(scene.ctx(), { displayName: "Whole" });
  await scene.store.db.project.updateMany({ data: { state: "ready" } });
  await scene.store.db.project.update({ where: { ref: "broken" }, data: { settingsJson } });

  const { items } = await listProjects(scene.ctx());

  expect(items.map(({ ref }) => ref)).toEqual(["broken", "whole"]);
  expect(items[0]).toMatchObject({ state: "unknown", stateReason: expect.stringContaining("settings") as string, apiUrl: "" });
  expect(items[1]).toMatchObject({ state: "ready", apiUrl: expect.stringMatching(/^http/) as string });
});
