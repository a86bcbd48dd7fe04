import { expect, test } from "vitest";
import { ConflictError } from "@/lib/access/errors";
import { onPostgres } from "@/lib/adapters/store/two-stores.fixture";
import { createProject } from "./create-project";
import { deleteProject, undoDeleteProject } from "./delete-project";
import { editProject } from "./edit-project";
import { listActivity } from "./list-activity";
import { pauseProject } from "./pause-project";
import { resumeProject } from "./resume-project";
import { openScene } from "./scene.fixture";

/** A project's life with its store in PostgreSQL, on the fake engine. */

const on = onPostgres(openScene);

const wish = { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "supavisor"] } satisfies Parameters<typeof createProject>[1];
const contextOf = (index: number) => (index % 2 === 0 ? on.scene.ctx() : { ...on.scene.ctx(), store: on.another });

test("projects that are wished for at once, by two processes, get a reference, ports and a subnet of their own", async () => {
  const made = await Promise.all(Array.from({ length: 8 }, (_, index) => createProject(contextOf(index), wish)));
  expect(new Set(made.map(({ ref }) => ref)).size).toBe(8);
  const ports = await on.scene.store.db.portAllocation.findMany();
  expect([ports.length, new Set(ports.map(({ port }) => port)).size]).toEqual([24, 24]);
  const subnets = await on.scene.store.db.subnetAllocation.findMany();
  expect([subnets.length, new Set(subnets.map(({ subnet }) => subnet)).size]).toEqual([8, 8]);
  expect(await on.scene.store.db.auditEntry.count({ where: { action: "project.create" } })).toBe(8);
});

test("of two that wish for the same reference at once, the second one is told which field is taken", async () => {
  const results = await Promise.allSettled([0, 1].map((index) => createProject(contextOf(index), { ...wish, ref: "shop" })));
  const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  expect(refusals).toEqual([expect.any(ConflictError)]);
  expect(refusals[0]).toMatchObject({ code: "ref-taken" });
  expect(await on.scene.store.db.operation.count()).toBe(1);
});

test("a project is created, paused, resumed, edited, deleted and brought back", async () => {
  on.scene.startWorker();
  const done = async (begun: Promise<{ operationId: string | null }>) => {
    const { operationId } = await begun;
    expect(operationId === null ? null : await on.scene.ended(operationId)).toMatchObject({ status: "done", errorJson: null });
  };
  await done(createProject(on.scene.ctx(), wish));
  await done(pauseProject(on.scene.ctx(), { ref: "shop" }));
  await done(resumeProject(on.scene.ctx(), { ref: "shop" }));
  await done(editProject(on.scene.ctx(), { ref: "shop", siteUrl: "https://shop.example.com" }));
  await done(deleteProject(on.scene.ctx(), { ref: "shop", confirmName: "shop" }));
  await done(undoDeleteProject(on.scene.ctx(), { ref: "shop" }));
  expect(await on.scene.project("shop")).toMatchObject({ state: "ready", deletedAt: null });
  expect((await listActivity(on.scene.ctx(), { projectRef: "shop" })).items.length).toBeGreaterThanOrEqual(6);
});
