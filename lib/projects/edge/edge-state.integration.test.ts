import { beforeEach, expect, onTestFinished, test } from "vitest";
import { edgeStateResponse } from "@/lib/access/edge-protocol";
import { createProject } from "../create-project";
import { openScene, type Scene, type SceneWorker } from "../scene.fixture";
import { editEdge } from "./edit-edge";
import { getEdge } from "./get-edge";
import { readEdgeState } from "./read-edge-state";
import { turnEdgeOn } from "./turn-edge";

const never = new AbortController().signal;
let scene: Scene;
let worker: SceneWorker;

beforeEach(async () => {
  scene = await openScene();
  onTestFinished(() => scene.close());
  worker = scene.startWorker();
});

const ended = async (asked: Promise<{ operationId: string | null }>) => scene.ended((await asked).operationId ?? "");
const look = async () => edgeStateResponse.parse(await readEdgeState(scene.ctx(), worker.tools, never));
const namePanel = () => ended(editEdge(scene.ctx(), { panelHost: { hostname: "panel.example.com", tls: "internal" } }, { panelPort: 3000 }));
const dayMs = 86_400_000;

test("an edge that runs says what it serves, that it is what is wanted, and the certificate of each name with its end", async () => {
  expect(await look()).toMatchObject({ state: "absent", version: { inForce: null, wanted: null, isWanted: true }, names: [] });
  await ended(turnEdgeOn(scene.ctx()));
  await namePanel();
  const nowMs = scene.clock.now().getTime();
  const issued = { names: ["panel.example.com"], notBeforeMs: nowMs - dayMs, source: "issued" as const };
  // Caddy keeps what it had: an older one, and one of another authority.
  scene.edgeWorld.certificates = [
    { ...issued, issuer: "Older", notBeforeMs: nowMs - 9 * dayMs, notAfterMs: nowMs + 80 * dayMs, authority: "local" },
    { ...issued, issuer: "Basehold", notAfterMs: nowMs + 10 * dayMs, authority: "local" },
    { ...issued, issuer: "Public", notBeforeMs: nowMs, notAfterMs: nowMs + 90 * dayMs, authority: "acme-v02.api.letsencrypt.org-directory" },
  ];
  const state = await look();
  expect(state).toMatchObject({ state: "running", version: { isWanted: true }, leftOut: [], refusal: null });
  expect(state.internalRootPem).toContain("BEGIN CERTIFICATE");
  expect(state.names).toMatchObject([{ hostname: "panel.example.com", tls: "internal", project: null, certificate: { issuer: "Basehold", daysLeft: 10 } }]);
});

test("what another program holds, and what the edge refuses, is said until it is over", async () => {
  await ended(turnEdgeOn(scene.ctx()));
  await ended(createProject(scene.ctx(), { displayName: "shop", ref: "shop", services: ["db", "api-gw", "auth", "rest"] }));
  scene.edgeWorld.document = null;
  scene.edgeWorld.portsHeldByOthers.push("127.0.0.1:8100");
  await worker.tools.edge.sync(never);
  expect(await look()).toMatchObject({ leftOut: ["127.0.0.1:8100"], version: { isWanted: true } });
  scene.edgeWorld.portsHeldByOthers = [];
  scene.edgeWorld.refusal = "unknown module";
  await expect(worker.tools.edge.sync(never)).rejects.toThrow();
  expect((await look()).refusal).toEqual({ sentence: "The edge refused the configuration; the last one stays in force.", detail: "unknown module" });
  scene.edgeWorld.refusal = null;
  await worker.tools.edge.sync(never);
  expect(await look()).toMatchObject({ leftOut: [], refusal: null });
});

test("a change that was taken back is told on the page until the next one", async () => {
  await ended(turnEdgeOn(scene.ctx()));
  scene.edgeWorld.portsHeldByOthers.push(":443");
  scene.clock.advance(1_000);
  await namePanel();
  expect((await getEdge(scene.ctx())).failure).toMatchObject({ title: "Change the edge", sentence: expect.stringContaining("Port 443") as string });
  scene.edgeWorld.portsHeldByOthers = [];
  scene.clock.advance(1_000);
  await namePanel();
  expect(await getEdge(scene.ctx())).toMatchObject({ failure: null, openOperationId: null, panelUrl: "https://panel.example.com", settings: { panelHost: { hostname: "panel.example.com" } } });
});
