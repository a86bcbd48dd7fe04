import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusedMcpRouteId } from "@/lib/gateway/key-use";
import { openMcpRouteId } from "@/lib/gateway/precedence";
import { defaultGatewaySettings, type GatewaySettings } from "@/lib/gateway/route-model";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { createProject } from "../create-project";
import { edgeSettingKey } from "../edge/edge-setting";
import { writeSetting } from "../installation";
import { openScene, type Scene } from "../scene.fixture";
import { applyGatewayDraft, restoreGatewayRevision } from "./apply-draft";
import { getGateway } from "./get-gateway";
import { getMcpUses } from "./get-mcp-uses";
import { saveGatewayDraft } from "./save-draft";

const ref = "shop";
const dayMs = 86_400_000;
let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

async function finish({ operationId }: { operationId: string }): Promise<void> {
  const worker = scene.startWorker();
  expect((await scene.ended(operationId)).status).toBe("done");
  await worker.stop();
}

const create = async () => finish(await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest", "functions", "meta", "studio"] }));
const openFor = (days: number, more: Partial<GatewaySettings> = {}): GatewaySettings => ({
  ...defaultGatewaySettings, ...more,
  mcp: { isOpen: true, ipAllow: ["203.0.113.7"], expiresAt: new Date(scene.clock.now().getTime() + days * dayMs).toISOString(), requiresServiceKey: true },
});
const save = async (settings: GatewaySettings) => saveGatewayDraft(scene.ctx(), { ref, settings, version: (await getGateway(scene.ctx(), { ref })).draft?.version ?? null });
const apply = async (settings: GatewaySettings) => finish(await applyGatewayDraft(scene.ctx(), { ref, version: (await save(settings)).version ?? "" }));

describe("an opening of MCP", () => {
  beforeEach(create);

  it("is refused by the name of the field where it has ended already, or ends in more than 90 days", async () => {
    await expect(save(openFor(-1))).rejects.toMatchObject({ fields: { "settings.mcp.expiresAt": "MCP: choose a time in the future, at which it closes again." } });
    await expect(save(openFor(91))).rejects.toMatchObject({ fields: { "settings.mcp.expiresAt": expect.stringContaining("within 90 days") as string } });
    await save(openFor(90));
  });

  it("that ended while it lay in a draft is not applied", async () => {
    const { version } = await save(openFor(1));
    scene.clock.advance(2 * dayMs);
    await expect(applyGatewayDraft(scene.ctx(), { ref, version: version ?? "" })).rejects.toMatchObject({ fields: { "settings.mcp.expiresAt": expect.any(String) as string } });
  });

  it("that ended in force keeps nobody from changing other routes, and does not come back with its revision", async () => {
    const opened = openFor(1);
    await apply(opened);
    scene.clock.advance(2 * dayMs);
    await apply({ ...opened, ownRoutes: [sampleOwnRoute()] });
    await restoreGatewayRevision(scene.ctx(), { ref, number: 1 });
    expect((await getGateway(scene.ctx(), { ref })).draft?.settings.mcp).toEqual({ isOpen: false });
  });
});

describe("who used MCP", () => {
  it("is told without those who were refused, whose number stands apart", async () => {
    await create();
    const projectId = (await scene.project(ref))?.id ?? "";
    const used = (routeId: string, network: string, count: number, daysAgo = 0) => {
      const at = new Date(scene.clock.now().getTime() - daysAgo * dayMs);
      return scene.store.db.keyUse.create({ data: { id: `${routeId}-${String(daysAgo)}`, projectId, hour: at, key: "none", routeId, network, userAgent: "curl/8", count, lastAt: at } });
    };
    await used(openMcpRouteId, "203.0.113.0/24", 3);
    await used(refusedMcpRouteId, "192.0.2.0/24", 12);
    await used(refusedMcpRouteId, "192.0.2.0/24", 4, 3);
    expect(await getMcpUses(scene.ctx(), { ref })).toMatchObject({ requestsLastDay: 3, requestsLastWeek: 3, refusedLastDay: 12, refusedLastWeek: 16, callers: [{ network: "203.0.113.0/24", requests: 3 }] });
  });
});

describe("the address that is offered for the machine itself", () => {
  it("is that of the project's bridge", async () => {
    await create();
    expect((await getGateway(scene.ctx(), { ref })).machineAddress).toMatch(/^10\.2\d\d\.0\.1$/);
  });

  it("is loopback behind the edge, which tells the gateway who asked it", async () => {
    await writeSetting(scene.store.db, edgeSettingKey, { isOn: true, acme: null }, scene.clock.now());
    await create();
    expect((await getGateway(scene.ctx(), { ref })).machineAddress).toBe("127.0.0.1");
  });
});
