import { describe, expect, it } from "vitest";
import type { DesiredService } from "@/lib/stack/desired";
import { FakeEngine } from "./fake-engine";
import { describeEngineContract } from "./fake/engine-contract.fixture";
import { atCall, atMethod } from "./fake/faults";
import { createFakeWorld, imageOf } from "./fake/world";

const imageRef = "lab/busybox:contract";

describeEngineContract("the engine in memory", () => {
  const world = createFakeWorld({ images: { [imageRef]: imageOf(imageRef) } });
  let numbered = 0;
  return Promise.resolve({
    engine: new FakeEngine(world),
    instanceId: "contract-instance",
    imageRef,
    service(program, parts = {}) {
      world.programs["rest"] = program;
      return { ...plainService, ...parts };
    },
    freeSubnet: () => `10.200.${numbered++}.0/26`,
    freePort: () => Promise.resolve(20_000 + numbered++),
    makeForeignVolume: (name) => Promise.resolve(void world.volumes.push({ name, labels: {}, files: {} })),
    clear: () => Promise.resolve(void Object.assign(world, { containers: [], networks: [], volumes: [] })),
  });
});

const plainService: DesiredService = {
  name: "rest", image: "x/busybox:contract", environment: {}, files: [], mounts: [], aliases: [], publishedPorts: [], readiness: { argv: ["ready"], deadlineMs: 1_000 }, dependsOn: [],
  limits: { pids: 64, logMaxSizeBytes: 1_000_000, logMaxFiles: 1 }, replace: "start-first", singleHost: { noNewPrivileges: true },
};

describe("the faults of the engine in memory", () => {
  const volume = (name: string) => ({ name, labels: {} });

  it("fail the planned call and no other, without its effect", async () => {
    const world = createFakeWorld();
    const engine = new FakeEngine(world, { faults: atCall(2, { kind: "fail", error: "no-space" }) });
    await engine.createVolume(volume("one"));
    await expect(engine.createVolume(volume("two"))).rejects.toMatchObject({ kind: "no-space" });
    await engine.createVolume(volume("three"));
    expect(world.volumes.map(({ name }) => name)).toEqual(["one", "three"]);
  });

  it("lose an answer after the effect", async () => {
    const world = createFakeWorld();
    const engine = new FakeEngine(world, { faults: atMethod("createVolume", { kind: "lose-answer" }, { times: 1 }) });
    await expect(engine.createVolume(volume("one"))).rejects.toMatchObject({ kind: "unreachable" });
    expect(world.volumes).toHaveLength(1);
  });

  it.each([["kill-before", 0], ["kill-after", 1]] as const)("%s leaves no call of that connection answered, and a new connection finds the world as it was left", async (kind, volumes) => {
    const world = createFakeWorld();
    let kills = 0;
    const engine = new FakeEngine(world, { faults: atCall(1, { kind }), onKill: () => kills++ });
    let isAnswered = false;
    const answered = () => { isAnswered = true; };
    void engine.createVolume(volume("one")).then(answered, answered);
    await engine.killed;
    void engine.info().then(answered, answered);
    expect((await new FakeEngine(world).info()).engineVersion).toBe("fake");
    expect(world.volumes).toHaveLength(volumes);
    expect({ isAnswered, kills, isKilled: engine.isKilled }).toEqual({ isAnswered: false, kills: 1, isKilled: true });
  });

  it("of a host that is away make every call unreachable", async () => {
    const engine = new FakeEngine(createFakeWorld({ isReachable: false }));
    await expect(engine.observe({ instanceId: "x", imageRefs: [] })).rejects.toMatchObject({ kind: "unreachable" });
  });

  it("report each change to whoever keeps the world in a file", async () => {
    const kept: string[] = [];
    const world = createFakeWorld();
    const engine = new FakeEngine(world, { onChange: (changed) => kept.push(JSON.stringify(changed)) });
    await engine.createVolume(volume("one"));
    await engine.info();
    expect(kept).toEqual([JSON.stringify(world)]);
  });
});
