import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";
import { removeNetwork } from "@/lib/adapters/docker/remove-network";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { dataFolder, notesPath, panelEnvironment, root, statePathOf } from "./where";

const run = promisify(execFile);
const instanceLabel = "io.basehold.instance";

/** Runs the repository's own start command, as a person would. Returns what it printed. */
export async function up(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [join(root, "bin/up.mjs"), ...args], { cwd: root, env: panelEnvironment, timeout: 20 * 60_000, maxBuffer: 16 << 20 });
  return stdout + stderr;
}

/** Runs `basehold` from the command line. */
export async function basehold(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, "bin/basehold.mjs"), ...args], { cwd: root, env: panelEnvironment, timeout: 5 * 60_000 });
  return stdout;
}

/** Stops the panel and removes every Docker object and file of it. */
export async function clearPanel(): Promise<void> {
  if (existsSync(dataFolder)) {
    await up("--stop");
    const instanceId = await readInstanceId();
    if (instanceId !== null) await removeObjects(instanceId);
  }
  rmSync(dataFolder, { recursive: true, force: true });
}

/** Opens the store of the running panel beside it, as another process may. */
export async function withStore<T>(act: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ url: `file:${join(dataFolder, "store/basehold.sqlite")}` });
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

/** The label of everything this installation makes; null when it never came to have one. */
export async function readInstanceId(): Promise<string | null> {
  if (!existsSync(join(dataFolder, "store/basehold.sqlite"))) return null;
  const row = await withStore((store) => store.db.installationSetting.findUnique({ where: { key: "instanceId" } })).catch(() => null);
  return row === null ? null : (JSON.parse(row.valueJson) as string);
}

async function removeObjects(instanceId: string): Promise<void> {
  const docker = new Docker();
  const filters = { label: [`${instanceLabel}=${instanceId}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => removeNetwork(docker, Id, { pauseMs: 200 })));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()));
}

export type Notes = { setUpLink: string; instanceId: string; projectRef: string; exportPath: string; secrets: Record<string, string>; links: Record<string, string> };

/** What was noted so far. A test that needs something that an earlier one did not reach fails with its name. */
export function note<K extends keyof Notes>(key: K): Notes[K] {
  const value = (JSON.parse(readFileSync(notesPath, "utf8")) as Partial<Notes>)[key];
  if (value === undefined) throw new Error(`No earlier test noted ${key}.`);
  return value;
}

export function addNotes(part: Partial<Notes>): void {
  mkdirSync(join(statePathOf("owner"), ".."), { recursive: true });
  const before = existsSync(notesPath) ? (JSON.parse(readFileSync(notesPath, "utf8")) as Partial<Notes>) : {};
  writeFileSync(notesPath, JSON.stringify({ ...before, ...part }), { mode: 0o600 });
}
