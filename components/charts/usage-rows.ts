export type UsageSample = { atMs: number; memoryBytes: number; cpuCores: number | null };
export type UsageSeries = { service: string; samples: UsageSample[] };
export type UsageRow = { atMs: number } & Record<string, number | null>;

const stepMs = 15_000;

/**
 * Series on one grid of 15 seconds, so that the crosshair of one chart means the same moment in the other. A moment without
 * a sample is null: a gap stays a gap.
 */
export function buildRows(series: readonly UsageSeries[], figure: "memory" | "cpu"): { rows: UsageRow[]; services: string[] } {
  const services = series.filter((item) => item.samples.length > 0).map((item) => item.service);
  const slots = new Map<number, UsageRow>();
  for (const { service, samples } of series) {
    for (const sample of samples) {
      const atMs = Math.round(sample.atMs / stepMs) * stepMs;
      const row = slots.get(atMs) ?? { atMs };
      row[service] = figure === "memory" ? sample.memoryBytes / 1024 ** 2 : sample.cpuCores;
      slots.set(atMs, row);
    }
  }
  const times = [...slots.keys()].sort((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return { rows: [], services };
  const rows: UsageRow[] = [];
  for (let atMs = first; atMs <= last; atMs += stepMs) {
    const known = slots.get(atMs);
    rows.push({ ...Object.fromEntries(services.map((service) => [service, known?.[service] ?? null])), atMs });
  }
  return { rows, services };
}
