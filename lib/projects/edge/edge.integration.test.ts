import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { LABEL } from "@/lib/engine/observed";
import { listenersOf } from "@/lib/gateway/edge-version";
import { EdgeLoop } from "@/lib/worker/keep-edge";
import { createProject } from "../create-project";
import { deleteProject, undoDeleteProject } from "../delete-project";
import { editProject } from "../edit-project";
import { exportProject } from "../export-project";
import { pauseProject } from "../pause-project";
import { resumeProject } from "../resume-project";
import { openScene, type Scene } from "../scene.fixture";
import { enlistProjects } from "./enlist-projects";
import { turnEdgeOff, turnEdgeOn } from "./turn-edge";

const services = ["db", "api-gw", "auth", "rest"] as const;
const never = new AbortController().signal;
let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
  onTestFinished(() => scene.close());
  scene.startWorker();
});

const ended = async (asked: Promise<{ operationId: string | null }>) => scene.ended((await asked).operationId ?? "");
const create = (ref: string) => ended(createProject(scene.ctx(), { displayName: ref, ref, services: [...services] }));
const published = async (ref: string) => {
  const project = await scene.project(ref);
  return scene.world.containers.filter(({ labels }) => labels[LABEL.project] === project?.id && labels[LABEL.service] === "api-gw").flatMap(({ ports }) => ports.map(({ hostIp, hostPort }) => `${hostIp}:${hostPort}`));
};
const listens = () => listenersOf(scene.edgeWorld.document);

/** What the worker does after the setting has changed: asks for the moves, and sees them end. */
async function moveAll(): Promise<string[]> {
  await enlistProjects(scene.store, scene.clock.now);
  const operations = await scene.store.db.operation.findMany({ where: { kind: { in: ["edge.join", "edge.leave"] }, finishedAt: null }, select: { id: true } });
  return (await Promise.all(operations.map(({ id }) => scene.ended(id)))).map(({ kind, status }) => `${kind} ${status}`);
}

async function turnOn(): Promise<void> {
  expect((await ended(turnEdgeOn(scene.ctx()))).status).toBe("done");
}

describe("while it is off", () => {
  test("projects are made and change without an edge, and nothing asks the engine for one", async () => {
    expect((await create("shop")).status).toBe("done");
    await ended(pauseProject(scene.ctx(), { ref: "shop" }));
    expect((await ended(resumeProject(scene.ctx(), { ref: "shop" }))).status).toBe("done");
    expect([await published("shop"), scene.edgeWorld.state, scene.edgeWorld.history, await moveAll()]).toEqual([["127.0.0.1:8100"], "absent", [], []]);
    expect(await scene.tools().edge.sync(never)).toEqual({ isRunning: false, isChanged: false, leftOut: [] });
  });
});

