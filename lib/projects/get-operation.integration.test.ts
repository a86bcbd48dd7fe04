import { afterEach, beforeEach, expect, it } from "vitest";
import type { Actor } from "@/lib/access/actor";
import { createProject } from "./create-project";
import { turnEdgeOn } from "./edge/turn-edge";
import { getOperation } from "./get-operation";
import { openScene, type Scene } from "./scene.fixture";
import { cancelOperation } from "./steer-operation";

let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

const person = (role: "viewer" | "owner"): Actor => ({ kind: "user", userId: role, sessionId: "s", name: role, email: `${role}@example.com`, installationRole: role, projectRoles: {}, passwordProvedAt: scene.clock.now(), ip: null });
const summaryFor = async (role: "viewer" | "owner", operationId: string) => (await getOperation(scene.ctx(person(role)), operationId)).summary;

it("an operation names what it is about to everybody who sees it, also after it was cancelled", async () => {
  const { operationId } = await createProject(scene.ctx(), { displayName: "Alpha" });
  await cancelOperation(scene.ctx(), { operationId });
  const { summary } = await scene.store.db.auditEntry.findFirstOrThrow({ where: { action: "project.create" } });
  expect(summary).toContain("alpha");
  expect([await summaryFor("owner", operationId), await summaryFor("viewer", operationId)]).toEqual([summary, summary]);
});

it("what was asked for of the whole installation is told to those alone who read its activity", async () => {
  const { operationId } = await turnEdgeOn(scene.ctx(person("owner")));
  expect([await summaryFor("owner", operationId), await summaryFor("viewer", operationId)]).toEqual([expect.stringMatching(/edge/i), null]);
});
