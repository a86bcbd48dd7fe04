import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";
import { customAlphabet } from "nanoid";
import { encode } from "next-auth/jwt";
import { apiTokenPrefix, hashSecretText, randomText } from "@/lib/access/secret-text";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { LABEL } from "@/lib/engine/observed";
import { benchFolder, panelPort } from "./settings";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const dayMs = 24 * 3_600_000;
export const panelUrl = `http://panel.localhost:${panelPort}`;
/** Node does not know every name under localhost. */
export const panelAddress = `http://127.0.0.1:${panelPort}`;
/** Nothing that a person has set for a panel of their own may reach this one. */
const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BASEHOLD_") && name !== "DATABASE_URL"));
const environment = { ...inherited, NODE_ENV: "production" as const, PORT: String(panelPort), BASEHOLD_DATA: benchFolder, BASEHOLD_URL: panelUrl };

export const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);

export type BenchPanel = { cookie: string; token: string };

/** Starts a panel of its own from nothing, gives it to `act`, and leaves nothing behind, whatever happens. `variables`: further ones of its environment. */
export async function withPanel<T>(act: (panel: BenchPanel) => Promise<T>, variables: Record<string, string> = {}): Promise<T> {
  await clearPanel();
  try {
    await up(variables, "--lab", "--detach");
    return await act(await withStore(seedOwner));
  } finally {
    await clearPanel();
  }
}

async function up(variables: Record<string, string>, ...args: string[]): Promise<void> {
  await run(process.execPath, [join(root, "bin/up.mjs"), ...args], { cwd: root, env: { ...environment, ...variables }, timeout: 20 * 60_000, maxBuffer: 16 << 20 });
}

async function clearPanel(): Promise<void> {
  if (!existsSync(benchFolder)) return;
  await up({}, "--stop");
  if (existsSync(join(benchFolder, "store/basehold.sqlite"))) {
    const row = await withStore((store) => store.db.installationSetting.findUnique({ where: { key: "instanceId" } })).catch(() => null);
    if (row !== null) await removeObjects(JSON.parse(row.valueJson) as string);
  }
  rmSync(benchFolder, { recursive: true, force: true });
}

async function removeObjects(instanceId: string): Promise<void> {
  const docker = new Docker();
  const filters = { label: [`${LABEL.instance}=${instanceId}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) await docker.getContainer(Id).remove({ force: true, v: true });
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes ?? []) await docker.getVolume(Name).remove();
}

/** Opens the store of the running panel beside it, as another process may. */
export async function withStore<T>(act: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ url: `file:${join(benchFolder, "store/basehold.sqlite")}` });
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

/** An owner who is signed in and has just given the password, and a token: written as the sign-in would write them. */
async function seedOwner(store: Store): Promise<BenchPanel> {
  const now = new Date();
  const times = { createdAt: now, expiresAt: new Date(now.getTime() + dayMs) };
  const user = await store.db.user.create({ data: { id: newId(), email: "bench@example.com", name: "Bench", passwordHash: "none", installationRole: "owner", createdAt: now } });
  const sid = randomText();
  // Proved in the future: a long run would outlive the ten minutes that a proof is good for.
  await store.db.session.create({ data: { id: newId(), tokenHash: await hashSecretText(sid), userId: user.id, ...times, lastSeenAt: now, passwordProvedAt: new Date(now.getTime() + dayMs), ip: "127.0.0.1", userAgent: "bench" } });
  const token = `${apiTokenPrefix}${randomText()}`;
  await store.db.apiToken.create({ data: { id: newId(), userId: user.id, name: "bench", prefix: token.slice(0, 9), tokenHash: await hashSecretText(token), role: "viewer", scopesJson: "[]", ...times } });
  const secret = readFileSync(join(benchFolder, "web-secret"), "utf8").trim();
  return { cookie: `basehold.session=${await encode({ token: { sid }, secret, maxAge: dayMs / 1000 })}`, token };
}

/** Asks the REST API as the owner. @throws with the answer when it is not a success */
export async function ask<T>(panel: BenchPanel, method: string, path: string, body?: unknown): Promise<T> {
  const headers = { cookie: panel.cookie, origin: panelUrl, ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const response = await fetch(`${panelAddress}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
  return (await response.json()) as T;
}

/** Process ids of web and worker: the children of whoever supervises this panel. */
export function processesOf(): { web: number; worker: number } {
  const { pid } = JSON.parse(readFileSync(join(benchFolder, "run/supervisor.json"), "utf8")) as { pid: number };
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === pid).map(Number);
  const worker = children.find((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes("worker.mjs"));
  const web = children.find((child) => child !== worker);
  if (worker === undefined || web === undefined) throw new Error("The panel's two processes were not found.");
  return { web, worker };
}

function parentOf(pid: string): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return null;
  }
}
