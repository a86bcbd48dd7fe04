import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { leaseMs } from "@/lib/operations/store.fixture";
import { actsOf, services } from "./bad-days.fixture";
import { createProject } from "./create-project";
import { cleanUpProject, deleteProject, purgeProject } from "./delete-project";
import { editProject } from "./edit-project";
import { getOperation } from "./get-operation";
import { getProject, UnreadableProjectError } from "./get-project";
import { openScene, type Scene } from "./scene.fixture";
import { cancelOperation, retryOperation } from "./steer-operation";

/** Each bad day ends in a state that the page explains in a sentence, with a way on, and loses nothing. */

let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

const { create } = actsOf(() => scene);

describe("an edit that cannot be applied", () => {
  it("goes back to the earlier settings, ports and containers by itself, and says why", async () => {
    await create();
    const before = await getProject(scene.ctx(), "shop");
    const containers = scene.world.containers.map((container) => `${container.name} ${container.state}`).sort();
    scene.world.portsHeldByOthers.push(8555);
    const { operationId } = await editProject(scene.ctx(), { ref: "shop", gatewayPort: 8555, siteUrl: "https://shop.example.com" });
    scene.startWorker();
    expect((await scene.ended(operationId ?? "")).status).toBe("undone");
    const operation = await getOperation(scene.ctx(), operationId ?? "");
    expect(operation.failure?.sentence).toContain("8555");
    const after = await getProject(scene.ctx(), "shop");
    expect([after.settings, after.ports, after.state]).toEqual([before.settings, before.ports, before.state]);
    expect(scene.world.containers.map((container) => `${container.name} ${container.state}`).sort()).toEqual(containers);
  });

  it("and cannot be taken back either is held, explained and taken back by a retry", async () => {
    await create();
    const before = await getProject(scene.ctx(), "shop");
    const { operationId } = await editProject(scene.ctx(), { ref: "shop", gatewayPort: 8555 });
    const first = scene.startWorker({ faults: (call) => (call.method === "startContainer" && /api-gw/.test(call.target) ? (scene.world.isReachable = false, undefined) : undefined) });
    await scene.ended(operationId ?? "");
    await first.stop();
    const failed = await getOperation(scene.ctx(), operationId ?? "");
    expect(failed).toMatchObject({ status: "failed", isRetryable: true });
    expect(failed.failure?.sentence).toMatch(/^Take back “Apply the settings” failed: /);
    expect((await getProject(scene.ctx(), "shop")).state).toBe("failed");
    scene.world.isReachable = true;
    await retryOperation(scene.ctx(), { operationId: operationId ?? "" });
    scene.startWorker();
    expect((await scene.ended(operationId ?? "")).status).toBe("undone");
    expect((await getProject(scene.ctx(), "shop")).ports).toEqual(before.ports);
    expect((await scene.project("shop"))?.state).toBe("ready");
  });
});

describe("a worker", () => {
  it("frozen in the middle of a creation for longer than its lease does nothing twice when it wakes", async () => {
    const { operationId } = await createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
    let hasSlept = false;
    let tellAsleep: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (tellAsleep = resolve));
    const sleeper = scene.startWorker({ faults: (call) => {
      if (hasSlept || call.method !== "createContainer" || !/rest/.test(call.target)) return undefined;
      hasSlept = true;
      sleeper.freeze();
      tellAsleep();
      return { kind: "slow", durationMs: 1 };
    } });
    await asleep;
    scene.clock.advance(2 * leaseMs);
    const successor = scene.startWorker();
    expect((await scene.ended(operationId)).status).toBe("done");
    const callsAsleep = sleeper.engine.calls.filter((call) => call.number !== null).length;
    sleeper.thaw();
    await sleeper.stop();
    await successor.stop();
    expect(sleeper.engine.calls.filter((call) => call.number !== null).length).toBe(callsAsleep);
    expect(scene.world.containers).toHaveLength(services.length);
    expect(new Set(scene.world.containers.map((container) => container.name)).size).toBe(services.length);
    expect((await scene.project("shop"))?.state).toBe("ready");
  });

  it("that meets a project which is gone ends the operation instead of trying for ever", async () => {
    const { operationId, projectId } = await createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
    await scene.store.db.project.delete({ where: { id: projectId } });
    scene.startWorker();
    expect((await scene.ended(operationId)).status).toBe("failed");
  });
});

describe("a cancel", () => {
  it("while images are pulled takes everything back and frees the reference", async () => {
    const { operationId } = await createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
    let hasAsked = false;
    scene.startWorker({ faults: (call) => {
      if (call.method !== "pullImage") return undefined;
      if (!hasAsked) void cancelOperation(scene.ctx(), { operationId });
      hasAsked = true;
      return { kind: "hang" };
    } });
    expect((await scene.ended(operationId)).status).toBe("cancelled");
    expect((await getOperation(scene.ctx(), operationId)).steps.find(({ key }) => key === "images")).toMatchObject({ status: "cancelled", note: "Stopped because the operation was cancelled." });
    expect(await scene.project("shop")).toBeNull();
    expect(await scene.store.db.portAllocation.count()).toBe(0);
  });
});

