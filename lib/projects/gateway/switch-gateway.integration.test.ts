import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { LABEL } from "@/lib/engine/observed";
import { sampleOwnRoute } from "@/lib/gateway/own-route.fixture";
import { defaultGatewaySettings, type GatewaySettings } from "@/lib/gateway/route-model";
import { createProject } from "../create-project";
import { pauseProject } from "../pause-project";
import { openScene, type Scene } from "../scene.fixture";
import { applyGatewayDraft } from "./apply-draft";
import { besideSchedule } from "./beside-schedule";
import { getGateway } from "./get-gateway";
import { saveGatewayDraft } from "./save-draft";
import { endGatewayBeside, previewGatewaySwitch, switchGateway } from "./switch-gateway";

const ref = "shop";
const external = sampleOwnRoute({ id: "own-external", upstream: { kind: "external", origin: "https://api.example.com", forwardsCredentials: false } });
const onlyForEnvoy = sampleOwnRoute({ id: "own-odd", match: { path: { kind: "regex", value: "/a/\\Qb.c\\E" }, methods: [], headers: [] }, rewrite: null });
let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
  onTestFinished(() => scene.close());
  scene.startWorker();
  await ended(createProject(scene.ctx(), { displayName: "Shop", ref, services: ["db", "api-gw", "auth", "rest", "functions"] }));
});

const ended = async (asked: Promise<{ operationId: string | null }>) => scene.ended((await asked).operationId ?? "");
const preview = () => previewGatewaySwitch(scene.ctx(), { ref });
const switchTo = async (to: "envoy" | "kong") => ended(switchGateway(scene.ctx(), { ref, to, acknowledged: (await preview()).report.differences.map(({ id }) => id) }));
const running = () => scene.world.containers.filter(({ state }) => state === "running").map(({ labels }) => labels[LABEL.service]).filter((service) => service === "api-gw" || service === "kong").sort();
const doors = () => Object.fromEntries(scene.world.containers.filter(({ ports }) => ports.length > 0).map(({ labels, ports }) => [labels[LABEL.service], ports.map(({ hostIp, hostPort }) => `${hostIp}:${hostPort}`)]));

async function apply(settings: GatewaySettings): Promise<string> {
  const { version } = await saveGatewayDraft(scene.ctx(), { ref, settings, version: null });
  return (await ended(applyGatewayDraft(scene.ctx(), { ref, version: version ?? "", acknowledged: (await getGateway(scene.ctx(), { ref })).draft?.warnings.map(({ id }) => id) ?? [] }))).status;
}

describe("a switch of the gateway", () => {
  test("asks once about what the other one does otherwise, and leaves the one that served on loopback for the way back", async () => {
    const fields = Object.fromEntries((await preview()).report.differences.map(({ id, title }) => [`acknowledged.${id}`, title]));
    await expect(switchGateway(scene.ctx(), { ref, to: "kong" })).rejects.toMatchObject({ code: "differences", fields });
    expect((await switchTo("kong")).status).toBe("done");
    expect(doors()).toMatchObject({ kong: ["127.0.0.1:8100"], "api-gw": [expect.stringMatching(/^127\.0\.0\.1:27\d{3}$/)] });
    expect(await preview()).toMatchObject({ serving: "kong", usual: "envoy", to: "envoy", beside: { kind: "envoy", state: "kept" } });
    expect((await switchTo("envoy")).status).toBe("done");
    expect(doors()).toMatchObject({ "api-gw": ["127.0.0.1:8100"], kong: [expect.stringMatching(/^127\.0\.0\.1:27\d{3}$/)] });
    // What the release has needs no choice of its own: the next release may have another.
    expect((await scene.project(ref))?.gatewayKind).toBeNull();
  });

  test("to the one that serves is refused", async () => {
    await expect(switchGateway(scene.ctx(), { ref, to: "envoy" })).rejects.toMatchObject({ code: "same-gateway" });
  });

  test("is refused while a route is there that the other one cannot express, by its name", async () => {
    expect(await apply({ ...defaultGatewaySettings, ownRoutes: [onlyForEnvoy] })).toBe("done");
    await expect(switchGateway(scene.ctx(), { ref, to: "kong" })).rejects.toMatchObject({ code: "not-equivalent", message: expect.stringContaining("own-odd") as string });
    expect((await preview()).whyNot).toContain("cannot express");
  });

  test("that was done refuses new routes that Kong cannot express, also while it is only kept", async () => {
    await switchTo("kong");
    const odd = async () => {
      const { version } = await saveGatewayDraft(scene.ctx(), { ref, settings: { ...defaultGatewaySettings, ownRoutes: [onlyForEnvoy] }, version: null });
      return applyGatewayDraft(scene.ctx(), { ref, version: version ?? "" });
    };
    await expect(odd()).rejects.toMatchObject({ code: "not-expressible", message: expect.stringContaining("own-odd") as string });
    await scene.store.db.gatewayDraft.deleteMany();
    await switchTo("envoy");
    await expect(odd()).rejects.toMatchObject({ code: "not-expressible", message: expect.stringContaining("end Kong first") as string });
  });

  test("with an external upstream needs an owner, because Kong looks names up by itself", async () => {
    expect(await apply({ ...defaultGatewaySettings, ownRoutes: [external] })).toBe("done");
    expect((await preview()).report.needsOwner).toBe(true);
  });

  test("reaches both gateways with what is changed afterwards", async () => {
    await switchTo("kong");
    expect(await apply({ ...defaultGatewaySettings, ownRoutes: [sampleOwnRoute()] })).toBe("done");
    const containing = scene.world.containers.filter(({ files }) => Object.values(files).some((content) => Buffer.from(content, "base64").toString().includes("own-hooks"))).map(({ labels }) => labels[LABEL.service]);
    expect(containing.sort()).toEqual(["api-gw", "kong"]);
  });

  test("keeps the other one for 24 hours, and not longer", async () => {
    await switchTo("kong");
    const slot = () => ({ schedule: besideSchedule, at: scene.clock.now(), now: scene.clock.now() });
    scene.clock.advance(23 * 3_600_000);
    await scene.store.transaction((tx) => besideSchedule.handle(tx, slot()));
    expect(running()).toEqual(["api-gw", "kong"]);
    scene.clock.advance(2 * 3_600_000);
    await scene.store.transaction((tx) => besideSchedule.handle(tx, slot()));
    const { id } = await scene.store.db.operation.findFirstOrThrow({ where: { kind: "gateway.end-beside" } });
    expect((await scene.ended(id)).status).toBe("done");
    expect(running()).toEqual(["kong"]);
    expect(await scene.store.db.portAllocation.count({ where: { purpose: "gateway-beside" } })).toBe(0);
  });

  test("whose time is over while the project is paused comes back without the other one", async () => {
    await switchTo("kong");
    await ended(pauseProject(scene.ctx(), { ref }));
    scene.clock.advance(25 * 3_600_000);
    await scene.store.transaction((tx) => besideSchedule.handle(tx, { schedule: besideSchedule, at: scene.clock.now(), now: scene.clock.now() }));
    expect(await preview()).toMatchObject({ serving: "kong", beside: null });
  });

  test("is ended by hand only where one is kept", async () => {
    await expect(endGatewayBeside(scene.ctx(), { ref })).rejects.toMatchObject({ code: "nothing-kept" });
    await switchTo("kong");
    expect((await ended(endGatewayBeside(scene.ctx(), { ref }))).status).toBe("done");
    expect(running()).toEqual(["kong"]);
  });
});
