import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { migrateStore } from "./migrate";
import { openStore } from "./open-store";
import type { Store } from "./types";

/** A folder of the test's own, removed when it ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "basehold-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type StoreFile = { folder: string; path: string; url: string; backupsFolder: string; open(): Promise<Store> };

/** A migrated SQLite file in a folder of the test's own; stores opened on it are closed when the test ends. */
export async function makeStoreFile(): Promise<StoreFile> {
  const folder = makeFolder();
  const path = join(folder, "store/basehold.sqlite");
  const url = `file:${path}`;
  const backupsFolder = join(folder, "backups");
  await migrateStore({ url, backupsFolder });
  return { folder, path, url, backupsFolder, open: () => openUntilEnd(url) };
}

/** A store that is closed when the test ends. */
export async function openUntilEnd(url: string): Promise<Store> {
  const store = await openStore({ url });
  onTestFinished(() => store.close());
  return store;
}

/** The least that a project's row needs. */
export async function insertProject(store: Store, id = "abcdef123456", ref = "sample"): Promise<void> {
  const createdAt = new Date("2026-01-01T00:00:00Z");
  await store.transaction(async (tx) => {
    await tx.host.upsert({ where: { name: "local" }, create: { id: "host", name: "local", endpoint: "", createdAt }, update: {} });
    await tx.project.create({ data: { id, ref, hostId: "host", displayName: ref, wish: "run", state: "ready", release: "v0.8.2", settingsJson: "{}", revision: 1, driftPolicy: "report", createdAt } });
  });
}
