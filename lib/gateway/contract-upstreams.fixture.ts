import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { ServiceName } from "@/lib/stack/desired";
import { Secret } from "@/lib/stack/secret-value";
import { contractRequests, judgeContract, prepareRequest, type ContractAnswer, type ContractRequest } from "./contract";
import type { Echo, Reply, Sent } from "./envoy-process.fixture";
import type { GatewayKeys } from "./envoy-routes";
import { htpasswdLine } from "./htpasswd";
import { upstreamAddresses, type UpstreamService } from "./routes";

/** The contract in front of services that are not there: each answers as the real one would, and says what reached it. */

const token = (name: string) => `header.${name}.signature`;
export const contractKeys = {
  anon: token("legacy-anon"),
  serviceRole: token("legacy-service"),
  publishable: "sb_publishable_aaaaaaaaaaaaaaaaaaaaaa_bbbbbbbb",
  secret: "sb_secret_cccccccccccccccccccccc_dddddddd",
  anonToken: token("internal-anon"),
  serviceRoleToken: token("internal-service"),
  dashboardHtpasswd: htpasswdLine("supabase", "dashboard4password"),
} satisfies GatewayKeys;

const credentials = {
  anonKey: new Secret(contractKeys.anon), serviceRoleKey: new Secret(contractKeys.serviceRole), publishableKey: new Secret(contractKeys.publishable), secretKey: new Secret(contractKeys.secret),
  dashboardUsername: new Secret("supabase"), dashboardPassword: new Secret("dashboard4password"),
};

const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };

function upstreamStatus({ service, url, headers: { authorization } }: Echo): number {
  const isService = authorization === `Bearer ${contractKeys.serviceRoleToken}` || authorization === `Bearer ${contractKeys.serviceRole}`;
  if (service === "auth" && url.startsWith("/admin")) return isService ? 200 : 401;
  if (service === "rest") return url.startsWith("/basehold_contract") ? (authorization === undefined ? 401 : 404) : 200;
  if (service === "storage") return authorization === undefined ? 400 : 200;
  if (service === "studio") return 307;
  return 200;
}

type Options = { /** Told of every part of a request's body as it arrives. */ onBody?: (bytes: number) => void };

async function startUpstream(service: UpstreamService, { onBody }: Options): Promise<Server> {
  const describeRequest = (request: IncomingMessage): Echo => ({ service, method: request.method ?? "", url: request.url ?? "", headers: request.headers });
  const server = createServer((request, response) => {
    const echo = describeRequest(request);
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      onBody?.(chunk.length);
    });
    request.on("end", () => {
      response.writeHead(upstreamStatus(echo), { "set-cookie": ["basehold.planted=1", "own=1"], "content-type": "application/json" });
      response.end(JSON.stringify({ ...echo, keys: [], note: "Hello", size }));
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, (client) => {
    client.send(JSON.stringify(describeRequest(request)));
    client.on("message", (data) => client.send(data.toString()));
  }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

export type ContractUpstreams = { ports: Record<UpstreamService, number>; stop(): void };

export async function startContractUpstreams(options: Options = {}): Promise<ContractUpstreams> {
  const services = Object.keys(upstreamAddresses) as UpstreamService[];
  const servers = await Promise.all(services.map((service) => startUpstream(service, options)));
  const ports = Object.fromEntries(services.map((service, index) => [service, (servers[index]?.address() as AddressInfo).port])) as Record<UpstreamService, number>;
  return { ports, stop: () => servers.forEach((server) => server.close()) };
}

type Ask = (path: string, sent: Sent) => Promise<Reply>;

async function answerOf(ask: Ask, request: ContractRequest): Promise<ContractAnswer> {
  const { path, method, headers, body, isWebSocket } = prepareRequest(request, credentials);
  const reply = await ask(path, { method, headers: { ...headers, ...(isWebSocket ? upgrade : {}) }, body });
  return { status: reply.status, bodySnippet: reply.body.slice(0, 2000), durationMs: 0 };
}

/** What is answered wrongly for a project of these services; empty when the contract holds. */
export async function failedContract(ask: Ask, enabledServices: readonly ServiceName[], release = "v0.8.2"): Promise<string[]> {
  const requests = contractRequests({ enabledServices, release });
  const results = judgeContract(await Promise.all(requests.map(async (request) => ({ request, answer: await answerOf(ask, request) }))));
  return results.filter((result) => !result.isPassed).map((result) => `${result.id}: ${result.expected} / ${result.received}`);
}
