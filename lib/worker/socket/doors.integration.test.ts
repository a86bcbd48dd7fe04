import { expect, test } from "vitest";
import { allDoorsResponse, doorsResponse } from "@/lib/access/doors-protocol";
import { LABEL } from "@/lib/engine/observed";
import type { FakeContainer } from "@/lib/engine/fake/world";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { sampleInput } from "@/lib/stack/sample-input.fixture";
import type { ServiceName } from "@/lib/stack/desired";
import { openSocketScene } from "./socket-scene.fixture";

type Scene = Awaited<ReturnType<typeof openSocketScene>>;

/** Runs a service of the project, or somebody else's container on its network, with ports as given. */
async function run(scene: Scene, name: ServiceName, ports: FakeContainer["ports"], isForeign = false): Promise<FakeContainer> {
  const service = buildDesiredStack(sampleInput).services.find((one) => one.name === name);
  if (service === undefined) throw new Error(`The sample stack has no ${name} service.`);
  const labels = { [LABEL.instance]: scene.instanceId, [LABEL.project]: scene.projectId };
  await scene.engine.pullImage(service.image, () => undefined);
  if (scene.world.networks.length === 0) await scene.engine.createNetwork({ name: "net", subnet: "10.200.0.0/26", labels });
  const own = isForeign ? {} : { ...labels, [LABEL.service]: name };
  const id = await scene.engine.createContainer({ name: isForeign ? `their-${name}` : name, imageRef: service.image, labels: own, networkName: "net", service: { ...service, publishedPorts: ports }, volumeNames: Object.fromEntries(service.mounts.map(({ volume }) => [volume, volume])) });
  await scene.engine.startContainer(id);
  const container = scene.world.containers.find((one) => one.id === id);
  if (container === undefined) throw new Error("The container was not made.");
  return container;
}

async function gatewayPort(scene: Scene): Promise<number> {
  return (await scene.store.db.portAllocation.findFirstOrThrow({ where: { projectId: scene.projectId, purpose: "gateway" } })).port;
}

const doorsOf = async (scene: Scene) => doorsResponse.parse((await scene.ask("GET", "/doors", { claim: await scene.session("none", "viewer"), query: { ref: "shop" } })).json);

test("whoever sees a project sees its doors: what the settings ask for, what was opened by hand, and what others put on its network", async () => {
  const scene = await openSocketScene();
  const gateway = await gatewayPort(scene);
  await run(scene, "api-gw", [{ containerPort: 8000, hostIp: "127.0.0.1", hostPort: gateway }]);
  await run(scene, "db", [{ containerPort: 5432, hostIp: "0.0.0.0", hostPort: 25432 }]);
  await run(scene, "studio", [{ containerPort: 3000, hostIp: "127.0.0.1", hostPort: 23000 }], true);
  scene.probed.set("192.168.1.5 25432", true);
  const { doors, hostAddresses, state, isChanging } = await doorsOf(scene);
  expect({ hostAddresses, state, isChanging }).toEqual({ hostAddresses: ["192.168.1.5"], state: "ready", isChanging: false });
  expect(doors.map((door) => [door.container, door.reach, door.isExpected, door.answers, door.severity, door.fix?.kind])).toEqual([
    ["db", "everyone", false, true, "danger", "reconcile"],
    ["their-studio", "loopback", false, null, "warn", "by-hand"],
    ["api-gw", "loopback", true, null, "ok", undefined],
  ]);
});

test("a paused project has no doors, and one on which an operation is at work says so", async () => {
  const scene = await openSocketScene();
  const container = await run(scene, "api-gw", [{ containerPort: 8000, hostIp: "127.0.0.1", hostPort: await gatewayPort(scene) }]);
  await scene.engine.stopContainer(container.id, { graceMs: 1 });
  await scene.store.db.operation.create({ data: { id: "o1", kind: "project.pause", projectId: scene.projectId, inputJson: "{}", status: "running", priority: 1, runAfter: scene.clock.now, attempt: 1, maxAttempts: 5, actorJson: "{}", createdAt: scene.clock.now } });
  expect(await doorsOf(scene)).toMatchObject({ doors: [], isChanging: true });
});

test("the doors of every project are for owners alone, and one whose settings cannot be read does not hide the others", async () => {
  const scene = await openSocketScene();
  const otherId = await scene.addProject("blog");
  await run(scene, "api-gw", [{ containerPort: 8000, hostIp: "127.0.0.1", hostPort: await gatewayPort(scene) }]);
  await scene.store.db.project.update({ where: { id: otherId }, data: { settingsJson: "{}" } });
  for (const role of ["none", "viewer", "operator", "admin"] as const) expect((await scene.ask("GET", "/all-doors", { claim: await scene.session(role) })).status).toBe(403);
  const { projects } = allDoorsResponse.parse((await scene.ask("GET", "/all-doors", { claim: await scene.session("owner") })).json);
  expect(projects.map(({ ref, settings, doors }) => [ref, settings === null, doors.length])).toEqual([["blog", true, 0], ["shop", false, 1]]);
});

test("what the edge holds is named with the project whose address it is, and with the installation where it is for all", async () => {
  const scene = await openSocketScene();
  const port = await gatewayPort(scene);
  await scene.store.db.portAllocation.create({ data: { id: "inner", hostId: "local", port: 27_001, purpose: "gateway-inner", projectId: scene.projectId } });
  await run(scene, "api-gw", [{ containerPort: 8000, hostIp: "127.0.0.1", hostPort: 27_001 }]);
  Object.assign(scene.edgeWorld, { state: "running", document: { admin: {}, logging: {}, apps: { http: { servers: { own: { listen: [`127.0.0.1:${port}`] }, http: { listen: [":80"] }, stray: { listen: ["0.0.0.0:9999"] } } } } } });
  scene.probed.set(`127.0.0.1 ${port}`, true);
  const places = (doors: readonly { title: string; port: number; isExpected: boolean; answers: boolean | null }[]) => doors.map((door) => [door.title, door.port, door.isExpected, door.answers]);
  expect(places((await doorsOf(scene)).doors)).toEqual([["API gateway, through the edge", port, true, true], ["API gateway", 27_001, true, null]].sort((a, b) => Number(a[1]) - Number(b[1])));
  const { installation } = allDoorsResponse.parse((await scene.ask("GET", "/all-doors", { claim: await scene.session("owner") })).json);
  expect(places(installation)).toEqual([["Edge", 9999, false, null], ["Domains, HTTP", 80, true, null]]);
  scene.edgeWorld.state = "stopped";
  expect((await doorsOf(scene)).doors).toHaveLength(1);
});

test("an engine that does not answer is told as that, not as a project without doors", async () => {
  const scene = await openSocketScene();
  scene.world.isReachable = false;
  expect((await scene.ask("GET", "/doors", { claim: await scene.session("owner"), query: { ref: "shop" } })).status).toBe(503);
});
