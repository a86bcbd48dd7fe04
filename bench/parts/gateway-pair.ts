import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { parse } from "yaml";
import { findGo, goFlags } from "@/lab/go-programs";
import { run } from "@/lab/run";
import { freePort } from "@/lib/adapters/host/free-port.fixture";
import { DockerEngine } from "@/lib/adapters/docker/docker-engine";
import { renderEnvoy } from "@/lib/gateway/envoy";
import { writeEnvoyFiles } from "@/lib/gateway/envoy-process.fixture";
import type { RouteConfigurationInput } from "@/lib/gateway/envoy-routes";
import { upstreamAddresses, type UpstreamService } from "@/lib/gateway/routes";
import { labPrefix } from "./bench-edge";

export type LoadRequest = { method: string; path: string; headers: Record<string, string>; body?: string };
/** Microseconds of one block: Basehold's gateway first, the peer second. */
export type LatencyBlock = { p50: [number, number]; p99: [number, number] };

type Counts = { warmUpPairs: number; blocks: number; pairsPerBlock: number };
export type GatewayPair = { measure(requests: readonly LoadRequest[], counts: Counts): Promise<LatencyBlock[]> };

/**
 * Basehold's Envoy and the plain one beside each other on loopback, as containers of one image with one upstream behind both; the log goes
 * where a project's goes. Gone when `act` has ended.
 */
export async function withGatewayPair<T>(image: string, input: RouteConfigurationInput, plain: unknown, act: (pair: GatewayPair) => Promise<T>): Promise<T> {
  const folder = mkdtempSync("/tmp/basehold-bench-gateways-");
  // Envoy's image runs it as a user of its own, who has to read here.
  chmodSync(folder, 0o755);
  const ports = { ours: await freePort(), plain: await freePort(), upstream: await freePort() };
  const started: { containers: Docker.Container[]; upstream?: ChildProcess } = { containers: [] };
  try {
    const program = await buildLoad(folder);
    started.upstream = spawn(program, ["serve", String(ports.upstream)], { stdio: ["ignore", "ignore", "inherit"] });
    const files = { ours: await writeOurs(folder, input, ports), plain: await writePlain(folder, plain, input, ports) };
    await new DockerEngine().pullImage(labPrefix + image, () => undefined);
    for (const path of [files.ours, files.plain]) started.containers.push(await startContainer(image, folder, path));
    for (const [index, port] of [ports.ours, ports.plain].entries()) await untilServing(port, started.containers[index]);
    return await act({ measure: (requests, counts) => measure(program, { ports: [ports.ours, ports.plain], requests, ...counts }) });
  } finally {
    for (const container of started.containers) await container.remove({ force: true, v: true });
    started.upstream?.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildLoad(folder: string): Promise<string> {
  const program = join(folder, "gateway-load");
  await run(await findGo(), ["build", ...goFlags, "-o", program, join(import.meta.dirname, "gateway-load/main.go")], { env: { CGO_ENABLED: "0", GO111MODULE: "off" } });
  return program;
}

type Ports = { ours: number; plain: number; upstream: number };

async function writeOurs(folder: string, input: RouteConfigurationInput, ports: Ports): Promise<string> {
  const upstreamPorts = Object.fromEntries(Object.keys(upstreamAddresses).map((service) => [service, ports.upstream])) as Record<UpstreamService, number>;
  mkdirSync(join(folder, "ours"));
  return writeEnvoyFiles(renderEnvoy(input), { folder: join(folder, "ours"), port: ports.ours, adminPort: await freePort(), upstreamPorts });
}

async function writePlain(folder: string, plain: unknown, { keys }: RouteConfigurationInput, ports: Ports): Promise<string> {
  const values: Record<string, string> = {
    PORT: String(ports.plain), ADMIN_PORT: String(await freePort()), UPSTREAM_PORT: String(ports.upstream), HTPASSWD: keys.dashboardHtpasswd,
    ANON_KEY: keys.anon ?? "", SERVICE_ROLE_KEY: keys.serviceRole ?? "", PUBLISHABLE_KEY: String(keys.publishable), SECRET_KEY: String(keys.secret), ANON_TOKEN: keys.anonToken, SERVICE_ROLE_TOKEN: keys.serviceRoleToken,
  };
  const path = join(folder, "plain.json");
  writeFileSync(path, JSON.stringify(plain).replaceAll(/"\$\{([A-Z_]+_)?PORT\}"/g, (_all, name: string | undefined) => values[`${name ?? ""}PORT`] ?? "").replaceAll(/\$\{([A-Z_]+)\}/g, (all, name: string) => values[name] ?? all));
  return path;
}

/** The hand-written file as it lies beside this one. */
export const plainGateway = () => parse(readFileSync(join(import.meta.dirname, "plain-gateway.yaml"), "utf8"), { merge: true }) as unknown;

/** Its routes alone: nothing asks for a key, and every request passes. */
export function unguardedGateway(): unknown {
  const text = JSON.stringify(plainGateway(), (key, value: unknown) => {
    if (key === "typed_per_filter_config") return undefined;
    return key === "http_filters" ? (value as { name: string }[]).filter(({ name }) => name.endsWith(".router")) : value;
  });
  return JSON.parse(text) as unknown;
}

async function startContainer(image: string, folder: string, path: string): Promise<Docker.Container> {
  const container = await new Docker().createContainer({
    Image: labPrefix + image, Cmd: ["envoy", "-c", path, "--concurrency", "2", "--disable-hot-restart"],
    HostConfig: { NetworkMode: "host", Binds: [`${folder}:${folder}:ro`], LogConfig: { Type: "json-file", Config: { "max-size": "10485760", "max-file": "2" } } },
  });
  await container.start();
  return container;
}

async function untilServing(port: number, container: Docker.Container | undefined): Promise<void> {
  const ask = () => new Promise<boolean>((resolve) => request({ host: "127.0.0.1", port, path: "/auth/v1/verify", agent: false }, (response) => resolve(response.resume().statusCode === 200)).once("error", () => resolve(false)).end());
  for (let tries = 0; tries < 300; tries++) {
    if (await ask()) return;
    await sleep(100);
  }
  const said = await container?.logs({ stdout: true, stderr: true, tail: 2 });
  throw new Error(`The gateway on port ${String(port)} did not serve within 30 seconds: ${String(said)}`);
}

async function measure(program: string, plan: object): Promise<LatencyBlock[]> {
  const load = spawn(program, ["pairs"], { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  load.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  load.stdin.end(JSON.stringify(plan));
  const [code] = (await once(load, "close")) as [number | null];
  if (code !== 0) throw new Error("The load ended early.");
  return JSON.parse(said) as LatencyBlock[];
}
