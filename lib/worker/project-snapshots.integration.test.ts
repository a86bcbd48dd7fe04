import { expect, onTestFinished, test } from "vitest";
import { splitByProject } from "@/lib/engine/observed";
import { createProject } from "@/lib/projects/create-project";
import { instanceId, openScene, type Scene } from "@/lib/projects/scene.fixture";
import type { WorkflowTools } from "@/lib/projects/workflows/tools";
import { Secret } from "@/lib/stack/secret-value";
import { ProjectSnapshots } from "./project-snapshots";

/** Some ready projects, and tools that count what the snapshots cost. */
async function readyProjects(refs: readonly string[]) {
  const scene = await openScene();
  onTestFinished(() => scene.close());
  scene.startWorker();
  const ids: string[] = [];
  for (const ref of refs) {
    const { operationId } = await createProject(scene.ctx(), { displayName: ref, ref, services: ["db", "api-gw", "auth", "rest"] });
    expect((await scene.ended(operationId)).status).toBe("done");
    ids.push((await scene.project(ref))?.id ?? "");
  }
  const cost = { transactions: 0, opened: 0 };
  const meanwhile: { act: () => Promise<unknown> } = { act: () => Promise.resolve() };
  const tools = scene.tools();
  const counting: WorkflowTools = {
    ...tools,
    imageSource: async () => {
      await meanwhile.act();
      return tools.imageSource();
    },
    store: { ...tools.store, transaction: (fn) => { cost.transactions++; return tools.store.transaction(fn); } },
    secrets: { ...tools.secrets, readAll: (db, id) => { cost.opened++; return tools.secrets.readAll(db, id); } },
  };
  return { scene, ids, cost, meanwhile, tools, snapshots: new ProjectSnapshots(counting, { latest: () => new Map() }, { warn: () => undefined }) };
}

async function observe(scene: Scene, takenAtMs: number) {
  return { ...(await scene.tools().engine.observe({ instanceId, imageRefs: [] })), takenAtMs };
}

const never = new AbortController().signal;

test("the snapshots of all projects are written in one transaction, and an unchanged one still says when it was looked at", async () => {
  const { scene, ids, cost, snapshots } = await readyProjects(["one", "two", "three"]);
  await snapshots.take(ids, await observe(scene, 1_000), never);
  const [stopped] = scene.world.containers;
  if (stopped === undefined) throw new Error("Nothing runs.");
  stopped.state = "exited";
  cost.transactions = 0;
  const sights = await snapshots.take(ids, await observe(scene, 2_000), never);
  expect(cost.transactions).toBe(1);
  expect(sights.filter(({ isChanged, hasDrift }) => isChanged && hasDrift)).toHaveLength(1);
  const rows = await scene.store.db.observedSnapshot.findMany();
  expect(rows.map(({ takenAt }) => takenAt.getTime())).toEqual([2_000, 2_000, 2_000]);
  expect(rows.filter(({ driftJson }) => driftJson.includes('"stopped"'))).toHaveLength(1);
});

test("secrets are opened once for a wish, and again when its settings or one of its secrets change", async () => {
  const { scene, ids: [id = ""], cost, tools, snapshots } = await readyProjects(["one"]);
  const look = async () => (await snapshots.take([id], await observe(scene, 1_000), never))[0]?.hasDrift;
  expect([await look(), await look(), cost.opened]).toEqual([false, false, 1]);
  scene.clock.advance(1_000);
  await scene.store.transaction((tx) => tools.secrets.write(tx, id, "postgresPassword", new Secret("anotherPassword000001")));
  expect([await look(), cost.opened]).toEqual([true, 2]);
  await scene.store.db.project.update({ where: { id }, data: { revision: { increment: 1 } } });
  await look();
  expect(cost.opened).toBe(3);
});

test("a project that is removed while it is looked at, one that cannot be read, and an older look harm nobody else's snapshot", async () => {
  const { scene, ids, meanwhile, snapshots } = await readyProjects(["gone", "broken", "well"]);
  const [gone = "", broken = "", well = ""] = ids;
  await snapshots.take(ids, await observe(scene, 1_000), never);
  const observed = await observe(scene, 5_000);
  await scene.store.db.observedSnapshot.deleteMany();
  await scene.store.db.project.update({ where: { id: broken }, data: { settingsJson: "{" } });
  meanwhile.act = () => scene.store.db.project.deleteMany({ where: { id: gone } });
  expect((await snapshots.take(ids, observed, never)).map(({ project }) => project.ref).sort()).toEqual(["gone", "well"]);
  await snapshots.take([well], { ...observed, ...splitByProject({ ...observed, containers: [] })(well), takenAtMs: 4_000 }, never);
  const row = await scene.store.db.observedSnapshot.findUniqueOrThrow({ where: { projectId: well } });
  expect([row.takenAt.getTime(), row.servicesJson.includes("missing")]).toEqual([5_000, false]);
});
