import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { LABEL } from "@/lib/engine/observed";
import { packConfigFiles } from "@/lib/adapters/docker/upload";
import { renderEdge } from "@/lib/gateway/edge";
import { releases } from "@/lib/stack/releases";
import { labPrefix, withEdge, type BenchEdge } from "./parts/bench-edge";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";
import { median } from "./parts/statistics";

const pairsPerRound = 3_000;
const warmUpPairs = 500;
const hostname = "bench.test";

type Way = { name: "gateway" | "http" | "https"; send(): Promise<void> };

/** The same request to the gateway alone, through the edge's plain address and through its TLS, in turns over open connections. */
export async function benchEdgeLatency(): Promise<void> {
  await withEdge(async (bench) => {
    const [gatewayPort, localPort] = [await freePort(), await freePort()];
    await startGateway(bench, gatewayPort);
    const domains = [{ hostname, kind: "api" as const, tls: { kind: "internal" as const }, redirectsHttp: true, hsts: null, isOpen: true }];
    const project = { projectId: "bench0000000", localListen: { address: "127.0.0.1", port: localPort }, gatewayUpstream: `127.0.0.1:${gatewayPort}`, domains, studio: null, allowedNetworks: null };
    await bench.edge.load(renderEdge({ ...bench.base, projects: [project] }));
    const ways = makeWays(gatewayPort, localPort, bench.base.publicListen.httpsPort);
    for (const { send } of Object.values(ways)) await untilAnswered(send);
    await measure(ways, warmUpPairs);
    const added: { http: number[]; https: number[] } = { http: [], https: [] };
    for (let round = 0; round < rounds; round++) {
      const { http, https } = await measure(ways, pairsPerRound);
      added.http.push(median(http));
      added.https.push(median(https));
    }
    recordFigure("edge-latency", { ours: added.https, note: `Over TLS; ${median(added.http).toFixed(2)} ms on the project's plain address` });
  });
}

type Ways = Record<Way["name"], Way>;

function makeWays(gatewayPort: number, localPort: number, httpsPort: number): Ways {
  const [direct, plain] = [new HttpAgent({ keepAlive: true, maxSockets: 1 }), new HttpAgent({ keepAlive: true, maxSockets: 1 })];
  const encrypted = new HttpsAgent({ keepAlive: true, maxSockets: 1 });
  const base: RequestOptions = { host: "127.0.0.1", path: "/rest/v1/todos?select=*", headers: { host: hostname, apikey: "sb_publishable_x", cookie: "sb-access=1; theme=dark" } };
  return {
    gateway: { name: "gateway", send: () => sendOnce(httpRequest({ ...base, port: gatewayPort, agent: direct })) },
    http: { name: "http", send: () => sendOnce(httpRequest({ ...base, port: localPort, agent: plain })) },
    https: { name: "https", send: () => sendOnce(httpsRequest({ ...base, port: httpsPort, servername: hostname, rejectUnauthorized: false, agent: encrypted })) },
  };
}

function sendOnce(sent: ReturnType<typeof httpRequest>): Promise<void> {
  return new Promise((resolve, reject) => {
    sent.once("error", reject);
    sent.once("response", (response) => {
      if (response.statusCode !== 200) reject(new Error(`It answered ${String(response.statusCode)}.`));
      response.resume().once("end", resolve);
    });
    sent.end();
  });
}

/** What the edge added in each pair, in milliseconds. The order turns, so that none always comes after the same other. */
async function measure(ways: Ways, pairs: number): Promise<{ http: number[]; https: number[] }> {
  const added: { http: number[]; https: number[] } = { http: [], https: [] };
  const order = [ways.gateway, ways.http, ways.https];
  for (let pair = 0; pair < pairs; pair++) {
    const took = { gateway: 0, http: 0, https: 0 };
    for (const { name, send } of order) {
      const startedAt = performance.now();
      await send();
      took[name] = performance.now() - startedAt;
    }
    added.http.push(took.http - took.gateway);
    added.https.push(took.https - took.gateway);
    order.push(...order.splice(0, 1));
  }
  return added;
}

async function untilAnswered(send: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await send().then(() => true, () => false)) return;
    await sleep(100);
  }
  await send();
}

const answerBytes = 1024;

/** Envoy as a project's gateway runs, published on loopback, with an answer of its own in place of services. */
async function startGateway({ engine, instanceId }: BenchEdge, port: number): Promise<void> {
  const image = releases.flatMap(({ services }) => services.map((service) => service.image)).find((name) => name.startsWith("envoyproxy/envoy:"));
  if (image === undefined) throw new Error("No release runs Envoy.");
  await engine.pullImage(labPrefix + image, () => undefined);
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", stat_prefix: "bench",
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: "x".repeat(answerBytes) } } }] }] },
    http_filters: [{ name: "envoy.filters.http.router", typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" } }],
  };
  const listener = { name: "bench", address: { socket_address: { address: "0.0.0.0", port_value: 8000 } }, filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] }] };
  const docker = new Docker();
  const container = await docker.createContainer({
    Image: labPrefix + image, Labels: { [LABEL.instance]: instanceId }, Cmd: ["envoy", "-c", "/etc/envoy/bench.json"], ExposedPorts: { "8000/tcp": {} },
    HostConfig: { PortBindings: { "8000/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] } },
  });
  const content = JSON.stringify({ static_resources: { listeners: [listener] } });
  await container.putArchive(Buffer.from(await packConfigFiles([{ path: "/etc/envoy/bench.json", content, mode: 0o644, uid: 0, gid: 0, reloadable: false }])), { path: "/" });
  await container.start();
}
