import type { Store } from "@/lib/adapters/store/types";

/** An answer also grows old without a write (an observation becomes too old to believe): it is told at most this much late. */
const rememberedMs = 2_000;

type Memory = { token: string; fromMs: number; answers: Map<string, Promise<unknown>> };
const memories = new WeakMap<Store, Memory>();

/**
 * The answer to a question about the store, given again for a moment as long as no process has written anything. `key` must name all
 * that the answer depends on besides the store. Whoever is given it must not change it.
 */
export async function whileUnchanged<T>(store: Store, key: string, nowMs: number, load: () => Promise<T>): Promise<T> {
  const token = await store.changeToken();
  const { answers } = memoryOf(store, token, nowMs);
  const known = answers.get(key) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const answer = load();
  answers.set(key, answer);
  // A failure is nobody else's.
  answer.catch(() => answers.delete(key));
  return answer;
}

function memoryOf(store: Store, token: string, nowMs: number): Memory {
  const memory = memories.get(store);
  const isFresh = memory !== undefined && memory.token === token && nowMs >= memory.fromMs && nowMs < memory.fromMs + rememberedMs;
  if (isFresh) return memory;
  const empty: Memory = { token, fromMs: nowMs, answers: new Map() };
  memories.set(store, empty);
  return empty;
}
