import { customAlphabet } from "nanoid";
import type { Db, Store } from "@/lib/adapters/store/types";
import { readSetting, writeSetting } from "@/lib/projects/installation";

const newInstanceId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 16);

/** Gives the installation its id and its first host, once; returns the id. It is the label of every Docker object made here. */
export async function ensureInstallation(store: Store, now: Date, newId: () => string): Promise<string> {
  return store.transaction(async (tx) => {
    await ensureLocalHost(tx, now, newId);
    const existing = await readSetting(tx, "instanceId", String);
    if (existing !== undefined) return existing;
    const instanceId = newInstanceId();
    await writeSetting(tx, "instanceId", instanceId, now);
    return instanceId;
  });
}

async function ensureLocalHost(tx: Db, now: Date, newId: () => string): Promise<void> {
  const host = await tx.host.findUnique({ where: { name: "local" }, select: { id: true } });
  if (host === null) await tx.host.create({ data: { id: newId(), name: "local", endpoint: "", createdAt: now } });
}
