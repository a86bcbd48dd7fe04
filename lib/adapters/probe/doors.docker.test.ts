import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { LABEL } from "@/lib/engine/observed";
import { toDoorContainers } from "@/lib/projects/doors/door-container";
import { judgeDoors } from "@/lib/projects/doors/judge-doors";
import { probeTargets } from "@/lib/projects/doors/probe-targets";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { DockerEngine } from "../docker/docker-engine";
import { busyboxService, ensureTestImage, freeTestSubnet, removeAll, testDocker, testImage } from "../docker/testing.fixture";
import { readHostAddresses } from "../host/host-addresses";
import { probeDoors } from "./probe-doors";

const docker = testDocker();
const engine = new DockerEngine();
const [instanceId, projectId] = ["basehold-test-doors", "doors0000001"];
const labels = { [LABEL.instance]: instanceId, [LABEL.project]: projectId };
const networkName = "bh-test-doors-default";
const listening = ["sh", "-c", "while true; do nc -l -p 5432; done"];
/** What /proc/net/tcp says of a program that listens on port 5432. */
const isListening = /:1538 \S+ 0A /;
let byHand: string[] = [];
let ports = { asked: 0, opened: 0, foreign: 0 };

/** What a person does on the machine, past the panel. */
async function runByHand(name: string, own: Record<string, string>, hostIp: string, hostPort: number): Promise<void> {
  const container = await docker.createContainer({
    name, Image: testImage, Cmd: listening, Labels: own, ExposedPorts: { "5432/tcp": {}, "9000/tcp": {} },
    HostConfig: { NetworkMode: networkName, PortBindings: { "5432/tcp": [{ HostIp: hostIp, HostPort: String(hostPort) }] } },
  });
  byHand.push(container.id);
  await container.start();
}

beforeAll(async () => {
  await ensureTestImage(docker);
  await removeAll(docker, instanceId);
  ports = { asked: await freePort(), opened: await freePort(), foreign: await freePort() };
  await engine.createNetwork({ name: networkName, subnet: freeTestSubnet(), labels });
  const service = busyboxService({}, { name: "supavisor", command: listening, publishedPorts: [{ containerPort: 5432, hostIp: "127.0.0.1", hostPort: ports.asked }] });
  const id = await engine.createContainer({ name: "bh-test-doors-supavisor", imageRef: testImage, labels: { ...labels, [LABEL.service]: "supavisor" }, networkName, volumeNames: {}, service });
  await engine.startContainer(id);
  await runByHand("bh-test-doors-db", { ...labels, [LABEL.service]: "db" }, "0.0.0.0", ports.opened);
  await runByHand("bh-test-doors-socat", {}, "127.0.0.1", ports.foreign);
  // A container is started before its program listens. Trying the port would end the program's turn.
  for (const each of [id, ...byHand]) await vi.waitFor(async () => expect((await engine.exec(each, ["cat", "/proc/net/tcp", "/proc/net/tcp6"], { timeoutMs: 10_000 })).stdout).toMatch(isListening), { timeout: 20_000 });
});
afterAll(async () => {
  for (const id of byHand) await docker.getContainer(id).remove({ force: true, v: true }).catch(() => undefined);
  byHand = [];
  await removeAll(docker, instanceId);
});

it("a database opened to everyone by hand is found, tried from outside of loopback, and told apart from what the settings ask for", async () => {
  const observed = await engine.observe({ instanceId, projectId, imageRefs: [], readsMarkers: false, includesNeighbours: true });
  const hostAddresses = readHostAddresses();
  const containers = toDoorContainers(observed);
  const answers = await probeDoors(probeTargets(containers, hostAddresses), { networks: observed.networks.flatMap(({ subnet }) => subnet ?? []), signal: new AbortController().signal });
  const wished = [{ service: "supavisor" as const, containerPort: 5432, hostIp: "127.0.0.1", hostPort: ports.asked }];
  const doors = judgeDoors({ containers, wished, hostAddresses, answers });
  expect(doors.map((door) => [door.container, door.address, door.port, door.reach, door.isExpected, door.answers, door.severity, door.fix?.kind])).toEqual([
    ["bh-test-doors-db", "0.0.0.0", ports.opened, "everyone", false, hostAddresses.length > 0 ? true : null, "danger", "reconcile"],
    ["bh-test-doors-socat", "127.0.0.1", ports.foreign, "loopback", false, hostAddresses.length > 0 ? true : null, "warn", "by-hand"],
    ["bh-test-doors-supavisor", "127.0.0.1", ports.asked, "loopback", true, hostAddresses.length > 0 ? true : null, "ok", undefined],
  ]);
});

it("a container that is stopped holds no door", async () => {
  await docker.getContainer("bh-test-doors-db").stop({ t: 0 });
  const observed = await engine.observe({ instanceId, projectId, imageRefs: [], readsMarkers: false, includesNeighbours: true });
  expect(toDoorContainers(observed).map(({ name }) => name).sort()).toEqual(["bh-test-doors-socat", "bh-test-doors-supavisor"]);
});
