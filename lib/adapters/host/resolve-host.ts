import { lookup } from "node:dns/promises";

/**
 * Addresses of a host name as this machine's resolver gives them, sorted; empty for a name that has none. The system's own look-up, so
 * that `/etc/hosts` counts.
 * @throws the abort reason, or the resolver's error when it does not answer.
 */
export async function resolveHost(host: string, signal: AbortSignal): Promise<string[]> {
  signal.throwIfAborted();
  try {
    const found = await Promise.race([lookup(host, { all: true }), rejectOnAbort(signal)]);
    return [...new Set(found.map(({ address }) => address))].sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOTFOUND" || error.code === "ENODATA")) return [];
    throw error;
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
}
