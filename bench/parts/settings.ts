/** How a run of the benchmarks is bounded: `BENCH_ROUNDS=1` for a quick look, three or more for a figure worth keeping. */
export const rounds = readNumber("BENCH_ROUNDS", 3);
/** Seconds of load per round where a figure is a percentile over many requests. */
export const loadSeconds = readNumber("BENCH_SECONDS", 10);
/** Says what was measured and writes nothing down. */
export const isDryRun = process.env["BENCH_DRY"] !== undefined;
export const panelPort = readNumber("BENCH_PORT", 3927);
export const benchFolder = process.env["BENCH_DATA"] ?? "/tmp/basehold-bench";

function readNumber(name: string, fallback: number): number {
  const text = process.env[name] ?? String(fallback);
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} is ${text}; it must be a whole number from 1 on.`);
  return value;
}
