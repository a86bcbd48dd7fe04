import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LABEL } from "@/lib/engine/observed";
import { DockerEngine } from "./docker-engine";
import { busyboxService, ensureTestImage, freeTestSubnet, removeAll, testDocker, testImage } from "./testing.fixture";

const docker = testDocker();
const engine = new DockerEngine();
const instanceId = "basehold-test-facts";
const labels = { [LABEL.instance]: instanceId, [LABEL.project]: "facts0000001" };
const networkName = "bh-facts-default";

describe("on a real engine", () => {
  let id = "";
  beforeAll(async () => {
    await ensureTestImage(docker);
    await removeAll(docker, instanceId);
    await engine.createNetwork({ name: networkName, subnet: freeTestSubnet(), labels });
    const service = busyboxService({}, { aliases: ["other-name"], limits: { pids: 33, memoryBytes: 64 * 2 ** 20, logMaxSizeBytes: 1_000_000, logMaxFiles: 2 }, healthcheck: { test: ["CMD", "true"], intervalMs: 1_000, timeoutMs: 1_000, retries: 2, startPeriodMs: 500 } });
    id = await engine.createContainer({ name: "bh-facts-rest", imageRef: testImage, labels: { ...labels, [LABEL.service]: "rest" }, networkName, volumeNames: {}, service });
    await engine.startContainer(id);
  });
  afterAll(() => removeAll(docker, instanceId));

  it("a container has no privilege, no mount of the host, no host namespace, and limits on log, processes and memory", async () => {
    const { HostConfig: host } = await docker.getContainer(id).inspect();
    expect(host).toMatchObject({
      Privileged: false, Binds: null, CapAdd: null, PidMode: "", IpcMode: expect.not.stringMatching(/host/) as string, UTSMode: "", UsernsMode: "", NetworkMode: networkName,
      SecurityOpt: ["no-new-privileges:true"], PidsLimit: 33, Memory: 64 * 2 ** 20, RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
      LogConfig: { Type: "json-file", Config: { "max-size": "1000000", "max-file": "2" } },
    });
  });

  it("a service is found under its name and its aliases", async () => {
    const { NetworkSettings } = await docker.getContainer(id).inspect();
    expect(NetworkSettings.Networks[networkName]?.Aliases).toEqual(expect.arrayContaining(["rest", "other-name"]));
  });

  it("Docker's own health check becomes visible in a listing", async () => {
    await expect.poll(async () => (await engine.observe({ instanceId, imageRefs: [] })).containers[0]?.health, { timeout: 50_000 }).toBe("healthy");
  });

  it("the memory limit is measured", async () => {
    expect((await engine.stats(id))?.memoryLimitBytes).toBe(64 * 2 ** 20);
  });

  const sleepers = async () => (await engine.exec(id, ["sh", "-c", "for p in /proc/[0-9]*; do cat $p/cmdline; echo; done"], { timeoutMs: 10_000 })).stdout.split("\n").filter((line) => line.replaceAll("\0", " ").includes("sleep 4321"));

  it("a program that takes too long is ended, not only left", async () => {
    await expect(engine.exec(id, ["sleep", "4321"], { timeoutMs: 300 })).rejects.toMatchObject({ kind: "timeout" });
    await expect.poll(sleepers, { timeout: 10_000 }).toEqual([]);
  });

  it("a program that nobody waits for any more is ended", async () => {
    const controller = new AbortController();
    const running = engine.exec(id, ["sleep", "4321"], { timeoutMs: 60_000 }, controller.signal);
    await expect.poll(sleepers, { timeout: 10_000 }).toHaveLength(1);
    controller.abort(new Error("given up"));
    await expect(running).rejects.toThrow("given up");
    await expect.poll(sleepers, { timeout: 10_000 }).toEqual([]);
  });

  it("a one-off that takes too long is removed", async () => {
    const spec = { imageRef: testImage, argv: ["sleep", "60"], labels: { ...labels, [LABEL.role]: "one-off" }, networkName: null, mounts: [], timeoutMs: 300 };
    await expect(engine.runOneOff(spec)).rejects.toMatchObject({ kind: "timeout" });
    expect((await engine.observe({ instanceId, imageRefs: [] })).containers).toHaveLength(1);
  });

  it("free memory and disk of the host can be read", async () => {
    expect(await engine.hostCapacity(testImage)).toEqual({ memoryAvailableBytes: expect.any(Number) as number, diskFreeBytes: expect.any(Number) as number });
    expect(await engine.hostCapacity("nobody/has-this:v1")).toEqual({ memoryAvailableBytes: null, diskFreeBytes: null });
  });
});
