import { setTimeout as delay } from "node:timers/promises";
import { isBusy } from "./sqlite-errors";

const firstPauseMs = 2;
const longestPauseMs = 60;

/**
 * Tries again while another process holds the database's lock, without ever blocking the event loop. Only for statements
 * that have no effect when they fail with "busy": BEGIN, COMMIT and single statements outside a transaction.
 */
export async function retryBusy<T>(budgetMs: number, attempt: () => T): Promise<T> {
  const startedAt = performance.now();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() - startedAt >= budgetMs) throw error;
    }
    // Jitter keeps two processes that collided once from colliding at every try.
    await delay(pauseMs * (0.5 + Math.random()));
  }
}
