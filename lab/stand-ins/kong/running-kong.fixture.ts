import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { bundle } from "../../recipes/bundle";
import { send, type Reply, type Sent } from "@/lib/gateway/envoy-process.fixture";
import type { KongKeys } from "@/lib/gateway/kong-consumers";
import { upstreamAddresses, type UpstreamService } from "@/lib/gateway/routes";
import { kongEnvironment, requestConfiguration } from "@/lib/stack/services/kong-environment";

export type Echo = { service: string; method: string; url: string; headers: IncomingHttpHeaders; body: string };

const token = (name: string) => `header.${name}.signature`;
export const sampleKeys = {
  anon: token("legacy-anon"),
  serviceRole: token("legacy-service"),
  publishable: ["sb_publishable_aaaaaaaaaaaaaaaaaaaaaa_bbbbbbbb"],
  secret: ["sb_secret_cccccccccccccccccccccc_dddddddd"],
  revoked: [],
  anonToken: token("internal-anon"),
  serviceRoleToken: token("internal-service"),
  dashboardUsers: [{ username: "supabase", password: "dashboard4password" }],
  jwks: JSON.stringify({ keys: [] }),
} satisfies KongKeys;

/** As the real services answer to the contract's requests. */
function upstreamStatus({ service, url, headers }: Echo): number {
  const bearer = headers.authorization;
  const isService = bearer === `Bearer ${sampleKeys.serviceRoleToken}` || bearer === `Bearer ${sampleKeys.serviceRole}`;
  if (service === "auth" && url.startsWith("/admin")) return isService ? 200 : 401;
  if (service === "rest") return url.startsWith("/basehold_contract") ? (bearer === undefined ? 401 : 404) : 200;
  if (service === "storage") return bearer === undefined ? 400 : 200;
  return service === "studio" ? 307 : 200;
}

async function startUpstream(service: UpstreamService): Promise<{ server: Server; port: number }> {
  const describe = (request: IncomingMessage, body: string): Echo => ({ service, method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const echo = describe(request, body);
      response.writeHead(upstreamStatus(echo), { "set-cookie": ["basehold.planted=1", "own=1"], "content-type": "application/json", "access-control-allow-origin": "*", "x-powered-by": "upstream" });
      response.end(JSON.stringify({ ...echo, keys: [], note: "Hello" }));
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, (client) => {
    client.send(JSON.stringify(describe(request, "")));
    client.on("message", (data: Buffer) => client.send(data.toString()));
  }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

export type RunningKong = {
  port: number;
  adminPort: number;
  statusPort: number;
  log(): string;
  ask(path: string, sent?: Sent): Promise<Reply>;
  /** Puts a document in force, everywhere, with this machine's ports in place of the services'. */
  apply(config: string): Promise<Reply>;
  /** Runs `kong` with these arguments beside the running one. */
  command(...args: string[]): Promise<{ exitCode: number | null; output: string }>;
  folder: string;
  place(config: string): string;
  stop(): Promise<void>;
};

function read(child: ChildProcess): { text(): string; ended: Promise<number | null> } {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { text: () => text, ended: new Promise((resolve) => child.once("close", resolve)) };
}

const countIn = (log: string) => log.split("the document is in force").length;

/** The stand-in as a plain process, in the environment that the product gives its Kong, with an echo behind every service. */
export async function startKong(config: string, environment: Record<string, string> = {}): Promise<RunningKong> {
  const folder = mkdtempSync(join(tmpdir(), "basehold-kong-"));
  mkdirSync(join(folder, "prefix"));
  const program = join(folder, "kong.mjs");
  writeFileSync(program, await bundle(new URL("./main.ts", import.meta.url).pathname, "node"));
  const services = Object.keys(upstreamAddresses) as UpstreamService[];
  const upstreams = new Map(await Promise.all(services.map(async (service) => [service, await startUpstream(service)] as const)));
  const place = (text: string) => JSON.stringify(JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !("host" in value) || !("port" in value)) return value;
    const service = services.find((name) => upstreamAddresses[name].host === value.host && upstreamAddresses[name].port === value.port);
    return service === undefined ? value : { ...value, host: "127.0.0.1", port: upstreams.get(service)?.port };
  }));
  const [port, adminPort, statusPort] = [await freePort(), await freePort(), await freePort()];
  const file = join(folder, "kong.json");
  writeFileSync(file, place(config));
  const [prefix, requests] = [join(folder, "prefix"), join(folder, "requests.conf")];
  writeFileSync(requests, requestConfiguration);
  const env = {
    ...process.env, ...kongEnvironment("http://127.0.0.1:8123", []), KONG_DECLARATIVE_CONFIG: file, KONG_PREFIX: prefix, KONG_ALLOW_DEBUG_HEADER: "on",
    KONG_NGINX_PROXY_INCLUDE: requests, KONG_NGINX_PROXY_PROXY_SSL_TRUSTED_CERTIFICATE: join(prefix, ".ca_combined"),
    KONG_PROXY_LISTEN: `127.0.0.1:${port}`, KONG_ADMIN_LISTEN: `127.0.0.1:${adminPort}`, KONG_STATUS_LISTEN: `127.0.0.1:${statusPort}`, KONG_PORT_MAPS: `8123:${port}`, ...environment,
  };
  const run = (...args: string[]) => spawn(process.execPath, [program, ...args], { env });
  const child = run("docker-start");
  const output = read(child);
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", () => output.text().includes("ready") && resolve());
    void output.ended.then((code) => reject(new Error(`Kong ended with ${String(code)}: ${output.text()}`)));
  });
  return {
    port, adminPort, statusPort, folder, place,
    log: output.text,
    ask: (path, sent) => send(port, path, sent),
    async apply(text) {
      const before = countIn(output.text());
      const reply = await send(adminPort, "/config?check_hash=1", { method: "POST", headers: { "content-type": "text/yaml" }, body: place(text) });
      while (reply.status === 201 && countIn(output.text()) === before) await once(child.stderr, "data");
      return reply;
    },
    async command(...args) {
      const ran = read(run(...args));
      return { exitCode: await ran.ended, output: ran.text() };
    },
    async stop() {
      child.kill("SIGTERM");
      await output.ended;
      for (const { server } of upstreams.values()) {
        server.close();
        server.closeAllConnections();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
