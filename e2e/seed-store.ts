import { customAlphabet } from "nanoid";
import { encode } from "next-auth/jwt";
import { hashSecretText, randomText } from "@/lib/access/secret-text";
import { migrateStore } from "@/lib/adapters/store/migrate";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { openPasswordHash } from "@/lib/adapters/vault/password-hash";
import { ensureWebSecret, readWebSecret } from "@/lib/server/web-secret";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seedActivity, seedContract, seedFunctions, seedOperations } from "./seed-history";
import { seedProjects } from "./seed-projects";

/**
 * Fills a store with people of every role and projects in every state, for looking at pages without a worker:
 * `tsx e2e/seed-store.ts <data folder> [empty]`. Prints a cookie per person. `touch` makes what was seen fresh again.
 */

export const seedPassword = "correct horse battery";
export const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);

const people = [
  { key: "owner", name: "Ada Lindqvist", email: "ada@example.com", role: "owner" },
  { key: "admin", name: "Benedikt Öztürk", email: "ben@example.com", role: "admin" },
  { key: "operator", name: "عمر الفاروق", email: "omar@example.com", role: "operator" },
  { key: "viewer", name: "Chiamaka Nwankwo-Fitzgerald of the Extraordinarily Long Name", email: "chiamaka.nwankwo-fitzgerald@subsidiary.example.com", role: "viewer" },
  { key: "member", name: "Dora 🦊", email: "dora@example.com", role: "none" },
] as const;

export type SeededPerson = { key: string; id: string; name: string; role: string };

async function seedPeople(store: Store, secret: string, now: Date): Promise<{ persons: SeededPerson[]; cookies: Record<string, string> }> {
  const passwordHash = await openPasswordHash().hash(seedPassword);
  const cookies: Record<string, string> = {};
  const persons: SeededPerson[] = [];
  for (const { key, name, email, role } of people) {
    const user = await store.db.user.create({ data: { id: newId(), email, name, passwordHash, installationRole: role, createdAt: new Date(now.getTime() - 30 * 86_400_000) } });
    const sid = randomText();
    await store.db.session.create({ data: { id: newId(), tokenHash: await hashSecretText(sid), userId: user.id, createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + 7 * 86_400_000), passwordProvedAt: now, ip: "203.0.113.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36" } });
    cookies[key] = await encode({ token: { sid }, secret, maxAge: 7 * 86_400 });
    persons.push({ key, id: user.id, name, role });
  }
  return { persons, cookies };
}

/** Makes heartbeat and snapshots as young as they are while a worker runs. */
export async function touch(store: Store, now = new Date()): Promise<void> {
  await store.db.observedSnapshot.updateMany({ where: { project: { ref: { not: "mail-relay" } } }, data: { takenAt: new Date(now.getTime() - 4_000) } });
  await store.db.workerHeartbeat.updateMany({ data: { heartbeatAt: now } });
}

async function seedInstallation(store: Store, options: { isEmpty: boolean; now: Date }): Promise<void> {
  const settings: Record<string, unknown> = { instanceId: "k3v9x2", imageSource: { kind: "lab", prefix: "127.0.0.1:5055/" } };
  if (!options.isEmpty) settings.recoveryKitSavedAt = options.now.toISOString();
  for (const [key, value] of Object.entries(settings)) {
    const valueJson = JSON.stringify(value);
    await store.db.installationSetting.upsert({ where: { key }, create: { key, valueJson, updatedAt: options.now }, update: { valueJson } });
  }
  await store.db.host.create({ data: { id: "local", name: "local", endpoint: "", createdAt: options.now } });
  await store.db.workerHeartbeat.create({
    data: {
      id: newId(), startedAt: new Date(options.now.getTime() - 3_600_000), heartbeatAt: options.now, version: "0.1.0", hostname: "panel-01",
      statusJson: JSON.stringify({ engine: { isReachable: true, version: "20.10.24", apiVersion: "1.41", problem: null }, separation: "process", parallelOperations: 5 }),
    },
  });
}

async function main(): Promise<void> {
  const [folder, mode] = process.argv.slice(2);
  if (folder === undefined) throw new Error("Name the data folder: tsx e2e/seed-store.ts <folder> [empty|touch]");
  const url = `file:${join(folder, "store", "basehold.sqlite")}`;
  if (mode === "touch") {
    const store = await openStore({ url });
    await touch(store);
    return store.close();
  }
  mkdirSync(join(folder, "store"), { recursive: true });
  await migrateStore({ url, backupsFolder: join(folder, "backups") });
  const secretPath = join(folder, "web-secret");
  if (!existsSync(secretPath)) ensureWebSecret(secretPath);
  const now = new Date();
  const store = await openStore({ url });
  const { persons, cookies } = await seedPeople(store, readWebSecret(secretPath), now);
  await seedInstallation(store, { isEmpty: mode === "empty", now });
  if (mode !== "empty") {
    const projects = await seedProjects(store, persons, now);
    await seedContract(store, projects, now);
    await seedOperations(store, projects, persons, now);
    await seedActivity(store, projects, persons, now);
    await seedFunctions(store, projects, now);
    await touch(store, now);
  }
  await store.close();
  writeFileSync(join(folder, "cookies.json"), JSON.stringify(cookies, null, 2), { mode: 0o600 });
  process.stdout.write(`${join(folder, "cookies.json")}\n`);
}

await main();
