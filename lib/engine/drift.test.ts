import { describe, expect, it } from "vitest";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput } from "@/lib/stack/sample-input.fixture";
import { findDrift } from "./drift";
import { fingerprintService, fingerprintStack } from "./fingerprint";
import { FakeEngine } from "./fake-engine";
import { apply, contextFor, hash, imageRefs, instanceId, projectId } from "./fake/scenario.fixture";
import { createFakeWorld, type FakeContainer, type FakeWorld } from "./fake/world";
import { LABEL } from "./observed";

const desired = buildDesiredStack(sampleInput);
const wish = { ...fingerprintStack(desired, hash), services: desired.services.map((service) => ({ ...fingerprintService(service, hash), environment: service.environment })) };

async function running(): Promise<FakeWorld> {
  const world = createFakeWorld();
  await apply(world, desired);
  return world;
}

function container(world: FakeWorld, service: string): FakeContainer {
  const found = world.containers.find((candidate) => candidate.labels[LABEL.service] === service);
  if (found === undefined) throw new Error(`There is no container of ${service}.`);
  return found;
}

async function driftOf(world: FakeWorld, environments = {}) {
  const observed = await new FakeEngine(world).observe({ instanceId, projectId, imageRefs: imageRefs(desired) });
  return findDrift({ wish, observed, context: contextFor("run"), environments }).map(({ service, kind }) => `${service}: ${kind}`);
}

describe("drift", () => {
  it("is not found on a stack that was just applied", async () => {
    expect(await driftOf(await running())).toEqual([]);
  });

  it("names a container that is gone, stopped, frozen, dead, or keeps failing", async () => {
    const world = await running();
    world.containers = world.containers.filter((candidate) => candidate !== container(world, "meta"));
    Object.assign(container(world, "rest"), { state: "exited", exitCode: 137 });
    Object.assign(container(world, "auth"), { state: "paused" });
    Object.assign(container(world, "realtime"), { state: "dead" });
    Object.assign(container(world, "storage"), { health: "unhealthy" });
    Object.assign(container(world, "studio"), { state: "restarting", exitCode: 1 });
    expect(await driftOf(world)).toEqual(["auth: stopped", "rest: stopped", "realtime: stopped", "storage: unhealthy", "meta: missing", "studio: unhealthy"]);
  });

  it("names an image, a setting and an environment that were changed by hand", async () => {
    const world = await running();
    container(world, "auth").imageId = "sha256:other";
    container(world, "rest").labels[LABEL.specHash] = "v1:other";
    const imgproxy = container(world, "imgproxy");
    const environments = { [imgproxy.id]: { ...imgproxy.environment, IMGPROXY_USE_ETAG: "false", ADDED_BY_IMAGE: "x" } };
    expect(await driftOf(world, environments)).toEqual(["auth: image-changed", "rest: spec-changed", "imgproxy: environment-changed"]);
  });

  it("names a port that was opened by hand, whatever the labels say, and reconciling closes it", async () => {
    const world = await running();
    container(world, "db").ports.push({ containerPort: 5432, hostIp: "0.0.0.0", hostPort: 25432 });
    const [gatewayPort] = container(world, "api-gw").ports;
    if (gatewayPort !== undefined) gatewayPort.hostIp = "0.0.0.0";
    expect(await driftOf(world)).toEqual(["db: ports-changed", "api-gw: ports-changed"]);
    await apply(world, desired);
    expect(await driftOf(world)).toEqual([]);
    expect(container(world, "db").ports).toEqual([]);
  });

  it("does not look at the ports of a container that does not run: the engine names none then", async () => {
    const world = await running();
    Object.assign(container(world, "api-gw"), { state: "exited", exitCode: 0 });
    expect(await driftOf(world)).toEqual(["api-gw: stopped"]);
  });

  it("says which variables changed, and none of their values", async () => {
    const world = await running();
    const auth = container(world, "auth");
    const observed = await new FakeEngine(world).observe({ instanceId, projectId, imageRefs: imageRefs(desired) });
    const environments = { [auth.id]: { ...auth.environment, GOTRUE_JWT_SECRET: "planted-by-hand" } };
    const [drift] = findDrift({ wish, observed, context: contextFor("run"), environments });
    expect(drift?.sentence).toContain("GOTRUE_JWT_SECRET");
    expect(drift?.sentence).not.toContain("planted-by-hand");
    expect(drift?.sentence).not.toContain(auth.environment["GOTRUE_JWT_SECRET"]);
  });

  it("names a network or a volume that is gone, and a container that nobody asked for", async () => {
    const world = await running();
    world.volumes = world.volumes.filter((volume) => !volume.name.endsWith("-storage"));
    container(world, "auth").labels[LABEL.service] = "someone";
    expect(await driftOf(world)).toEqual(["volume: volume-missing", "auth: missing", "someone: unexpected"]);
    world.networks = [];
    expect(await driftOf(world)).toContain("network: network-missing");
  });

  it("does not count what a one-off run leaves behind", async () => {
    const world = await running();
    world.containers.push({ ...structuredClone(container(world, "db")), id: "one-off", name: "one-off", state: "exited", labels: { ...container(world, "db").labels, [LABEL.role]: "one-off" } });
    expect(await driftOf(world)).toEqual([]);
  });

  it("is found from hashes alone: the fingerprint of a stack holds none of its secrets", () => {
    const text = JSON.stringify(fingerprintStack(desired, hash));
    // The user name of the dashboard is the word that stands in every image's name.
    const { dashboardUsername: _, ...secrets } = sampleInput.secrets;
    const values = Object.values(secrets).flatMap((secret) => (secret === null ? [] : [secret.reveal()]));
    expect(values.length).toBeGreaterThan(5);
    expect(values.filter((value) => text.includes(value))).toEqual([]);
  });
});
