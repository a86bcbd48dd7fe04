import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type Agent, type IncomingHttpHeaders, type Server } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { bootstrapFile, clustersFile, envoyFolder, filtersFile, routesFile, type RenderedEnvoy } from "./envoy";
import { upstreamAddresses, type UpstreamService } from "./routes";

/** The real Envoy: a binary named by BASEHOLD_ENVOY_BINARY, or the lab's image on the host's network. */
const binary = process.env.BASEHOLD_ENVOY_BINARY;
const usualImage = process.env.BASEHOLD_ENVOY_IMAGE ?? "127.0.0.1:5055/envoyproxy/envoy:v1.39.1";

export type Reply = { status: number; headers: IncomingHttpHeaders; body: string };
export type Sent = { method?: string; headers?: Record<string, string | string[]>; body?: string | Buffer; agent?: Agent; /** Over TLS with this name, whoever signed the certificate. */ servername?: string };
export type Echo = { service: string; method: string; url: string; headers: IncomingHttpHeaders };

/** By Node's own client, which sends paths and headers exactly as given. */
export function send(port: number, path: string, { method = "GET", headers = {}, body, agent, servername }: Sent = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, method, headers, agent: agent ?? false };
    const outgoing = servername === undefined ? httpRequest(options) : httpsRequest({ ...options, servername, rejectUnauthorized: false });
    outgoing.on("error", (error) => reject(new Error(`${method} ${path} ${JSON.stringify(headers)}: ${error.message}`)));
    outgoing.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: "" });
    });
    outgoing.on("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    outgoing.end(body);
  });
}

/** What an upstream answers instead of an echo; undefined for an echo. */
export type Script = (echo: Echo) => { status: number; headers?: Record<string, string> } | undefined;

/** One server per service that says what reached it. */
export async function startEchoUpstreams(script: Script = () => undefined) {
  const servers: Server[] = [];
  const ports = {} as Record<UpstreamService, number>;
  for (const service of Object.keys(upstreamAddresses) as UpstreamService[]) {
    const server = createServer((request, response) => {
      let size = 0;
      request.on("data", (chunk: Buffer) => (size += chunk.length));
      request.on("end", () => {
        const echo: Echo = { service, method: request.method ?? "", url: request.url ?? "", headers: request.headers };
        const scripted = script(echo);
        response.writeHead(scripted?.status ?? 200, { "content-type": "application/json", ...scripted?.headers });
        response.end(JSON.stringify({ ...echo, size }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports[service] = (server.address() as AddressInfo).port;
    servers.push(server);
  }
  return { ports, stop: () => servers.forEach((server) => server.close()) };
}

export type RunningEnvoy = {
  port: number;
  ask(path: string, sent?: Sent): Promise<Reply>;
  /** Moves new discovery files into place and waits until their routes are in force. */
  apply(rendered: Pick<RenderedEnvoy, "cds" | "ecds" | "rds" | "rdsVersion">): Promise<void>;
  admin(path: string): Promise<string>;
  log(): string;
  stop(): Promise<void>;
};

function runEnvoy(folder: string, args: string[], image = usualImage): ChildProcess {
  if (binary !== undefined) return spawn(binary, args);
  return spawn("docker", ["run", "--rm", "--network", "host", "-v", `${folder}:${folder}`, image, "envoy", ...args]);
}

/** What Envoy's own checker says of one static file; empty when it takes it. */
export async function validateEnvoy(text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "basehold-envoy-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, bootstrapFile), text);
  const run = runEnvoy(folder, ["--mode", "validate", "-l", "error", "-c", join(folder, bootstrapFile)]);
  let said = "";
  for (const stream of [run.stdout, run.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => run.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
  return code === 0 ? "" : `${code}: ${said}`;
}

type Placement = { folder: string; port: number; adminPort: number; upstreamPorts: Record<UpstreamService, number> };

/** What was rendered for a container of a project's network, at addresses of this machine. */
function placeValue(value: unknown, { folder, port, adminPort, upstreamPorts }: Placement): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(envoyFolder, folder), (key, part: unknown) => {
    if (key !== "socket_address") return part;
    const { address, port_value } = part as { address: string; port_value: number };
    if (port_value === 8000) return { address: "127.0.0.1", port_value: port };
    if (port_value === 9901) return { address, port_value: adminPort };
    const service = (Object.keys(upstreamAddresses) as UpstreamService[]).find((name) => upstreamAddresses[name].port === port_value && upstreamAddresses[name].host === address);
    return service === undefined ? part : { address: "127.0.0.1", port_value: upstreamPorts[service] };
  });
}

type DiscoveryFiles = Pick<RenderedEnvoy, "cds" | "ecds" | "rds">;

function writeDiscovery({ cds, ecds, rds }: DiscoveryFiles, placement: Placement): void {
  for (const [name, text] of [[clustersFile, cds], [filtersFile, ecds], [routesFile, rds]] as const) {
    const path = join(placement.folder, name);
    writeFileSync(`${path}.new`, JSON.stringify(placeValue(JSON.parse(text), placement)));
    renameSync(`${path}.new`, path);
  }
}

/** Writes a rendered configuration into a folder, its addresses replaced by this machine's; returns the path of the bootstrap. */
export function writeEnvoyFiles(rendered: RenderedEnvoy, placement: Placement): string {
  const path = join(placement.folder, bootstrapFile);
  writeFileSync(path, stringify(placeValue(parse(rendered.bootstrap), placement)));
  writeDiscovery(rendered, placement);
  return path;
}

/** Envoy with a rendered configuration, its addresses replaced by this machine's. */
export async function startEnvoy(rendered: RenderedEnvoy, upstreamPorts: Record<UpstreamService, number>, { image }: { image?: string } = {}): Promise<RunningEnvoy> {
  const folder = mkdtempSync(join(tmpdir(), "basehold-envoy-"));
  // The image runs Envoy as a user of its own, who has to read here.
  chmodSync(folder, 0o755);
  const [port, adminPort] = [await freePort(), await freePort()];
  const placement = { folder, port, adminPort, upstreamPorts };
  const bootstrapPath = writeEnvoyFiles(rendered, placement);
  const envoy = runEnvoy(folder, ["-c", bootstrapPath, "--concurrency", "1", "--disable-hot-restart", "-l", "warning"], image);
  let log = "";
  for (const stream of [envoy.stdout, envoy.stderr]) stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const admin = async (path: string) => (await send(adminPort, path)).body;
  const until = async (what: string, attempt: () => Promise<boolean>, withinMs = 30_000) => {
    const deadline = Date.now() + withinMs;
    while (!(await attempt().catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`${what} did not happen. Envoy said: ${log.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  const isInForce = (version: string) => until("the new version", async () => (await admin("/stats?filter=rds.*version_text")).includes(version));
  // The engine may have to pull the image first.
  await until("Envoy", async () => (await send(adminPort, "/ready")).status === 200, 180_000);
  await isInForce(rendered.rdsVersion);
  return {
    port,
    ask: (path, sent) => send(port, path, sent),
    admin,
    log: () => log,
    apply: async (next) => {
      writeDiscovery(next, placement);
      await isInForce(next.rdsVersion);
    },
    stop: async () => {
      const exited = new Promise((resolve) => envoy.once("exit", resolve));
      envoy.kill("SIGTERM");
      if (envoy.exitCode === null) await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
