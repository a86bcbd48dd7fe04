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

it("what was written a moment ago is in the next list", async () => {
  await createProject(scene.ctx(), { displayName: "First" });
  expect((await listProjects(scene.ctx())).items).toHaveLength(1);
  await createProject(scene.ctx(), { displayName: "Second" });
  expect((await listProjects(scene.ctx())).items).toHaveLength(2);
  await scene.store.db.project.update({ where: { ref: "first" }, data: { displayName: "Renamed" } });
  expect((await listProjects(scene.ctx())).items.map(({ displayName }) => displayName)).toEqual(["Renamed", "Second"]);
});

it("the newest contract run decides, whatever the earlier ones said", async () => {
  const { projectId } = await createProject(scene.ctx(), { displayName: "Judged" });
  const run = (minute: number, isPassed: boolean) => scene.store.db.contractRun.create({ data: { id: `run${minute}`, projectId, at: new Date(Date.UTC(2026, 0, 1, 0, minute)), isPassed, resultsJson: "[]" } });
  await scene.store.db.project.updateMany({ data: { state: "ready" } });
  await scene.store.db.operation.updateMany({ data: { status: "done" } });
  await scene.store.db.observedSnapshot.create({ data: { projectId, takenAt: scene.ctx().now(), servicesJson: "[]", driftJson: "[]" } });
  const stateAfter = async (minute: number, isPassed: boolean) => {
    await run(minute, isPassed);
    return (await listProjects(scene.ctx())).items[0]?.state;
  };
  expect(await stateAfter(1, false)).toBe("degraded");
  expect(await stateAfter(2, true)).toBe("ready");
  expect(await stateAfter(3, false)).toBe("degraded");
});

it("memory is the sum of what runs, and unknown while a running service was not measured yet", async () => {
  const { projectId } = await createProject(scene.ctx(), { displayName: "Measured" });
  const service = (name: string, state: string, memoryBytes: number | null) => ({ service: name, state, image: "x", version: "1", containerId: null, startedAt: null, standIn: null, memoryBytes, memoryLimitBytes: null, cpuCores: null });
  const memoryOf = async (services: unknown[]) => {
    const data = { takenAt: scene.ctx().now(), servicesJson: JSON.stringify(services), driftJson: "[]" };
    await scene.store.db.observedSnapshot.upsert({ where: { projectId }, create: { projectId, ...data }, update: data });
    return (await listProjects(scene.ctx())).items[0]?.memoryBytes;
  };
  expect(await memoryOf([service("db", "healthy", 100), service("auth", "healthy", 20), service("imgproxy", "stopped", null)])).toBe(120);
  expect(await memoryOf([service("db", "healthy", 100), service("auth", "starting", null)])).toBeNull();
  expect(await memoryOf([service("db", "stopped", null)])).toBeNull();
});
