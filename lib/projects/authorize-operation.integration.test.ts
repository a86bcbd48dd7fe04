import { afterEach, beforeEach, expect, it } from "vitest";
import { toActorRef } from "@/lib/access/actor-ref";
import { openScene as openAccess, type Scene as AccessScene } from "@/lib/access/people.fixture";
import type { OperationKind } from "@/lib/operations/types";
import { authorizeOperationActor } from "./authorize-operation";

let scene: AccessScene;
beforeEach(async () => void (scene = await openAccess()));
afterEach(() => scene.close());

async function wish(role: "owner" | "admin" | "operator" | "viewer") {
  const userId = await scene.addPerson(`${role} person`, role);
  const ctx = await scene.signedIn(userId);
  const createdAt = scene.clock.now;
  return { userId, judge: (kind: OperationKind, projectId: string | null) => authorizeOperationActor(scene.store)(toActorRef(ctx.actor), { kind, projectId, createdAt }) };
}

it("the worker refuses what the role of today does not allow, whatever the store says", async () => {
  const projectId = await scene.addProject("shop");
  const operator = await wish("operator");
  await operator.judge("project.pause", projectId);
  await expect(operator.judge("project.delete", projectId)).rejects.toMatchObject({ code: "forbidden" });
  await scene.store.db.user.update({ where: { id: operator.userId }, data: { installationRole: "none" } });
  await expect(operator.judge("project.pause", projectId)).rejects.toMatchObject({ code: "not-found" });
  await scene.store.db.user.update({ where: { id: operator.userId }, data: { removedAt: scene.clock.now } });
  await expect(operator.judge("project.pause", projectId)).rejects.toMatchObject({ code: "forbidden", publicMessage: "operator person has no access any more, so this was not carried out." });
});

it("a password that was fresh when the wish was made counts, however long the wish waits", async () => {
  const projectId = await scene.addProject("shop");
  const admin = await wish("admin");
  scene.advance(3_600_000);
  await admin.judge("project.delete", projectId);
  const stale = { ...admin, judge: (await wish("owner")).judge };
  await stale.judge("project.purge", projectId);
});

it("only owners purge, but who may retry may clean up a creation that was never ready", async () => {
  const projectId = await scene.addProject("shop");
  await scene.store.db.project.update({ where: { id: projectId }, data: { readyAt: scene.clock.now } });
  const operator = await wish("operator");
  await expect(operator.judge("project.purge", projectId)).rejects.toMatchObject({ code: "forbidden" });
  await scene.store.db.project.update({ where: { id: projectId }, data: { readyAt: null } });
  await operator.judge("project.purge", projectId);
  await expect((await wish("viewer")).judge("project.purge", projectId)).rejects.toMatchObject({ code: "forbidden" });
});

it("creating needs the role in the installation, and a project that is gone leaves nothing to do", async () => {
  const projectId = await scene.addProject("shop");
  await (await wish("operator")).judge("project.create", projectId);
  await expect((await wish("viewer")).judge("project.create", projectId)).rejects.toMatchObject({ code: "forbidden" });
  await expect((await wish("admin")).judge("project.pause", "gone")).rejects.toMatchObject({ code: "not-found" });
});
