import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DesiredStack } from "@/lib/stack/desired";
import { objectNames } from "@/lib/stack/names";
import { FakeEngine } from "./fake-engine";
import type { Fault } from "./fake/faults";
import { atCall } from "./fake/faults";
import { apply, arbMishaps, arbStack, contextFor, endState, happen, imageRefs, instanceId, planFor, projectId } from "./fake/scenario.fixture";
import { createFakeWorld, type FakeWorld } from "./fake/world";
import { LABEL } from "./observed";
import { planToText } from "./plan-text";
import { reconcile, type ReconcileGoal } from "./reconcile";

const names = objectNames(instanceId, projectId);
const arbGoal = fc.constantFrom<ReconcileGoal>("run", "pause", "remove-containers", "remove-all");
const arbFault = fc.constantFrom<Fault>({ kind: "kill-before" }, { kind: "kill-after" }, { kind: "lose-answer" }, { kind: "fail", error: "other" });

/** A world with a history: a first wish, applied up to some call, and then what happened from outside. */
const arbHistory = fc.record({ first: arbStack, interruptedAt: fc.integer({ min: 1, max: 60 }), fault: arbFault, mishaps: arbMishaps });
type History = typeof arbHistory extends fc.Arbitrary<infer T> ? T : never;

async function worldOf({ first, interruptedAt, fault, mishaps }: History): Promise<FakeWorld> {
  const world = createFakeWorld();
  await apply(world, first, { faults: atCall(interruptedAt, fault) });
  for (const mishap of mishaps) happen(world, mishap);
  return world;
}

/** Objects of other people, of another installation and of another project, some under this project's names. */
function addStrangers(world: FakeWorld, withOurNames: boolean): void {
  const stranger = (name: string, labels: Record<string, string>) => ({
    id: `stranger-${name}`, name, labels, imageRef: "x", imageId: "sha256:x", state: "running" as const, health: "none" as const, exitCode: null, isOomKilled: false, restartCount: 0, starts: 1, environment: {},
    limits: { pids: 1, logMaxSizeBytes: 1, logMaxFiles: 1 }, hasHealthcheck: false, readinessArgv: [], probes: 0, networkName: "other", networkId: null, ports: [], mounts: [], files: {}, log: [],
  });
  const otherInstallation = { [LABEL.instance]: "another-installation", [LABEL.project]: projectId, [LABEL.service]: "db" };
  const otherProject = { [LABEL.instance]: instanceId, [LABEL.project]: "zzzzzz999999", [LABEL.service]: "db" };
  world.containers.push(stranger("theirs", {}), stranger("other-installation", otherInstallation), stranger("other-project", otherProject));
  world.networks.push({ id: "stranger-network", name: "theirs", labels: otherProject, subnet: "10.9.0.0/26" });
  world.volumes.push({ name: "theirs", labels: otherInstallation, files: { "/x": "eA==" } });
  if (!withOurNames) return;
  world.containers.push(stranger(names.container("db"), {}), stranger(names.container("auth"), otherInstallation));
  world.networks.push({ id: "stranger-twin", name: names.network(), labels: {}, subnet: "10.9.0.64/26" });
  world.volumes.push({ name: names.volume("db-data"), labels: {}, files: { "/precious": "eA==" } });
}

function strangersOf(world: FakeWorld) {
  const isStranger = ({ labels }: { labels: Record<string, string> }) => labels[LABEL.instance] !== instanceId || labels[LABEL.project] !== projectId;
  return structuredClone({ containers: world.containers.filter(isStranger), networks: world.networks.filter(isStranger), volumes: world.volumes.filter(isStranger) });
}

const runs = { numRuns: 150 };

