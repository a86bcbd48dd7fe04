import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeEngine } from "@/lib/engine/fake-engine";
import { imageOf } from "@/lib/engine/fake/world";
import { defaultRelease } from "@/lib/stack/releases";
import { createProject } from "./create-project";
import { edgeSettingKey } from "./edge/edge-setting";
import { createProjectInput, type CreateProjectInput } from "./inputs";
import { writeSetting } from "./installation";
import { runPreflight } from "./preflight";
import { openScene, type Scene } from "./scene.fixture";

let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

const gibibyte = 2 ** 30;
const look = (wish: Partial<CreateProjectInput> = {}) => runPreflight(scene.tools(), createProjectInput.parse({ displayName: "Shop", ...wish }), new AbortController().signal);
const stateOf = async (id: string, wish: Partial<CreateProjectInput> = {}) => (await look(wish)).preflight.find((item) => item.id === id);

function holdAllImages(): void {
  for (const { image } of defaultRelease.services) scene.world.images[image] = imageOf(image);
}

describe("a preflight", () => {
  it("changes nothing, in the store or on the engine", async () => {
    const before = structuredClone(scene.world);
    const preview = await look();
    expect(scene.world).toEqual(before);
    expect(await scene.store.db.project.count()).toBe(0);
    expect(preview).toMatchObject({ ref: "shop", ports: { gateway: 8100, database: null } });
  });

  it("previews the plan that a creation then carries out, without a secret in it", async () => {
    const { planText } = await look();
    for (const service of defaultRelease.services) expect(planText).toContain(service.name);
    expect(planText).not.toMatch(/sb_secret_|eyJ|PASSWORD/);
  });

  it("compares what is needed with what the engine's host has free", async () => {
    holdAllImages();
    expect(await stateOf("memory")).toMatchObject({ state: "ok" });
    expect(await stateOf("disk")).toMatchObject({ state: "ok" });
    scene.world.capacity = { memoryAvailableBytes: 0.1 * gibibyte, diskFreeBytes: 0.1 * gibibyte };
    expect(await stateOf("memory")).toMatchObject({ state: "warn", sentence: expect.stringContaining("of 0.1 GiB free memory") as unknown });
    expect(await stateOf("disk")).toMatchObject({ state: "stop", sentence: expect.stringContaining("of 0.1 GiB free disk") as unknown });
  });

  it("refuses services that cannot run together, and a release that is not there, by name", async () => {
    await expect(look({ services: [] })).rejects.toMatchObject({ status: 422, fields: { services: expect.any(String) as unknown } });
    await expect(look({ release: "v0.0.1" })).rejects.toMatchObject({ status: 422, fields: { release: expect.any(String) as unknown } });
  });

  it("says unknown where the host cannot be read: no image to look with, or no answer", async () => {
    expect([await stateOf("memory"), await stateOf("disk")]).toMatchObject([{ state: "unknown" }, { state: "unknown" }]);
    holdAllImages();
    scene.world.capacity = { memoryAvailableBytes: null, diskFreeBytes: null };
    expect([await stateOf("memory"), await stateOf("disk")]).toMatchObject([{ state: "unknown" }, { state: "unknown" }]);
  });

  it("needs less memory for fewer services and less disk once the images are there", async () => {
    const [all, few] = [await look(), await look({ services: ["db", "api-gw", "auth", "rest"] })];
    expect(few.memoryBytes).toBeLessThan(all.memoryBytes);
    holdAllImages();
    expect((await look()).diskBytes).toBeLessThan(all.diskBytes);
    expect(await stateOf("images")).toMatchObject({ sentence: `All ${new Set(defaultRelease.services.map((service) => service.image)).size} images are on the engine already.` });
  });

  it("shows the ports that it will end with, past those that another program holds, and stops at a chosen one that is held", async () => {
    scene.world.portsHeldByOthers.push(8100, 15432);
    expect(await stateOf("ports")).toMatchObject({ state: "ok", sentence: "Ports 8101, 15433, 16543 are free." });
    expect(await stateOf("ports", { gatewayPort: 8100 })).toMatchObject({ state: "stop", sentence: expect.stringContaining("Port 8100 is held by another program") as unknown });
  });

  it("stops at a port and at a reference of another project", async () => {
    await createProject(scene.ctx(), { displayName: "Other", gatewayPort: 8200 });
    expect(await stateOf("gateway-port", { gatewayPort: 8200 })).toMatchObject({ state: "stop" });
  });

  it("stops at a public port of the edge while it is on", async () => {
    const write = (isOn: boolean) => writeSetting(scene.store.db, edgeSettingKey, { isOn, acme: null, httpsPort: 8443 }, scene.clock.now());
    await write(false);
    expect(await stateOf("gateway-port", { gatewayPort: 8443 })).toBeUndefined();
    await write(true);
    expect(await stateOf("gateway-port", { gatewayPort: 8443 })).toMatchObject({ state: "stop", sentence: "Port 8443 belongs to the edge. Choose another one." });
  });

  it("stops at a reference that is taken, and offers a free one for a name that is", async () => {
    await createProject(scene.ctx(), { displayName: "Shop" });
    expect(await stateOf("ref", { ref: "shop" })).toMatchObject({ state: "stop" });
    expect((await look()).ref).toBe("shop-2");
  });

  it("warns of an address that others reach, and of sign-ups without mail", async () => {
    expect(await stateOf("exposure")).toBeUndefined();
    expect(await stateOf("exposure", { bindAddress: "0.0.0.0" })).toMatchObject({ state: "warn" });
    expect(await stateOf("mail")).toMatchObject({ state: "warn" });
  });

  it("says in a sentence that the engine does not answer, or is too old", async () => {
    scene.world.isReachable = false;
    expect(await stateOf("engine")).toEqual({ id: "engine", title: "Docker engine", state: "stop", sentence: "The engine does not answer." });
    scene.world.isReachable = true;
    const engine = new FakeEngine(scene.world, { faults: () => ({ kind: "fail", error: "too-old", detail: "Docker 18.09 speaks API 1.39; 1.41 is needed." }) });
    const preview = await runPreflight({ ...scene.tools(), engine }, createProjectInput.parse({ displayName: "Shop" }), new AbortController().signal);
    expect(preview.preflight).toMatchObject([{ state: "stop", sentence: "Docker 18.09 speaks API 1.39; 1.41 is needed." }]);
  });
});
