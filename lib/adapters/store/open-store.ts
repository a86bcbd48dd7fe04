import { fileURLToPath } from "node:url";
import { openSqliteStore } from "./sqlite-store";
import type { Store, StoreLog } from "./types";

/** Path of the file that a `file:` address names, or null for another kind of store. */
export function sqlitePathOf(url: string): string | null {
  if (!url.startsWith("file:")) return null;
  return url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
}

/**
 * Opens the store that the address names: `file:/path/basehold.sqlite` or `postgres://…`. It does not migrate.
 * @throws when the address is of no known kind or the store cannot be reached.
 */
export async function openStore(options: { url: string; log?: StoreLog }): Promise<Store> {
  const path = sqlitePathOf(options.url);
  if (path !== null) {
    const store = await openSqliteStore({ path });
    options.log?.info({ dialect: store.dialect, path }, "store opened");
    return store;
  }
  if (!/^postgres(ql)?:\/\//.test(options.url)) throw new Error("The store's address must start with file: or postgres://.");
  // Loaded here: an installation on SQLite need not hold the other dialect's client in memory.
  const { openPostgresStore } = await import("./postgres-store");
  const store = await openPostgresStore({ url: options.url });
  options.log?.info({ dialect: store.dialect, host: new URL(options.url).host }, "store opened");
  return store;
}
