/** Waits, or returns at once when the signal aborts. Leaves no listener behind: the worker's own signal lives as long as it. */
export function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", settle);
      resolve();
    };
    const timer = setTimeout(settle, durationMs);
    signal.addEventListener("abort", settle);
  });
}
