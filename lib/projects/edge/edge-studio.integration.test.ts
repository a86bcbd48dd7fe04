import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openScene, type Scene } from "@/lib/access/people.fixture";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings } from "@/lib/gateway/route-model";
import { renderEdge } from "@/lib/gateway/edge";
import { parseSettings } from "../settings-schema";
import { writeSetting } from "../installation";
import { edgeSettingKey } from "./edge-setting";
import { loadEdgeInput } from "./load-edge-input";

let scene: Scene;
const door = { upstream: "127.0.0.1:3000", proof: "p".repeat(64) };
const noKeys = { read: () => Promise.reject(new Error("No key.")), keep: () => Promise.reject(new Error("No key.")) };
const loadInput = (panel: typeof door | null = door) => loadEdgeInput(scene.store.db, noKeys, { instanceId: "studiotest", panel });
const load = async (panel: typeof door | null = door) => (await loadInput(panel))?.projects ?? [];

beforeEach(async () => {
  scene = await openScene();
  await writeSetting(scene.store.db, edgeSettingKey, { isOn: true, acme: null }, scene.clock.now);
});
afterEach(() => scene.close());

/** A project behind the edge, with Studio unless its settings say otherwise. */
async function addProject(ref: string, parts: object = {}): Promise<string> {
  const id = await scene.addProject(ref);
  const { settingsJson } = await scene.store.db.project.findUniqueOrThrow({ where: { id } });
  await scene.store.db.project.update({ where: { id }, data: { settingsJson: JSON.stringify({ ...parseSettings(settingsJson), services: ["db", "api-gw", "rest", "meta", "studio"], ...parts }) } });
  await scene.store.db.portAllocation.create({ data: { id: `inner-${ref}`, hostId: "local", port: 27_100 + (await scene.store.db.portAllocation.count()), purpose: "gateway-inner", projectId: id } });
  return id;
}

/** Makes these settings one more revision, and the wished one where that is said. */
async function addRevision(projectId: string, number: number, settings: GatewaySettings, isWished: boolean): Promise<void> {
  await scene.store.db.gatewayRevision.create({ data: { id: `${projectId}-${number}`, projectId, number, state: "in-force", settingsJson: JSON.stringify(settings), summaryJson: "[]", authorJson: "{}", createdAt: scene.clock.now } });
  if (isWished) await scene.store.db.project.update({ where: { id: projectId }, data: { gatewayRevision: number } });
}

const withRoute = (path: string): GatewaySettings => ({ ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute({ match: { path: { kind: "prefix", value: path }, methods: [], headers: [] } })] });

describe("what stands before Studio", () => {
  it("is the question to the panel, with the proof that it is the edge which asks", async () => {
    await addProject("shop");
    expect((await load())[0]?.studio).toMatchObject({
      isOnApiNames: true, isOnLocalAddress: true, allowedNetworks: null,
      forwardAuth: { upstream: door.upstream, path: "/api/edge/studio", headers: { "x-basehold-edge": door.proof }, copyHeaders: [{ from: "x-basehold-studio-authorization", to: "authorization" }], letsBasicAuthPass: true },
    });
  });

  it("is the gateway's password alone where the edge does not reach the panel, and nothing where there is no Studio", async () => {
    await addProject("shop");
    expect((await load(null))[0]?.studio).toMatchObject({ forwardAuth: null });
    await addProject("api", { services: ["db", "api-gw", "rest"] });
    expect((await load()).map(({ studio }) => studio !== null).sort()).toEqual([false, true]);
  });

  it("is what the project's settings say of networks and addresses", async () => {
    await addProject("shop", { studio: { allowedNetworks: ["10.0.0.0/8"], isOnApiNames: false, isOnLocalAddress: true } });
    expect((await load())[0]?.studio).toMatchObject({ allowedNetworks: ["10.0.0.0/8"], isOnApiNames: false, isOnLocalAddress: true });
  });

  it("leaves out the routes of the wished revision: each project's own, and of no other revision", async () => {
    const [shop, other] = [await addProject("shop"), await addProject("other")];
    await addRevision(shop, 1, withRoute("/old/"), false);
    await addRevision(shop, 2, withRoute("/hooks/"), true);
    await addRevision(other, 1, withRoute("/others/"), true);
    await addRevision(other, 2, withRoute("/later/"), false);
    const pathsOf = new Map((await load()).map(({ projectId, studio }) => [projectId, [...(studio?.apiRoutes ?? []), ...(studio?.ownApiRoutes ?? [])].map(({ path }) => path)]));
    expect(pathsOf.get(shop)).toEqual(expect.arrayContaining(["/hooks/", "/rest/v1/"]));
    expect(pathsOf.get(other)).toEqual(expect.arrayContaining(["/others/", "/rest/v1/"]));
    for (const path of ["/old/", "/others/", "/later/"]) expect(pathsOf.get(shop)).not.toContain(path);
    for (const path of ["/hooks/", "/later/"]) expect(pathsOf.get(other)).not.toContain(path);
  });

  it("takes another revision's own routes without a load of the edge", async () => {
    const shop = await addProject("shop");
    await addRevision(shop, 1, withRoute("/old/"), true);
    const render = async () => {
      const input = await loadInput();
      if (input === null) throw new Error("There is no edge.");
      return renderEdge(input);
    };
    const before = await render();
    await addRevision(shop, 2, withRoute("/hooks/"), true);
    const after = await render();
    expect(after.document).toEqual(before.document);
    expect([before, after].map(({ liveFiles }) => Object.entries(liveFiles).find(([path]) => path.endsWith(`/paths/${shop}`))?.[1])).toEqual([expect.stringContaining("/old/"), expect.stringContaining("/hooks/")]);
  });

  it("is the release's own routes where a revision cannot be read", async () => {
    const shop = await addProject("shop");
    await addRevision(shop, 1, { ...defaultGatewaySettings, ownRoutes: "?" } as unknown as GatewaySettings, true);
    expect((await load())[0]?.studio?.apiRoutes.map(({ path }) => path)).toContain("/rest/v1/");
  });
});
