import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export type RegistryOptions = {
  port: number;
  /** Data, log, configuration and pid file go there. */
  folder: string;
  /** true: it outlives this process. false (tests): it ends with it. */
  isDetached: boolean;
};

export type Registry = {
  port: number;
  pid: number;
  /** `http://127.0.0.1:<port>` */
  url: string;
  stop(): Promise<void>;
};

const startDeadlineMs = 15_000;
const pollMs = 25;

function configuration({ port, folder }: RegistryOptions): string {
  return [
    "version: 0.1",
    "log:",
    "  level: warn",
    "  accesslog:",
    "    disabled: true",
    "storage:",
    "  filesystem:",
    `    rootdirectory: ${JSON.stringify(join(folder, "data"))}`,
    "  delete:",
    "    enabled: true",
    "http:",
    `  addr: 127.0.0.1:${String(port)}`,
    "",
  ].join("\n");
}

/** true when a registry answers there. */
export async function answers(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/v2/`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok && answer.headers.get("docker-distribution-api-version") === "registry/2.0";
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function waitUntilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(pollMs);
}

const pidFile = (folder: string) => join(folder, "registry.pid");

/** Starts Debian's `docker-registry` on loopback and returns when it answers. */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  await mkdir(options.folder, { recursive: true });
  const configFile = join(options.folder, "config.yml");
  await writeFile(configFile, configuration(options));
  const log = await open(join(options.folder, "registry.log"), "a");
  const child = spawn("docker-registry", ["serve", configFile], { detached: options.isDetached, stdio: ["ignore", log.fd, log.fd] });
  try {
    await once(child, "spawn");
  } finally {
    await log.close();
  }
  if (options.isDetached) child.unref();
  const { pid } = child;
  if (pid === undefined) throw new Error("docker-registry did not start.");
  await writeFile(pidFile(options.folder), String(pid));
  const deadline = Date.now() + startDeadlineMs;
  while (!(await answers(options.port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The registry on port ${String(options.port)} did not start; see ${options.folder}/registry.log.`);
    await delay(pollMs);
  }
  return { port: options.port, pid, url: `http://127.0.0.1:${String(options.port)}`, stop: () => stopRegistry(options.folder) };
}

/** Starts it unless one answers on that port already. Returns whether it was started. */
export async function ensureRegistry(options: RegistryOptions): Promise<boolean> {
  if (await answers(options.port)) return false;
  await startRegistry(options);
  return true;
}

/** Ends the registry that was started in that folder; nothing happens when it is gone. */
export async function stopRegistry(folder: string): Promise<void> {
  const text = await readFile(pidFile(folder), "utf8").catch(() => "");
  const pid = Number(text);
  if (text !== "" && (await isRegistry(pid))) {
    process.kill(pid, "SIGTERM");
    await waitUntilGone(pid);
  }
  await rm(pidFile(folder), { force: true });
}

/** After a reboot the number in a pid file may belong to another program. */
async function isRegistry(pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "");
  return commandLine.includes("docker-registry");
}
