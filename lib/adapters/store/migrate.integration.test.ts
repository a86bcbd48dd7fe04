import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requireLocalFileSystem } from "./file-system";
import { listPendingMigrations, migrateStore, requireCurrentStore } from "./migrate";
import { findMigrationsFolder } from "./migrations";
import { openStore } from "./open-store";
import { startOtherProcess } from "./other-process.fixture";
import { SqliteConnection } from "./sqlite-connection";
import { insertProject, makeFolder, makeStoreFile, openUntilEnd } from "./store-file.fixture";

/** The released migrations in a folder of the test's own, and a way to add one. */
function copyMigrations() {
  const folder = join(makeFolder(), "migrations");
  cpSync(findMigrationsFolder(), folder, { recursive: true });
  const write = (name: string, sql: string) => {
    mkdirSync(join(folder, "sqlite", name), { recursive: true });
    writeFileSync(join(folder, "sqlite", name, "migration.sql"), sql);
  };
  return { folder, write };
}

const addColumn = 'ALTER TABLE "User" ADD COLUMN "nickname" TEXT;';

test("an empty folder becomes a current store that only its owner can read", async () => {
  const file = await makeStoreFile();
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(await listPendingMigrations({ url: file.url })).toEqual([]);
  await requireCurrentStore({ url: file.url });
});

test("a current store is left as it is, without a copy", async () => {
  const file = await makeStoreFile();
  expect(await migrateStore({ url: file.url, backupsFolder: file.backupsFolder })).toEqual({ applied: [], backupPath: null });
});

test("three processes that migrate at once apply each migration once", async () => {
  const folder = makeFolder();
  const url = `file:${join(folder, "store/basehold.sqlite")}`;
  const processes = await Promise.all([1, 2, 3].map(() => startOtherProcess(url)));
  const results = (await Promise.all(processes.map((other) => other.order({ do: "migrate", backupsFolder: join(folder, "backups") })))) as { applied: string[] }[];
  expect(results.flatMap(({ applied }) => applied)).toEqual(readdirSync(join(findMigrationsFolder(), "sqlite")).sort());
  await requireCurrentStore({ url });
});

test("a store that holds something is copied before a migration is applied, and the copy is the state before", async () => {
  const file = await makeStoreFile();
  await insertProject(await file.open());
  const { folder, write } = copyMigrations();
  write("0900_nickname", addColumn);
  const { applied, backupPath } = await migrateStore({ url: file.url, backupsFolder: file.backupsFolder, migrationsFolder: folder });
  expect(applied).toEqual(["0900_nickname"]);
  expect(statSync(backupPath ?? "").mode & 0o777).toBe(0o600);
  const copy = await openUntilEnd(`file:${backupPath}`);
  expect(await copy.db.project.count()).toBe(1);
  expect(await listPendingMigrations({ url: `file:${backupPath}`, migrationsFolder: folder })).toEqual(["0900_nickname"]);
});

test("a migration that fails half-way leaves the store as it was", async () => {
  const file = await makeStoreFile();
  const { folder, write } = copyMigrations();
  write("0900_broken", `${addColumn}\nALTER TABLE "NoSuchTable" ADD COLUMN "x" TEXT;`);
  await expect(migrateStore({ url: file.url, backupsFolder: file.backupsFolder, migrationsFolder: folder })).rejects.toThrow(/0900_broken failed and was taken back/);
  await requireCurrentStore({ url: file.url });
  write("0900_broken", addColumn);
  await migrateStore({ url: file.url, backupsFolder: file.backupsFolder, migrationsFolder: folder });
});

test("a migration that rebuilds a table keeps the rows that refer to it", async () => {
  const file = await makeStoreFile();
  const store = await file.open();
  await insertProject(store);
  await store.db.portAllocation.create({ data: { id: "p", hostId: "host", port: 8100, purpose: "gateway", projectId: "abcdef123456" } });
  const { folder, write } = copyMigrations();
  write("0900_rebuild", 'PRAGMA foreign_keys=OFF;\nCREATE TABLE "new_Project" AS SELECT * FROM "Project";\nDROP TABLE "Project";\nCREATE TABLE "Project" ("id" TEXT NOT NULL PRIMARY KEY, "ref" TEXT);\nINSERT INTO "Project" SELECT "id", "ref" FROM "new_Project";\nDROP TABLE "new_Project";');
  await migrateStore({ url: file.url, backupsFolder: file.backupsFolder, migrationsFolder: folder });
  const rows = new SqliteConnection(file.path, { journalMode: "wal", isReadOnly: true }).query({ sql: 'SELECT count(*) FROM "PortAllocation"', args: [], argTypes: [] }).rows;
  expect(Number(rows[0]?.[0])).toBe(1);
});

test("a migration that would leave rows that refer to nothing is taken back", async () => {
  const file = await makeStoreFile();
  const store = await file.open();
  await insertProject(store);
  await store.db.portAllocation.create({ data: { id: "p", hostId: "host", port: 8100, purpose: "gateway", projectId: "abcdef123456" } });
  const { folder, write } = copyMigrations();
  write("0900_orphans", 'DELETE FROM "Project";');
  await expect(migrateStore({ url: file.url, backupsFolder: file.backupsFolder, migrationsFolder: folder })).rejects.toThrow(/refer to nothing/);
  expect(await store.db.project.count()).toBe(1);
});

test("a store that is newer than the program is refused, by the migration and by every start", async () => {
  const file = await makeStoreFile();
  const { folder, write } = copyMigrations();
  write("0900_nickname", addColumn);
  await migrateStore({ url: file.url, backupsFolder: file.backupsFolder, migrationsFolder: folder });
  await expect(migrateStore({ url: file.url, backupsFolder: file.backupsFolder })).rejects.toThrow(/newer than this program: it carries the migration 0900_nickname/);
  await expect(requireCurrentStore({ url: file.url })).rejects.toThrow(/newer than this program/);
});

test("a migration that was changed after it was applied is refused", async () => {
  const file = await makeStoreFile();
  const { folder, write } = copyMigrations();
  write("0001_init", "-- changed");
  await expect(migrateStore({ url: file.url, backupsFolder: file.backupsFolder, migrationsFolder: folder })).rejects.toThrow(/0001_init of this program is not the one that was applied/);
});

test("a file that is another program's database is refused and not touched", async () => {
  const path = join(makeFolder(), "other.sqlite");
  const other = new SqliteConnection(path, { journalMode: "wal", isReadOnly: false });
  other.script("CREATE TABLE contacts (name TEXT)");
  other.close();
  await expect(migrateStore({ url: `file:${path}`, backupsFolder: makeFolder() })).rejects.toThrow(/not Basehold's \(contacts\)/);
});

test("a store that lacks a migration is not started with, and says how to apply it", async () => {
  const url = `file:${join(makeFolder(), "basehold.sqlite")}`;
  await expect(requireCurrentStore({ url })).rejects.toThrow(/lacks the migrations? 0001_init.*npx basehold migrate/);
});

test("a file on a network file system is refused", async () => {
  await expect(requireLocalFileSystem("/data", () => Promise.resolve({ type: 0x6969 }))).rejects.toThrow("/data lies on NFS");
  await expect(requireLocalFileSystem("/data", () => Promise.resolve({ type: 0xef53 }))).resolves.toBeUndefined();
});

test("an address of no known kind is refused with the ones that are known", async () => {
  await expect(openStore({ url: "mysql://localhost/x" })).rejects.toThrow("must start with file: or postgres://");
});
