import { randomBytes } from "node:crypto";
import type { Store } from "@/lib/adapters/store/types";
import { keyLengthBytes } from "./envelope";
import { readKeyFile, replaceKeyFile, type KeyFile } from "./key-file";
import { unwrapDataKey, wrapDataKey } from "./keyring";

/**
 * Rotates the key-encryption key: a new one enters the key file, every data key is wrapped anew, values stay as they are. The
 * previous key stays in the file until the next rotation, for a backup of the store made before. Interrupted, it is finished
 * by the next call; a running worker reads the file again by itself.
 */
export async function rotateKey({ store, keyFilePath }: { store: Store; keyFilePath: string }): Promise<{ currentKekId: string; rewrapped: number }> {
  const before = readKeyFile(keyFilePath);
  const usedIds = new Set((await store.db.dataKey.findMany({ select: { kekId: true } })).map((row) => row.kekId));
  const next = addKek(before, usedIds);
  replaceKeyFile(keyFilePath, next);
  const rewrapped = await store.transaction(async (tx) => {
    const rows = await tx.dataKey.findMany({ where: { kekId: { not: next.currentKekId } } });
    for (const row of rows) await tx.dataKey.update({ where: { id: row.id }, data: { wrapped: wrapDataKey(next, row, unwrapDataKey(next, row)), kekId: next.currentKekId } });
    return rows.length;
  });
  return { currentKekId: next.currentKekId, rewrapped };
}

/** The file with a new current key beside the one before, and any that still wraps something. */
function addKek({ currentKekId, keks, sealingIdentity }: KeyFile, usedIds: ReadonlySet<string>): KeyFile {
  const numbers = [...keks.keys()].map((id) => Number(id.slice(1)));
  const newId = `k${Math.max(...numbers) + 1}`;
  const kept = [...keks].filter(([id]) => id === currentKekId || usedIds.has(id));
  return { currentKekId: newId, keks: new Map([...kept, [newId, randomBytes(keyLengthBytes)]]), sealingIdentity };
}