describe("an operation that can no longer be read", () => {
  const spoil = (operationId: string, data: { inputJson?: string; actorJson?: string }) => scene.store.db.operation.update({ where: { id: operationId }, data });

  it.each([
    ["input of another shape", { inputJson: '{"project":1}' }],
    ["input that is no JSON", { inputJson: "{" }],
    ["an actor that is no actor", { actorJson: '{"kind":"ghost"}' }],
  ])("with %s, a creation ends as failed with a sentence, and cleaning up frees its reference", async (_name, data) => {
    const { operationId } = await createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
    await spoil(operationId, data);
    scene.startWorker();
    expect((await scene.ended(operationId)).status).toBe("failed");
    const failed = await getProject(scene.ctx(), "shop");
    expect(failed).toMatchObject({ state: "failed", stateReason: expect.stringMatching(/cannot be read\. Clean the project up and create it anew\.$/) as string });
    const cleaning = await cleanUpProject(scene.ctx(), { ref: "shop" });
    expect((await scene.ended(cleaning.operationId)).status).toBe("done");
    expect(await scene.project("shop")).toBeNull();
  });

  it("leaves a project that was to be deleted as failed, and it can be deleted anew", async () => {
    const { operationId: creation } = await createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
    const worker = scene.startWorker();
    await scene.ended(creation);
    await worker.stop();
    const { operationId } = await deleteProject(scene.ctx(), { ref: "shop", confirmName: "shop" });
    await spoil(operationId, { inputJson: "{" });
    scene.startWorker();
    await scene.ended(operationId);
    expect(await getProject(scene.ctx(), "shop")).toMatchObject({ state: "failed", stateReason: expect.stringMatching(/Delete the project anew\.$/) as string });
    const anew = await deleteProject(scene.ctx(), { ref: "shop", confirmName: "shop" });
    expect((await scene.ended(anew.operationId)).status).toBe("done");
  });
});

describe("a project whose settings can no longer be read", () => {
  it("says why and what it holds, and can be deleted and purged all the same", async () => {
    const { operationId } = await createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
    scene.startWorker();
    await scene.ended(operationId);
    await scene.store.db.project.update({ where: { ref: "shop" }, data: { settingsJson: "{" } });
    const error = await getProject(scene.ctx(), "shop").then(() => null, (cause: unknown) => cause);
    expect(error).toBeInstanceOf(UnreadableProjectError);
    expect(error).toMatchObject({ status: 503, project: { displayName: "Shop", state: "unknown", reason: expect.stringContaining("Restore a backup") as string, wasEverReady: true } });
    expect((error as UnreadableProjectError).project.may).toEqual(expect.arrayContaining(["project.delete", "project.purge"]));
    expect((error as UnreadableProjectError).project.ports).toHaveLength(3);
    const deletion = await deleteProject(scene.ctx(), { ref: "shop", confirmName: "Shop" });
    expect((await scene.ended(deletion.operationId)).status).toBe("done");
    expect(scene.world.containers).toEqual([]);
    const purge = await purgeProject(scene.ctx(), { ref: "shop", confirmName: "Shop" });
    expect((await scene.ended(purge.operationId)).status).toBe("done");
    expect([await scene.project("shop"), scene.world.volumes]).toEqual([null, []]);
  });
});

describe("a purge after which the engine keeps an empty network", () => {
  it("is done, names the network in its events and its result, and says how to remove it", async () => {
    const { operationId: creation } = await createProject(scene.ctx(), { displayName: "Shop", services: [...services] });
    scene.startWorker();
    await scene.ended(creation);
    const [network] = scene.world.networks;
    if (network === undefined) throw new Error("The project has no network.");
    network.isStuck = true;
    const deletion = await deleteProject(scene.ctx(), { ref: "shop", confirmName: "shop" });
    await scene.ended(deletion.operationId);
    const purge = await purgeProject(scene.ctx(), { ref: "shop", confirmName: "shop" });
    const operation = await scene.ended(purge.operationId);
    expect([operation.status, await scene.project("shop"), scene.world.volumes]).toEqual(["done", null, []]);
    expect(JSON.parse(operation.resultJson ?? "null")).toMatchObject({ left: [`network:${network.name}`] });
    const events = await scene.store.db.operationEvent.findMany({ where: { operationId: operation.id, level: "warn" } });
    expect(events.map(({ message }) => message)).toEqual([expect.stringContaining(`docker network rm ${network.name}`)]);
  });
});
