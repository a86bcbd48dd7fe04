import { afterEach, beforeEach, expect, it } from "vitest";
import { LABEL } from "@/lib/engine/observed";
import { envoyFolder, routesFile } from "@/lib/gateway/envoy";
import { kongFile } from "@/lib/gateway/kong";
import { createProject } from "../create-project";
import { openScene, type Scene } from "../scene.fixture";
import { readGatewayHealth } from "./read-gateway-health";

const ref = "shop";
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

/** A ready project, with the other gateway than its release's when it is named. */
async function create(gatewayKind: "kong" | null = null) {
  const { operationId } = await createProject(scene.ctx(), { displayName: "Shop", services: ["db", "api-gw", "auth", "rest"] });
  await scene.store.db.project.updateMany({ data: { gatewayKind } });
  const worker = scene.startWorker();
  expect((await scene.ended(operationId)).status).toBe("done");
  await worker.stop();
}

const look = () => readGatewayHealth(scene.ctx(), scene.tools(), ref, new AbortController().signal);

function gateway(service: string) {
  const found = scene.world.containers.find(({ labels }) => labels[LABEL.service] === service);
  if (found === undefined) throw new Error(`${service} does not run.`);
  return found;
}

it("Envoy tells what is in force, its connections and its upstreams", async () => {
  await create();
  scene.world.programs["api-gw"] = { upstreams: ["rest::172.20.0.5:3000::cx_active::2", "rest::172.20.0.5:3000::rq_total::40", "rest::172.20.0.5:3000::rq_error::3", "rest::172.20.0.5:3000::cx_connect_fail::1", "auth::default_priority::max_connections::1024"].join("\n") };
  expect(await look()).toMatchObject({
    kind: "envoy", isRunning: true, isReachable: true, isReady: true, version: { isWanted: true }, refusedUpdates: 0, lastRefusals: [], activeConnections: 3,
    upstreams: [{ name: "rest", addresses: ["172.20.0.5:3000"], activeConnections: 2, requests: 40, failedRequests: 3, failedConnections: 1 }, { name: "auth", addresses: [] }],
  });
});

it("a configuration that somebody put there by hand is not the wanted one", async () => {
  await create();
  gateway("api-gw").files[`${envoyFolder}/${routesFile}`] = Buffer.from('{"version_info":"another"}').toString("base64");
  const { version } = await look();
  expect(version.isWanted).toBe(false);
  expect(version.inForce).not.toBe(version.wanted);
});

it("Kong tells its document, its connections and what its upstreams answered, and no addresses", async () => {
  await create("kong");
  const requests = (route: string, code: number, source: string, count: number) => `kong_http_requests_total{service="${route}",route="${route}",code="${code}",source="${source}",workspace="default",consumer=""} ${count}`;
  scene.world.programs.kong = { metrics: ['kong_nginx_connections_total{node_id="n",subsystem="http",state="active"} 4', requests("rest-v1-protected", 200, "service", 7), requests("rest-v1-protected", 502, "kong", 2), requests("rest-v1-protected", 401, "kong", 5)].join("\n") };
  gateway("kong").log.push({ atMs: 0, stream: "stderr", text: "[error] declarative config is invalid: {routes={...}}" }, { atMs: 0, stream: "stdout", text: '{"path":"/in \'routes\'"}' });
  const health = await look();
  expect(health).toMatchObject({ kind: "kong", isRunning: true, isReachable: true, isReady: true, version: { isWanted: true }, refusedUpdates: null, lastRefusals: ["[error] declarative config is invalid: {routes={...}}"], activeConnections: 4 });
  expect(health.upstreams.find(({ name }) => name === "rest")).toEqual({ name: "rest", addresses: null, activeConnections: null, requests: 9, failedRequests: 2, failedConnections: null });
  gateway("kong").files[kongFile] = Buffer.from("{}").toString("base64");
  expect((await look()).version.isWanted).toBe(false);
});

it("a gateway that does not run, and one that does not answer, are told apart", async () => {
  await create();
  gateway("api-gw").state = "exited";
  expect(await look()).toMatchObject({ isRunning: false, isReachable: false, isReady: false, upstreams: [] });
  gateway("api-gw").state = "running";
  const { engine, ...tools } = scene.tools();
  const refused = { exitCode: 1, stdout: "", stderr: "bash: connect: Connection refused" };
  const mute = { ...tools, engine: { observe: engine.observe.bind(engine), tailLogs: engine.tailLogs.bind(engine), exec: () => Promise.resolve(refused) } };
  expect(await readGatewayHealth(scene.ctx(), mute, ref, new AbortController().signal)).toMatchObject({ isRunning: true, isReachable: false });
});
