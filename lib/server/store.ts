import { openStore } from "@/lib/adapters/store/open-store";
import type { Store } from "@/lib/adapters/store/types";
import { webConfig } from "./web-config";

// Route handlers, pages and instrumentation are separate module graphs: only globalThis is one per process.
const slot = Symbol.for("basehold.web.store");
type Holder = { [slot]?: Promise<Store> };

/** The one store of this process. A failed opening is tried again at the next call. */
export function webStore(): Promise<Store> {
  const holder = globalThis as Holder;
  holder[slot] ??= openStore({ url: webConfig().storeUrl }).catch((error: unknown) => {
    delete holder[slot];
    throw error;
  });
  return holder[slot];
}

/** Puts a store in place of the one that the environment names. For tests that call pages, actions and handlers. */
export function useStore(store: Store): void {
  (globalThis as Holder)[slot] = Promise.resolve(store);
}
