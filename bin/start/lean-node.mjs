/**
 * How Node runs web and worker, wherever they are started. Both mostly wait, and are kept small rather than fast
 * (`bench/panel-rss.ts`, docs/decisions/0007).
 */
const flags = (heapMiB) => ["--max-semi-space-size=1", "--optimize-for-size", `--max-old-space-size=${heapMiB}`];

export const nodeFlags = { worker: flags(256), web: flags(512) };

/**
 * For glibc's malloc. A memory arena per thread keeps what the others have long given back: one is enough. What is free at its end
 * goes back at once. What V8 parses and compiles with comes in larger blocks, and those go back when they are freed, wherever they lie.
 */
export const memoryEnvironment = { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072", MALLOC_MMAP_THRESHOLD_: "32768" };
