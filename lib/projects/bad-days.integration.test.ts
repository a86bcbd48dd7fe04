import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atMethod } from "@/lib/engine/fake/faults";
import { EngineError } from "@/lib/engine/port";
import { leaseMs } from "@/lib/operations/store.fixture";
import { createProject } from "./create-project";
import { cleanUpProject, deleteProject, purgeProject } from "./delete-project";
import { editProject } from "./edit-project";
import { getOperation } from "./get-operation";
import { getProject, UnreadableProjectError } from "./get-project";
import { openScene, type Scene, type WorkerOptions } from "./scene.fixture";
import { cancelOperation, retryOperation } from "./steer-operation";

/** Each bad day ends in a state that the page explains in a sentence, with a way on, and loses nothing. */

const services = ["db", "api-gw", "auth", "rest", "functions"] as const;
let scene: Scene;

beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

async function create(options: WorkerOptions = {}, more: { gatewayPort?: number } = {}) {
  const { operationId } = await createProject(scene.ctx(), { displayName: "Shop", services: [...services], ...more });
  const worker = scene.startWorker(options);
  await scene.ended(operationId);
  await worker.stop();
  return getOperation(scene.ctx(), operationId);
}

/** Retries without what was in the way, and expects the project to be ready. */
async function retryToReady(operationId: string) {
  await retryOperation(scene.ctx(), { operationId });
  expect((await scene.project("shop"))?.state).toBe("creating");
  const worker = scene.startWorker();
  const operation = await scene.ended(operationId);
  await worker.stop();
  expect(operation.status).toBe("done");
  expect((await scene.project("shop"))?.state).toBe("ready");
}

describe("a creation during which", () => {
  it("the engine stops says so, keeps everything, and a retry finishes it", async () => {
    const operation = await create({ faults: (call) => (call.method === "startContainer" && /auth/.test(call.target) ? (scene.world.isReachable = false, undefined) : undefined) });
    expect(operation).toMatchObject({ status: "failed", isRetryable: true });
    expect(operation.failure?.sentence).toContain("The engine does not answer.");
    expect(await getProject(scene.ctx(), "shop")).toMatchObject({ state: "failed", stateReason: operation.failure?.sentence });
    expect(scene.world.containers.length).toBeGreaterThan(0);
    scene.world.isReachable = true;
    await retryToReady(operation.id);
  });

  it("the engine was never there fails at the first step", async () => {
    scene.world.isReachable = false;
    const operation = await create();
    expect(operation.failure?.sentence).toBe("The engine does not answer.");
    expect(operation.steps.map((step) => step.status)).toEqual(["failed", "pending", "pending", "pending", "pending", "pending"]);
  });

  it.each([
    ["404", new EngineError("image-missing", "The registry has no image supabase/gotrue.", "manifest unknown")],
    ["429", new EngineError("registry-unavailable", "The registry asks to wait: too many pulls. Try again later or sign in.", "toomanyrequests")],
    ["500", new EngineError("registry-unavailable", "The registry answered with an error.", "received unexpected HTTP status: 500")],
    ["half a layer", new EngineError("pull-incomplete", "The registry's answer ended before the image was complete.", "unexpected EOF")],
    ["no room on the disk", new EngineError("no-space", "The engine's disk is full.", "no space left on device")],
  ])("a registry answers with %s shows the cause and the engine's words, and pulls again on retry", async (_name, error) => {
    const operation = await create({ faults: atMethod("pullImage", { kind: "fail", error: error.kind, detail: error.message }, { target: /gotrue/ }) });
    expect(operation.status).toBe("failed");
    expect(operation.failure).toMatchObject({ sentence: error.message, evidence: [error.message] });
    expect(operation.steps.find((step) => step.key === "images")?.status).toBe("failed");
    await retryToReady(operation.id);
  });

  it("the disk fills up between two containers is finished by a retry", async () => {
    const operation = await create({ faults: atMethod("createContainer", { kind: "fail", error: "no-space", detail: "no space left on device" }, { target: /rest/ }) });
    expect(operation.failure?.sentence).toContain("no space left on device");
    await retryToReady(operation.id);
  });

  it("a container exits with 1 shows its exit code and its last lines without a secret", async () => {
    scene.world.programs["auth"] = { exitsWith: 1, prints: ["starting", "panic: no such host"] };
    const operation = await create();
    expect(operation.failure).toMatchObject({ service: "auth", sentence: "auth keeps ending right after its start (exit code 1).", evidence: ["starting", "panic: no such host"] });
    delete scene.world.programs["auth"];
    await retryToReady(operation.id);
  });

  it("a container never gets healthy says how long it was waited for", async () => {
    scene.world.programs["rest"] = { failingProbes: 1_000_000 };
    let nowMs = Date.now();
    const realNow = Date.now;
    Date.now = () => (nowMs += 5_000);
    const operation = await create().finally(() => (Date.now = realNow));
    expect(operation.failure?.sentence).toMatch(/^rest runs but did not answer within \d+ s\.$/);
    expect(operation.failure?.service).toBe("rest");
  });

  it("a port is taken between check and start takes the next one, and the address moves with it", async () => {
    const operation = await create({ faults: (call) => (call.method === "createContainer" && /api-gw/.test(call.target) ? void scene.world.portsHeldByOthers.push(8100) : undefined) });
    expect(operation.status).toBe("done");
    expect(await getProject(scene.ctx(), "shop")).toMatchObject({ apiUrl: "http://127.0.0.1:8101", ports: { gateway: 8101 }, state: "unknown" });
    expect(scene.world.containers).toHaveLength(services.length);
  });

  it("the chosen port is taken between check and start names the port, keeps the choice, and a retry finishes it", async () => {
    const operation = await create({ faults: (call) => (call.method === "createContainer" && /api-gw/.test(call.target) ? void scene.world.portsHeldByOthers.push(8200) : undefined) }, { gatewayPort: 8200 });
    expect(operation.failure?.sentence).toContain("8200");
    expect(operation.failure?.service).toBe("api-gw");
    scene.world.portsHeldByOthers = [];
    await retryToReady(operation.id);
    expect((await getProject(scene.ctx(), "shop")).ports.gateway).toBe(8200);
  });

  it("the chosen port is held by another program says so and keeps the choice", async () => {
    scene.world.portsHeldByOthers.push(8200);
    const operation = await create({}, { gatewayPort: 8200 });
    expect(operation.failure?.sentence).toBe("Port 8200 is held by another program on this machine. Choose another one, or end that program and retry.");
    expect((await scene.project("shop"))?.ports.find((row) => row.purpose === "gateway")?.port).toBe(8200);
    scene.world.portsHeldByOthers = [];
    await retryToReady(operation.id);
  });

  it("ports that nobody chose are held by other programs takes free ones and moves the address with them", async () => {
    scene.world.portsHeldByOthers.push(8100, 8101, 15432);
    expect((await create()).status).toBe("done");
    const project = await getProject(scene.ctx(), "shop");
    expect(project).toMatchObject({ apiUrl: "http://127.0.0.1:8102", ports: { gateway: 8102, poolerSession: 15433 } });
  });

  it("the contract is not met lists what was answered instead", async () => {
    scene.gateway.isBroken = true;
    const operation = await create();
    expect(operation.failure?.sentence).toMatch(/^\d+ of \d+ requests of the contract were not answered as they must be\.$/);
    expect(operation.failure?.evidence[0]).toMatch(/^GET .* \(.*\): expected .*, received connection refused$/);
    expect((await getProject(scene.ctx(), "shop")).contract?.isPassed).toBe(false);
    scene.gateway.isBroken = false;
    await retryToReady(operation.id);
  });

  it("the connection breaks after each call was done finds its work again on retry", async () => {
    const operation = await create({ faults: atMethod("createContainer", { kind: "lose-answer" }, { target: /auth/ }) });
    expect(operation.status).toBe("failed");
    await retryToReady(operation.id);
    expect(scene.world.containers).toHaveLength(services.length);
  });
});

