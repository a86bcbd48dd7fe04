import { expect, onTestFinished, test } from "vitest";
import { LABEL } from "@/lib/engine/observed";
import { checkUserAgent } from "@/lib/gateway/contract";
import { createProject } from "@/lib/projects/create-project";
import { instanceId, openScene } from "@/lib/projects/scene.fixture";
import { GatewayTraffic } from "./gateway-traffic";

const line = (atMs: number, more: Record<string, unknown> = {}) =>
  JSON.stringify({ time: new Date(atMs).toISOString(), method: "GET", path: "/rest/v1/todos", status: 200, route: "rest-v1-protected", durationMs: 12, client: "203.0.113.7", key: "legacy-anon", userAgent: "app/1", ...more });

/** A ready project and what follows its gateway's log. */
async function open() {
  const scene = await openScene();
  onTestFinished(() => scene.close());
  const worker = scene.startWorker();
  const { operationId } = await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] });
  await scene.ended(operationId);
  await worker.stop();
  const gateway = scene.world.containers.find(({ labels }) => labels[LABEL.service] === "api-gw");
  if (gateway === undefined) throw new Error("No gateway runs.");
  const projectId = (await scene.project("shop"))?.id ?? "";
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const follow = async () => {
    const traffic = new GatewayTraffic({ ...scene.tools(), instanceId, log: { warn: () => undefined, debug: () => undefined } });
    await traffic.followRunning(stop.signal);
    return traffic;
  };
  const now = scene.clock.now().getTime();
  const print = (...texts: string[]) => texts.forEach((text) => gateway.log.push({ atMs: now, stream: "stdout", text }));
  return { scene, projectId, gateway, print, follow, now };
}

/** Waits, a turn of the event loop at a time, until the log's lines have been read. */
async function until(isThere: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !isThere(); turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(isThere()).toBe(true);
}

test("numbers of a running gateway's routes come from its log, and those of another project never", async () => {
  const { follow, print, projectId, now } = await open();
  print("[info] started", line(now), line(now, { status: 503 }));
  const traffic = await follow();
  await until(() => traffic.numbersOf(projectId)["rest-v1-protected"]?.requests === 2);
  expect(traffic.numbersOf(projectId)["rest-v1-protected"]).toMatchObject({ serverErrors: 1, clientErrors: 0 });
  expect(traffic.numbersOf("another")).toEqual({});
});

test("uses of a legacy key are kept by route, network and program without the panel's own checks, and a log that is read again is not counted twice", async () => {
  const { scene, follow, print, projectId, now } = await open();
  print(line(now), line(now, { client: "203.0.113.8" }), line(now, { key: "publishable" }), line(now, { userAgent: checkUserAgent }));
  const first = await follow();
  await until(() => first.numbersOf(projectId)["rest-v1-protected"]?.requests === 4);
  await first.saveUses();
  const second = await follow();
  await until(() => second.numbersOf(projectId)["rest-v1-protected"]?.requests === 4);
  await second.saveUses();
  expect(await scene.store.db.keyUse.findMany()).toMatchObject([{ projectId, key: "legacy-anon", routeId: "rest-v1-protected", network: "203.0.113.0/24", userAgent: "app/1", count: 2 }]);
});

test("what is counted of a project that was purged meanwhile is dropped", async () => {
  const { scene, follow, print, projectId, now } = await open();
  print(line(now));
  const traffic = await follow();
  await until(() => traffic.numbersOf(projectId)["rest-v1-protected"]?.requests === 1);
  await scene.store.db.project.delete({ where: { id: projectId } });
  await traffic.saveUses();
  expect(await scene.store.db.keyUse.count()).toBe(0);
});

/** A ready project with Kong, and what reads its counters. */
async function openKong() {
  const scene = await openScene();
  onTestFinished(() => scene.close());
  const { operationId } = await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] });
  await scene.store.db.project.updateMany({ data: { gatewayKind: "kong" } });
  const worker = scene.startWorker();
  await scene.ended(operationId);
  await worker.stop();
  const projectId = (await scene.project("shop"))?.id ?? "";
  const tell = (count: number, consumer = "anon") => {
    scene.world.programs.kong = { metrics: `kong_http_requests_total{service="rest-v1-protected",route="rest-v1-protected",code="200",source="service",workspace="default",consumer="${consumer}"} ${count}` };
  };
  const traffic = new GatewayTraffic({ ...scene.tools(), instanceId, log: { warn: () => undefined, debug: () => undefined } });
  const { signal } = new AbortController();
  const sample = async () => {
    await traffic.followRunning(signal);
    await traffic.sampleKongs(signal);
  };
  return { scene, projectId, tell, traffic, sample };
}

test("numbers of a Kong come from what its counters grew by, and uses of a legacy key are kept without who sent it", async () => {
  const { scene, projectId, tell, traffic, sample } = await openKong();
  tell(100);
  await sample();
  expect(traffic.numbersOf(projectId)).toEqual({});
  tell(104);
  await sample();
  expect(traffic.numbersOf(projectId)["rest-v1-protected"]).toMatchObject({ requests: 4, p50Ms: null });
  await traffic.saveUses();
  expect(await scene.store.db.keyUse.findMany()).toMatchObject([{ projectId, key: "legacy-anon", routeId: "rest-v1-protected", network: "unknown", userAgent: "", count: 4 }]);
});

test("uses that were counted of a Kong that is gone are kept all the same", async () => {
  const { scene, tell, traffic, sample } = await openKong();
  tell(1, "service_role");
  await sample();
  tell(3, "service_role");
  await sample();
  for (const container of scene.world.containers) container.state = "exited";
  await traffic.followRunning(new AbortController().signal);
  expect(await scene.store.db.keyUse.findMany()).toMatchObject([{ key: "legacy-service", count: 2 }]);
});
