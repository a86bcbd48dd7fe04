import { customAlphabet } from "nanoid";
import { userInfo } from "node:os";
import type { Actor } from "@/lib/access/actor";
import type { VerbContext } from "@/lib/access/verb-context";
import { requireCurrentStore } from "@/lib/adapters/store/migrate";
import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { sealForPublishedKey } from "@/lib/adapters/vault/sealing";
import type { CliEnvironment } from "./environment";

const newId = customAlphabet("abcdefghijklmnopqrstuvwxyz0123456789", 20);

/** Opens the store for the time of one command. @throws when it is not on the schema of this program. */
export async function withStore<T>(environment: Pick<CliEnvironment, "storeUrl">, run: (store: Store) => Promise<T>): Promise<T> {
  await requireCurrentStore({ url: environment.storeUrl });
  const store = await openStore({ url: environment.storeUrl });
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

/** Context for the verbs that a command calls. The audit log names the person who is logged in on the host. */
export function cliContext(store: Store, actor: Actor = { kind: "cli", name: `Command line (${userName()})` }): VerbContext {
  return {
    store,
    actor,
    now: () => new Date(),
    newId,
    seal: (text) => sealForPublishedKey(store.db, text),
  };
}

function userName(): string {
  try {
    return process.env["SUDO_USER"] ?? userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