describe("a failed creation", () => {
  it("is cleaned up without a trace, and its reference and ports are free again", async () => {
    scene.world.programs["auth"] = { exitsWith: 1 };
    await create();
    const { operationId } = await cleanUpProject(scene.ctx(), { ref: "shop" });
    const worker = scene.startWorker();
    expect((await scene.ended(operationId)).status).toBe("done");
    await worker.stop();
    expect([scene.world.containers, scene.world.networks, scene.world.volumes]).toEqual([[], [], []]);
    delete scene.world.programs["auth"];
    expect((await create()).status).toBe("done");
    expect((await getProject(scene.ctx(), "shop")).ports.gateway).toBe(8100);
  });

  it("whose clean-up meets an engine that is gone stays, says so, and is cleaned up by a retry", async () => {
    scene.world.programs["auth"] = { exitsWith: 1 };
    await create();
    scene.world.isReachable = false;
    const { operationId } = await cleanUpProject(scene.ctx(), { ref: "shop" });
    const first = scene.startWorker();
    expect((await scene.ended(operationId)).status).toBe("failed");
    await first.stop();
    expect((await scene.project("shop"))?.state).toBe("failed");
    scene.world.isReachable = true;
    await retryOperation(scene.ctx(), { operationId });
    scene.startWorker();
    expect((await scene.ended(operationId)).status).toBe("done");
    expect(await scene.project("shop")).toBeNull();
  });

  it("cannot be retried once later work has overtaken it", async () => {
    scene.world.isReachable = false;
    const created = await create();
    scene.clock.advance(1_000);
    const { operationId } = await cleanUpProject(scene.ctx(), { ref: "shop" });
    const worker = scene.startWorker();
    await scene.ended(operationId);
    await worker.stop();
    await expect(retryOperation(scene.ctx(), { operationId: created.id })).rejects.toMatchObject({ code: "overtaken" });
    expect((await getOperation(scene.ctx(), created.id)).isRetryable).toBe(false);
  });
});

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
