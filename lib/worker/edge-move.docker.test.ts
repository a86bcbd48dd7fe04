import { afterAll, beforeAll, expect, test } from "vitest";
import { testDocker } from "@/lib/adapters/docker/testing.fixture";
import { LABEL } from "@/lib/engine/observed";
import { edgeNames } from "@/lib/gateway/edge-port";
import { createProject } from "@/lib/projects/create-project";
import { turnEdgeOff, turnEdgeOn } from "@/lib/projects/edge/turn-edge";
import { pauseProject } from "@/lib/projects/pause-project";
import { resumeProject } from "@/lib/projects/resume-project";
import { startRealWorker, type RealWorker } from "./real-worker.fixture";

/** Turning the edge on and off under a project of the lab's real components, with the worker's own wiring. */
const docker = testDocker();
let worker: RealWorker;

beforeAll(async () => void (worker = await startRealWorker()));
afterAll(() => worker.close());

async function gatewayDoors(): Promise<string[]> {
  const [found] = await docker.listContainers({ filters: { label: [`${LABEL.instance}=${worker.parts.tools.instanceId}`, `${LABEL.service}=api-gw`] } });
  return (found?.Ports ?? []).filter(({ PublicPort }) => PublicPort !== undefined).map(({ IP, PublicPort }) => `${IP}:${String(PublicPort)}`);
}

test("the address of a project moves to the edge and back, proven by the contract each time; paused it answers 503", { timeout: 300_000 }, async () => {
  await worker.ended(createProject(worker.ctx, { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] }));
  const { ports } = await worker.parts.store.db.project.findFirstOrThrow({ include: { ports: true } });
  const port = ports.find(({ purpose }) => purpose === "gateway")?.port ?? 0;
  const ask = () => fetch(`http://127.0.0.1:${String(port)}/auth/v1/health`);
  expect(await gatewayDoors()).toEqual([`127.0.0.1:${String(port)}`]);

  await worker.ended(turnEdgeOn(worker.ctx));
  await worker.moved();
  expect(await gatewayDoors()).toEqual([expect.stringMatching(/^127\.0\.0\.1:27\d{3}$/)]);
  expect((await ask()).headers.get("via")).toContain("Caddy");

  await worker.ended(pauseProject(worker.ctx, { ref: "shop" }));
  expect([(await ask()).status, await (await ask()).json()]).toEqual([503, { message: "This project is paused." }]);
  await worker.ended(resumeProject(worker.ctx, { ref: "shop" }));

  await worker.ended(turnEdgeOff(worker.ctx));
  await worker.moved();
  expect(await gatewayDoors()).toEqual([`127.0.0.1:${String(port)}`]);
  expect((await ask()).headers.get("via")).toBeNull();
  await expect(docker.getContainer(edgeNames(worker.parts.tools.instanceId).container).inspect()).rejects.toMatchObject({ statusCode: 404 });
});
