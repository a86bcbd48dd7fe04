import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atMethod } from "@/lib/engine/fake/faults";
import { EngineError } from "@/lib/engine/port";
import { actsOf, services } from "./bad-days.fixture";
import { cleanUpProject } from "./delete-project";
import { getOperation } from "./get-operation";
import { getProject } from "./get-project";
import { openScene, type Scene } from "./scene.fixture";
import { retryOperation } from "./steer-operation";

/** Each bad day of a creation ends in a state that the page explains in a sentence, with a way on, and loses nothing. */

let scene: Scene;
beforeEach(async () => void (scene = await openScene()));
afterEach(() => scene.close());

const { create } = actsOf(() => scene);

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

const wayOut = "Port 8200 is held by another program on this machine. End that program and retry, or clean up and create the project again with another port.";

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

  it("the chosen port is taken between check and start says the ways out that there are, keeps the choice, and a retry finishes it", async () => {
    const operation = await create({ faults: (call) => (call.method === "createContainer" && /api-gw/.test(call.target) ? void scene.world.portsHeldByOthers.push(8200) : undefined) }, { gatewayPort: 8200 });
    expect(operation.failure?.sentence).toBe(wayOut);
    expect(operation.failure?.service).toBe("api-gw");
    scene.world.portsHeldByOthers = [];
    await retryToReady(operation.id);
    expect((await getProject(scene.ctx(), "shop")).ports.gateway).toBe(8200);
  });

  it("the chosen port is held by another program says the ways out that there are and keeps the choice", async () => {
    scene.world.portsHeldByOthers.push(8200);
    const operation = await create({}, { gatewayPort: 8200 });
    expect(operation.failure?.sentence).toBe(wayOut);
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
