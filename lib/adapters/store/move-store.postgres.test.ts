import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVault } from "@/lib/adapters/vault/vault";
import { sampleSecrets } from "@/lib/stack/sample-input.fixture";
import { backUpStore } from "./backup";
import { Prisma } from "./generated/sqlite/client";
import { migrateStore } from "./migrate";
import { moveStore, tablesInOrder } from "./move-store";
import { startPostgres, type PostgresServer } from "./postgres-server.fixture";
import { SqliteConnection } from "./sqlite-connection";
import { insertProject, makeFolder, makeStoreFile, openUntilEnd } from "./store-file.fixture";
import type { Db, Store } from "./types";

let server: PostgresServer;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.stop());

const projectId = "abcdef123456";
const at = new Date("2026-02-03T04:05:06.789Z");

/** A SQLite store with something in many tables, whose every connection is closed: what another process wrote and this one copied. */
async function makeSource() {
  const original = await makeStoreFile();
  const store = await original.open();
  const keyFilePath = join(original.folder, "key-file");
  const vault = await openVault({ store, keyFilePath });
  await insertProject(store, projectId);
  await store.transaction((tx) => vault.secrets.write(tx, projectId, "jwtSecret", sampleSecrets.jwtSecret));
  await store.transaction((tx) => insertOneOfEach(tx));
  // A copy, since a connection of this process would count as a panel that runs.
  const path = join(original.folder, "copy.sqlite");
  await backUpStore({ url: original.url, file: path });
  const verify = async (opened: Store) => void (await openVault({ store: opened, keyFilePath }));
  return { path, keyFilePath, verify, store };
}

async function insertOneOfEach(tx: Db): Promise<void> {
  await tx.user.create({ data: { id: "u1", email: "ada@example.com", name: "Ada \"👩‍🚀\" O'Neil\n", passwordHash: "x", installationRole: "owner", createdAt: at } });
  await tx.session.create({ data: { id: "s1", tokenHash: "h", userId: "u1", createdAt: at, lastSeenAt: at, expiresAt: at, passwordProvedAt: at, ip: "", userAgent: "" } });
  await tx.membership.create({ data: { id: "m1", userId: "u1", projectId, role: "viewer", createdAt: at } });
  await tx.edgeFunction.create({ data: { id: "f1", projectId, name: "hello", version: 1, filesJson: "[]", sizeBytes: 2_147_483_647, isDeleted: true, createdAt: at } });
  await tx.operation.create({ data: { id: "o1", kind: "project.prove", projectId, inputJson: "{}", status: "queued", priority: 100, runAfter: at, attempt: 0, maxAttempts: 5, actorJson: "{}", createdAt: at } });
  const events = Array.from({ length: 1_203 }, (_, seq) => ({ operationId: "o1", seq, at, level: "progress", message: `line ${seq}`, current: seq / 3, total: 3_000_000_000.25 }));
  await tx.operationEvent.createMany({ data: events });
}

const byId = { orderBy: { id: "asc" } } as const;
const readAll = (db: Db) => Promise.all([
  db.user.findMany(byId), db.session.findMany(byId), db.project.findMany(byId), db.membership.findMany(byId), db.edgeFunction.findMany(byId), db.operation.findMany(byId), db.secretValue.findMany(byId), db.dataKey.findMany(byId),
  db.installationSetting.findMany({ orderBy: { key: "asc" } }), db.operationEvent.findMany({ orderBy: { seq: "asc" } }),
]);

test("every model of the store is copied", () => {
  const models = Object.keys(Prisma.ModelName).map((name) => name.charAt(0).toLowerCase() + name.slice(1));
  expect([...tablesInOrder].sort()).toEqual(models.sort());
});

test("every row arrives as it was, the same key file opens the secrets, and the file that was left is as it was", async () => {
  const { path, keyFilePath, verify, store } = await makeSource();
  const to = await server.createDatabase();
  const { rows } = await moveStore({ path, to, verify });
  const target = await openUntilEnd(to);
  expect(await readAll(target.db)).toEqual(await readAll(store.db));
  expect(rows).toBeGreaterThan(1_210);
  const vault = await openVault({ store: target, keyFilePath });
  expect((await vault.secrets.listNames(target.db, projectId))).toEqual(["jwtSecret"]);
  const left = join(makeFolder(), "left.sqlite");
  copyFileSync(path, left);
  expect(await readAll((await openUntilEnd(`file:${left}`)).db)).toEqual(await readAll(store.db));
});

test("a database that is in use already is refused and stays as it was", async () => {
  const { path, verify } = await makeSource();
  const to = await server.createDatabase();
  await migrateStore({ url: to, backupsFolder: "" });
  const target = await openUntilEnd(to);
  await target.db.installationSetting.create({ data: { key: "instanceId", valueJson: '"another"', updatedAt: at } });
  await expect(moveStore({ path, to, verify })).rejects.toThrow(/not empty.*installationSetting/);
  expect([await target.db.project.count(), await target.db.installationSetting.count()]).toEqual([0, 1]);
});

test("a store that a process has open is refused", async () => {
  const { path, verify } = await makeSource();
  await openUntilEnd(`file:${path}`);
  await expect(moveStore({ path, to: await server.createDatabase(), verify })).rejects.toThrow("Another process has the store open");
});

test("a store whose key file is another installation's is refused before anything is copied", async () => {
  const { path } = await makeSource();
  const to = await server.createDatabase();
  await expect(moveStore({ path, to, verify: () => Promise.reject(new Error("another installation's")) })).rejects.toThrow("another installation's");
  await migrateStore({ url: to, backupsFolder: "" });
  expect(await (await openUntilEnd(to)).db.project.count()).toBe(0);
});

test("a row that PostgreSQL refuses is named by its table, and nothing is kept", async () => {
  const { path, verify } = await makeSource();
  const connection = new SqliteConnection(path, { journalMode: "wal", isReadOnly: false });
  connection.script(`PRAGMA foreign_keys = OFF; INSERT INTO "Membership" VALUES ('m9', 'u1', 'no-such-project', 'viewer', '2026-01-01T00:00:00.000Z')`);
  connection.close();
  // Another file: that connection may still hold the first one.
  const damaged = join(makeFolder(), "damaged.sqlite");
  await backUpStore({ url: `file:${path}`, file: damaged });
  const to = await server.createDatabase();
  await expect(moveStore({ path: damaged, to, verify })).rejects.toThrow(/table membership could not be copied, so nothing was/);
  expect(await (await openUntilEnd(to)).db.installationSetting.count()).toBe(0);
});