describe("a plan", () => {
  it("leaves nothing to do once it is applied, from any history to any wish", async () => {
    await fc.assert(
      fc.asyncProperty(arbHistory, arbStack, async (history, desired) => {
        const world = await worldOf(history);
        const { outcome, plan } = await apply(world, desired);
        expect({ outcome, plan: planToText(plan) }).toMatchObject({ outcome: { failure: null } });
        expect(planToText(await planFor(world, desired))).toBe("Nothing to change.\n");
        expect(endState(world).containers.map((container) => [container.name, container.state])).toEqual(desired.services.map((service) => [names.container(service.name), "running"]).sort());
      }),
      runs,
    );
  });

  it("applied on any history, makes what it makes on an empty engine", async () => {
    await fc.assert(
      fc.asyncProperty(arbHistory, arbStack, async (history, desired) => {
        const world = await worldOf(history);
        const fresh = createFakeWorld({ images: structuredClone(world.images) });
        await apply(world, desired);
        await apply(fresh, desired);
        const { containers, networks } = endState(world);
        expect({ containers, networks }).toEqual({ containers: endState(fresh).containers, networks: endState(fresh).networks });
      }),
      runs,
    );
  });

  it("interrupted at any call and reconciled again, ends where the uninterrupted one ends", async () => {
    await fc.assert(
      fc.asyncProperty(arbHistory, arbStack, arbGoal, fc.integer({ min: 1, max: 60 }), arbFault, async (history, wish, goal, interruptedAt, fault) => {
        const world = await worldOf(history);
        const desired = goal === "run" || goal === "pause" ? wish : null;
        const straight = structuredClone(world);
        await apply(straight, desired, { goal });
        await apply(world, desired, { goal, faults: atCall(interruptedAt, fault) });
        const again = await apply(world, desired, { goal });
        expect(again.outcome).toEqual({ failure: null });
        expect(endState(world)).toEqual(endState(straight));
      }),
      runs,
    );
  });

  it("never touches what does not carry this installation's and this project's label, not even under the project's own names", async () => {
    await fc.assert(
      fc.asyncProperty(arbHistory, arbStack, arbGoal, fc.boolean(), async (history, desired, goal, withOurNames) => {
        const world = createFakeWorld();
        addStrangers(world, withOurNames);
        const before = strangersOf(world);
        await apply(world, history.first, { faults: atCall(history.interruptedAt, history.fault) });
        for (const mishap of history.mishaps) if (mishap.kind !== "network-gone") happenToOwn(world, mishap);
        await apply(world, desired, { goal });
        expect(strangersOf(world)).toEqual(before);
      }),
      runs,
    );
  });

  it("is the same whatever the order of services, containers, networks and volumes", async () => {
    await fc.assert(
      fc.asyncProperty(arbHistory, arbStack, arbGoal, fc.infiniteStream(fc.nat()), async (history, desired, goal, random) => {
        const world = await worldOf(history);
        const observed = await new FakeEngine(world).observe({ instanceId, projectId, imageRefs: imageRefs(desired) });
        const shuffle = <T>(items: readonly T[]): T[] => items.map((item) => ({ item, key: random.next().value })).sort((a, b) => a.key - b.key).map(({ item }) => item);
        const turned: DesiredStack = { ...desired, services: shuffle(desired.services).map((service) => ({ ...service, dependsOn: shuffle(service.dependsOn) })), volumes: shuffle(desired.volumes) };
        const turnedObserved = { ...observed, containers: shuffle(observed.containers), networks: shuffle(observed.networks), volumes: shuffle(observed.volumes) };
        const context = contextFor(goal);
        expect(planToText(reconcile({ desired: turned, observed: turnedObserved, context }))).toBe(planToText(reconcile({ desired, observed, context })));
      }),
      runs,
    );
  });

  it("has no circle, and every operation waits only for operations that are there", async () => {
    await fc.assert(
      fc.asyncProperty(arbHistory, arbStack, arbGoal, async (history, desired, goal) => {
        const { ops } = await planFor(await worldOf(history), desired, goal);
        ops.forEach((op, index) => {
          expect(op.id).toBe(index + 1);
          for (const id of op.dependsOn) expect(id).toBeLessThan(op.id);
          if ("target" in op && op.target.kind === "created") expect(ops[op.target.by - 1]?.type).toBe("createContainer");
        });
      }),
      runs,
    );
  });

  it("deletes data only when the goal is to remove all", async () => {
    await fc.assert(
      fc.asyncProperty(arbHistory, arbStack, arbGoal, async (history, desired, goal) => {
        const world = await worldOf(history);
        const before = world.volumes.map((volume) => volume.name);
        const { plan } = await apply(world, desired, { goal });
        const destructive = plan.ops.filter((op) => op.isDestructive || op.type === "removeVolume");
        if (goal === "remove-all") expect(destructive.map((op) => op.type)).toEqual(before.map(() => "removeVolume"));
        else expect(destructive).toEqual([]);
        if (goal !== "remove-all") expect(world.volumes.map((volume) => volume.name)).toEqual(expect.arrayContaining(before));
      }),
      runs,
    );
  });

  it("to pause stops everything, and to remove leaves volumes or nothing", async () => {
    await fc.assert(
      fc.asyncProperty(arbHistory, arbStack, async (history, desired) => {
        const world = await worldOf(history);
        await apply(world, desired, { goal: "pause" });
        expect(endState(world).containers.filter((container) => ["running", "restarting", "paused"].includes(container.state))).toEqual([]);
        const kept = endState(world).volumes;
        await apply(world, null, { goal: "remove-containers" });
        expect(endState(world)).toEqual({ containers: [], networks: [], volumes: kept });
        await apply(world, null, { goal: "remove-all" });
        expect(endState(world)).toEqual({ containers: [], networks: [], volumes: [] });
      }),
      runs,
    );
  });
});

/** Mishaps pick among this project's own containers only. */
function happenToOwn(world: FakeWorld, mishap: Parameters<typeof happen>[1]): void {
  const strangers = world.containers.filter((container) => container.labels[LABEL.instance] !== instanceId || container.labels[LABEL.project] !== projectId);
  world.containers = world.containers.filter((container) => !strangers.includes(container));
  happen(world, mishap);
  world.containers = [...strangers, ...world.containers];
}