describe("turned on", () => {
  test("each project keeps its address: the edge holds it, the gateway has a port on loopback, the contract passed through both", async () => {
    await create("shop");
    await turnOn();
    expect(await moveAll()).toEqual(["edge.join done"]);
    expect([await published("shop"), listens(), Object.values(scene.edgeWorld.liveFiles)]).toEqual([["127.0.0.1:27100"], ["127.0.0.1:8100"], ["127.0.0.1:27100"]]);
    const runs = await scene.store.db.contractRun.findMany({ orderBy: { at: "asc" } });
    expect(runs.map(({ isPassed }) => isPassed)).toEqual([true, true]);
  });

  test("a new project is behind it from its first moment", async () => {
    await turnOn();
    expect((await create("shop")).status).toBe("done");
    expect([await published("shop"), listens(), await moveAll()]).toEqual([["127.0.0.1:27100"], ["127.0.0.1:8100"], []]);
  });

  test("a paused project moves as well and is answered 503, and is served again when it is resumed", async () => {
    await create("shop");
    await ended(pauseProject(scene.ctx(), { ref: "shop" }));
    await turnOn();
    expect(await moveAll()).toEqual(["edge.join done"]);
    expect(JSON.stringify(scene.edgeWorld.document)).toContain("This project is paused.");
    expect((await ended(resumeProject(scene.ctx(), { ref: "shop" }))).status).toBe("done");
    expect(JSON.stringify(scene.edgeWorld.document)).not.toContain("This project is paused.");
    expect(await published("shop")).toEqual(["127.0.0.1:27100"]);
  });

  test("another address of the project is another address of the edge; one that cannot be had is taken back", async () => {
    await turnOn();
    await create("shop");
    expect((await ended(editProject(scene.ctx(), { ref: "shop", gatewayPort: 8555 }))).status).toBe("done");
    expect([listens(), await published("shop")]).toEqual([["127.0.0.1:8555"], ["127.0.0.1:27100"]]);
    scene.edgeWorld.portsHeldByOthers.push("127.0.0.1:8556");
    const refused = await ended(editProject(scene.ctx(), { ref: "shop", gatewayPort: 8556 }));
    expect([refused.status, refused.errorJson]).toEqual(["undone", expect.stringContaining("Port 8556 is held by another program")]);
    expect(listens()).toEqual(["127.0.0.1:8555"]);
  });

  test("a project that does not pass the contract behind it goes back, is told why, and is not moved again by itself", async () => {
    await create("shop");
    await turnOn();
    scene.gateway.isBroken = true;
    expect(await moveAll()).toEqual(["edge.join undone"]);
    scene.gateway.isBroken = false;
    expect([await published("shop"), listens(), (await scene.project("shop"))?.state]).toEqual([["127.0.0.1:8100"], [], "ready"]);
    expect(await moveAll()).toEqual([]);
  });

  test("a deleted project leaves its address, and has it back when the deletion is undone", async () => {
    await turnOn();
    await create("shop");
    await ended(deleteProject(scene.ctx(), { ref: "shop", confirmName: "shop" }));
    expect(listens()).toEqual([]);
    expect((await ended(undoDeleteProject(scene.ctx(), { ref: "shop" }))).status).toBe("done");
    expect([listens(), await published("shop")]).toEqual([["127.0.0.1:8100"], ["127.0.0.1:27100"]]);
  });

  test("an export runs by itself: its gateway is published on the project's own port", async () => {
    await turnOn();
    await create("shop");
    expect((await ended(exportProject(scene.ctx(), { ref: "shop" }))).status).toBe("done");
    const [archive] = scene.exports.values();
    const { gunzipSync } = await import("node:zlib");
    const text = gunzipSync(archive ?? new Uint8Array()).toString();
    expect([text.includes("8100"), text.includes("27100")]).toEqual([true, false]);
  });
});

describe("kept at what is wanted", () => {
  const loop = () => new EdgeLoop({ tools: scene.tools(), log: { info: () => undefined, warn: () => undefined } });

  test("what somebody else loaded is replaced, an edge that was removed is made again, and nothing is loaded that is in force", async () => {
    await turnOn();
    await create("shop");
    const [version] = scene.edgeWorld.history.slice(-1);
    scene.edgeWorld.document = null;
    scene.edgeWorld.state = "absent";
    await loop().lookOnce(never);
    expect([scene.edgeWorld.state, listens(), scene.edgeWorld.history.at(-1)]).toEqual(["running", ["127.0.0.1:8100"], version]);
    const loads = scene.edgeWorld.history.length;
    await loop().lookOnce(never);
    expect(scene.edgeWorld.history).toHaveLength(loads);
  });

  test("an address that another program took costs one project, not all of them", async () => {
    await turnOn();
    await create("shop");
    await create("blog");
    scene.edgeWorld.document = null;
    scene.edgeWorld.portsHeldByOthers.push("127.0.0.1:8100");
    expect((await scene.tools().edge.sync(never)).leftOut).toEqual(["127.0.0.1:8100"]);
    expect(listens()).toEqual(["127.0.0.1:8101"]);
  });

  test("the loop asks for the moves that the setting wants", async () => {
    await create("shop");
    await turnOn();
    await loop().lookOnce(never);
    expect(await scene.store.db.operation.count({ where: { kind: "edge.join" } })).toBe(1);
  });
});

describe("turned off", () => {
  test("every gateway has its project's address back, and the edge is gone", async () => {
    await turnOn();
    await create("shop");
    await create("blog");
    expect((await ended(turnEdgeOff(scene.ctx()))).status).toBe("done");
    expect(await moveAll()).toEqual(["edge.leave done", "edge.leave done"]);
    expect([await published("shop"), await published("blog"), scene.edgeWorld.state]).toEqual([["127.0.0.1:8100"], ["127.0.0.1:8101"], "absent"]);
  });

  test("it stays while a domain is served by it, and is not turned on twice", async () => {
    await turnOn();
    await create("shop");
    const now = scene.clock.now();
    const project = await scene.project("shop");
    await scene.store.db.domain.create({ data: { id: "d1", projectId: project?.id ?? "", hostname: "api.example.com", kind: "api", tls: "internal", state: "open", isMain: false, redirectsHttp: true, createdAt: now, updatedAt: now } });
    await expect(turnEdgeOff(scene.ctx())).rejects.toThrow("api.example.com of shop is served by the edge. Remove the domains of all projects first.");
    await expect(turnEdgeOn(scene.ctx())).rejects.toThrow("on already");
  });
});
