import { afterEach, beforeEach, expect, it } from "vitest";
import type { Actor } from "@/lib/access/actor";
import { LABEL } from "@/lib/engine/observed";
import { externalUpstream, pathOf, sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "./create-project";
import { duplicateProject } from "./duplicate-project";
import { getGateway } from "./gateway/get-gateway";
import { getProject } from "./get-project";
import { openScene, systemActor, type Scene } from "./scene.fixture";

const hooks = sampleOwnRoute();
const intoLan = sampleOwnRoute({ id: "own-lan", name: "LAN", match: pathOf("prefix", "/lan/"), upstream: externalUpstream("https://192.168.1.9") });
const mcp: GatewaySettings["mcp"] = { isOpen: true, ipAllow: ["10.0.0.7"], expiresAt: "2026-08-01T00:00:00.000Z", requiresServiceKey: true };
const inForce: GatewaySettings = { version: 1, ownRoutes: [hooks, intoLan], builtInOverrides: {}, mcp, allowedUpstreamNetworks: ["192.168.1.0/24"] };

let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

const person = (role: "operator" | "owner"): Actor => ({ kind: "user", userId: role, sessionId: "s", name: role, email: `${role}@example.com`, installationRole: role, projectRoles: {}, passwordProvedAt: scene.clock.now(), ip: null });
const duplicateAs = (actor: Actor) => duplicateProject(scene.ctx(actor), { ref: "shop", displayName: "Copy" });
const gatewayOf = (ref: string) => getGateway(scene.ctx(), { ref });

/** A ready project, served by Kong, with these routes in force. */
async function createWith(settings: GatewaySettings): Promise<void> {
  const { projectId } = await createProject(scene.ctx(), { displayName: "Shop", ref: "shop", services: ["db", "api-gw", "auth", "rest", "functions"] });
  await scene.store.db.operation.updateMany({ data: { status: "done", finishedAt: scene.clock.now() } });
  await scene.store.db.gatewayRevision.create({ data: { id: "revision", projectId, number: 1, state: "in-force", settingsJson: JSON.stringify(settings), summaryJson: "[]", authorJson: "{}", createdAt: scene.clock.now() } });
  await scene.store.db.project.update({ where: { id: projectId }, data: { state: "ready", readyAt: scene.clock.now(), gatewayRevision: 1, gatewayKind: "kong" } });
}

it("the gateway comes along, and the routes in force as a draft: nothing of them is served unseen, and MCP is closed", async () => {
  await createWith(inForce);
  const copy = await duplicateAs(person("owner"));
  expect(await getProject(scene.ctx(), copy.ref)).toMatchObject({ gateway: "kong", gatewayBeside: null });
  const { settings, draft } = await gatewayOf(copy.ref);
  expect(settings).toEqual(defaultGatewaySettings);
  expect(draft).toMatchObject({ cause: "Routes of shop", settings: { ...inForce, mcp: { isOpen: false } } });
});

it("private networks, and routes that are nothing without them, stay behind for who may not open them", async () => {
  await createWith(inForce);
  const copy = await duplicateAs(person("operator"));
  expect((await gatewayOf(copy.ref)).draft?.settings).toEqual({ ...defaultGatewaySettings, ownRoutes: [hooks] });
});

it("there is no draft where nothing but the release's own routes comes along", async () => {
  await createWith({ ...defaultGatewaySettings, mcp });
  const copy = await duplicateAs(person("owner"));
  expect((await gatewayOf(copy.ref)).draft).toBeNull();
});

it("a copy of a project that Kong serves is created with Kong, from its first start on", async () => {
  await createWith(inForce);
  const worker = scene.startWorker();
  const copy = await duplicateAs(systemActor);
  expect((await scene.ended(copy.operationId)).status).toBe("done");
  await worker.stop();
  const gateways = scene.world.containers.filter(({ labels }) => labels[LABEL.project] === copy.projectId).map(({ labels }) => labels[LABEL.service]);
  expect(gateways).toContain("kong");
  expect(gateways).not.toContain("api-gw");
});
