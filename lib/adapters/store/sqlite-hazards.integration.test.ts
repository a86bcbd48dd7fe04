import { join } from "node:path";
import { expect, test } from "vitest";
import { backUpStore } from "./backup";
import { startOtherProcess } from "./other-process.fixture";
import { increment } from "./other-process.program";
import { openSqliteStore } from "./sqlite-store";
import { makeStoreFile } from "./store-file.fixture";
import type { Db, Store } from "./types";

const writeSetting = (db: Db, key: string, value = "1") => db.installationSetting.create({ data: { key, valueJson: value, updatedAt: new Date() } });
const keysOf = async (store: Store) => (await store.db.installationSetting.findMany({ orderBy: { key: "asc" } })).map(({ key }) => key);

/** A promise that the test settles, and one that tells it when it may. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test("a COMMIT that fails because of another process is an error, and poisons no later transaction", async () => {
  // With a rollback journal a reader stops a COMMIT, which WAL cannot be made to do at will; a copy starts with one.
  const original = await makeStoreFile();
  const path = join(original.folder, "copy.sqlite");
  await backUpStore({ url: original.url, file: path });
  const other = await startOtherProcess(`file:${path}`);
  await other.order({ do: "hold", sql: "BEGIN", journalMode: "delete" });
  const store = await openSqliteStore({ path, journalMode: "delete", busyBudgetMs: 200 });
  await expect(store.transaction((tx) => writeSetting(tx, "lost"))).rejects.toThrow();
  await other.order({ do: "release" });
  await store.transaction((tx) => writeSetting(tx, "kept"));
  await writeSetting(store.db, "kept-too");
  await store.close();
  expect(await other.order({ do: "ask", sql: "SELECT key FROM InstallationSetting ORDER BY key" })).toEqual([["kept"], ["kept-too"]]);
});

test("a statement of another request waits for an open transaction and is not taken back with it", async () => {
  const file = await makeStoreFile();
  const store = await file.open();
  const other = await startOtherProcess(file.url);
  const [inside, mayFail] = [gate(), gate()];
  const failing = store.transaction(async (tx) => {
    await writeSetting(tx, "taken-back");
    inside.open();
    await mayFail.opened;
    throw new Error("taken back on purpose");
  });
  await inside.opened;
  // One that the client wraps into a transaction of its own, and one that it does not.
  const acknowledged = Promise.all([writeSetting(store.db, "acknowledged"), store.db.$executeRaw`INSERT INTO "InstallationSetting" ("key", "valueJson", "updatedAt") VALUES ('acknowledged-raw', '1', '2026-01-01T00:00:00Z')`]);
  expect(await other.order({ do: "ask", sql: "SELECT key FROM InstallationSetting" })).toEqual([]);
  mayFail.open();
  await expect(failing).rejects.toThrow("taken back on purpose");
  await acknowledged;
  expect(await other.order({ do: "ask", sql: "SELECT key FROM InstallationSetting ORDER BY key" })).toEqual([["acknowledged"], ["acknowledged-raw"]]);
});

test("a read of another request sees nothing of an open transaction and does not wait for it", async () => {
  const file = await makeStoreFile();
  const store = await file.open();
  await store.transaction(async (tx) => {
    await writeSetting(tx, "not-yet-there");
    // Reading through `db` inside a transaction stands for the read of another request.
    expect(await keysOf(store)).toEqual([]);
  });
  expect(await keysOf(store)).toEqual(["not-yet-there"]);
});

test("two processes that read and then write in transactions lose no update and never fail", async () => {
  const file = await makeStoreFile();
  const store = await file.open();
  const other = await startOtherProcess(file.url);
  await writeSetting(store.db, "counter", "0");
  await Promise.all([other.order({ do: "increment", times: 60 }), increment(store, 60), increment(await file.open(), 60)]);
  expect((await store.db.installationSetting.findUniqueOrThrow({ where: { key: "counter" } })).valueJson).toBe("180");
});

test("waiting for another process's lock does not block the event loop", async () => {
  const file = await makeStoreFile();
  const store = await file.open();
  const other = await startOtherProcess(file.url);
  await other.order({ do: "hold", sql: "BEGIN IMMEDIATE" });
  const waiting = store.transaction((tx) => writeSetting(tx, "after-the-wait"));
  // The order to let go leaves this process only if its loop turns while the transaction waits.
  await other.order({ do: "release" });
  await waiting;
  expect(await keysOf(store)).toEqual(["after-the-wait"]);
});

test("a lock that is never let go ends in an error, and nothing of the work stays", async () => {
  const file = await makeStoreFile();
  const store = await openSqliteStore({ path: file.path, busyBudgetMs: 100 });
  const other = await startOtherProcess(file.url);
  await other.order({ do: "hold", sql: "BEGIN IMMEDIATE" });
  await expect(store.transaction((tx) => writeSetting(tx, "never"))).rejects.toThrow();
  await expect(writeSetting(store.db, "never")).rejects.toThrow();
  await other.order({ do: "release" });
  expect(await keysOf(store)).toEqual([]);
  await writeSetting(store.db, "later");
  expect(await keysOf(store)).toEqual(["later"]);
  await store.close();
});

test("a process that dies inside a transaction leaves nothing of it and no lock", async () => {
  const file = await makeStoreFile();
  const store = await file.open();
  const other = await startOtherProcess(file.url);
  await other.order({ do: "hold", sql: `BEGIN IMMEDIATE; INSERT INTO "InstallationSetting" ("key", "valueJson", "updatedAt") VALUES ('half', '1', '2026-01-01')` });
  const died = new Promise((resolve) => other.child.once("exit", resolve));
  other.child.kill("SIGKILL");
  await died;
  await writeSetting(store.db, "whole");
  expect(await keysOf(store)).toEqual(["whole"]);
});

test("writing past the transaction from inside it is refused instead of waiting for itself", async () => {
  const store = await (await makeStoreFile()).open();
  await expect(store.transaction(() => writeSetting(store.db, "x"))).rejects.toThrow("use `tx`");
  await expect(store.transaction(() => store.transaction(() => Promise.resolve()))).rejects.toThrow("use `tx`");
  expect(await keysOf(store)).toEqual([]);
});

test("another process's commit changes the token and wakes who waits for it", async () => {
  const file = await makeStoreFile();
  const store = await file.open();
  const other = await startOtherProcess(file.url);
  await writeSetting(store.db, "counter", "0");
  const before = await store.changeToken();
  const woken = store.waitForChange(before, { signal: new AbortController().signal, timeoutMs: 60_000 });
  await other.order({ do: "increment", times: 1 });
  expect(await woken).not.toBe(before);
});
