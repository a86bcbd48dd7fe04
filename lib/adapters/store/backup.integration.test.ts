import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { backUpStore, restoreStore } from "./backup";
import { startOtherProcess } from "./other-process.fixture";
import { insertProject, makeFolder, makeStoreFile, openUntilEnd } from "./store-file.fixture";

const noProof = () => Promise.resolve();

/** A store with one project, a backup of it, and a second installation to restore into. */
async function makeBackup() {
  const source = await makeStoreFile();
  await insertProject(await source.open());
  const file = join(source.folder, "panel.backup");
  await backUpStore({ url: source.url, file });
  return { source, file };
}

test("a backup is taken while the store is in use, for its owner's eyes only", async () => {
  const { file } = await makeBackup();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await (await openUntilEnd(`file:${file}`)).db.project.count()).toBe(1);
});

test("a file that is there is not overwritten", async () => {
  const { source, file } = await makeBackup();
  const before = readFileSync(file);
  await expect(backUpStore({ url: source.url, file })).rejects.toThrow("is not overwritten");
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("a restore puts the backup in place, keeps what was there, and leaves nothing else behind", async () => {
  const { file } = await makeBackup();
  const target = await startedElsewhere();
  const { replacedPath } = await restoreStore({ url: target.url, file, backupsFolder: target.backupsFolder, verify: noProof });
  expect(await (await openUntilEnd(target.url)).db.project.count()).toBe(1);
  expect(await (await openUntilEnd(`file:${replacedPath}`)).db.project.count()).toBe(0);
  expect(readdirSync(dirname(target.path)).filter((name) => !/^basehold\.sqlite(-wal|-shm)?$/.test(name))).toEqual([]);
});

/** A store that another process made: a connection of this one would count as the panel running. */
async function startedElsewhere() {
  const folder = makeFolder();
  const path = join(folder, "store/basehold.sqlite");
  const url = `file:${path}`;
  const other = await startOtherProcess(url);
  await other.order({ do: "migrate", backupsFolder: join(folder, "backups") });
  const ended = new Promise((resolve) => other.child.once("exit", resolve));
  other.child.kill("SIGKILL");
  await ended;
  return { path, url, backupsFolder: join(folder, "backups") };
}

test("a restore into an empty data folder works", async () => {
  const { file } = await makeBackup();
  const folder = makeFolder();
  const url = `file:${join(folder, "basehold.sqlite")}`;
  expect(await restoreStore({ url, file, backupsFolder: join(folder, "backups"), verify: noProof })).toEqual({ replacedPath: null });
  expect(await (await openUntilEnd(url)).db.project.count()).toBe(1);
});

test("a restore is refused while a process has the store open", async () => {
  const { file } = await makeBackup();
  const target = await makeStoreFile();
  await target.open();
  await expect(restoreStore({ url: target.url, file, backupsFolder: target.backupsFolder, verify: noProof })).rejects.toThrow("Another process has the store open");
});

test.each([
  ["is not there", null, /There is no file/],
  ["is no database", "not a database at all, though long enough to look at", /not a backup|no migration/],
  ["is empty", "", /not a backup|no migration/],
])("a backup that %s is refused before anything is replaced", async (_name, content, message) => {
  const folder = makeFolder();
  const file = join(folder, "bad.backup");
  if (content !== null) writeFileSync(file, content);
  const path = join(folder, "basehold.sqlite");
  await expect(restoreStore({ url: `file:${path}`, file, backupsFolder: folder, verify: noProof })).rejects.toThrow(message);
  expect(existsSync(path)).toBe(false);
});

test("a backup that the key file does not open is refused before anything is replaced", async () => {
  const { file } = await makeBackup();
  const path = join(makeFolder(), "basehold.sqlite");
  const verify = () => Promise.reject(new Error("another installation's"));
  await expect(restoreStore({ url: `file:${path}`, file, backupsFolder: dirname(path), verify })).rejects.toThrow("another installation's");
  expect(existsSync(path)).toBe(false);
});
