import type { Store, WaitForChangeOptions } from "./types";

const pollMs = 50;

type Waiter = { since: string; settle(token: string): void };

/**
 * Builds `waitForChange` on a token that has to be asked for: one poll for all who wait, and none while nobody does.
 * A poll that fails is tried again at the next tick; whoever waits then returns at its own time limit.
 */
export function watchForChange(readToken: () => Promise<string>): Store["waitForChange"] {
  const waiters = new Set<Waiter>();
  let isPolling = false;

  async function poll(): Promise<void> {
    if (isPolling) return;
    isPolling = true;
    while (waiters.size > 0) {
      const token = await readToken().catch(() => undefined);
      for (const waiter of waiters) if (token !== undefined && token !== waiter.since) waiter.settle(token);
      if (waiters.size > 0) await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    isPolling = false;
  }

  return (since: string, { signal, timeoutMs }: WaitForChangeOptions): Promise<string> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(since);
      const stop = () => waiter.settle(since);
      const timer = setTimeout(stop, timeoutMs);
      const waiter: Waiter = {
        since,
        settle(token) {
          waiters.delete(waiter);
          clearTimeout(timer);
          signal.removeEventListener("abort", stop);
          resolve(token);
        },
      };
      signal.addEventListener("abort", stop, { once: true });
      waiters.add(waiter);
      void poll();
    });
}
