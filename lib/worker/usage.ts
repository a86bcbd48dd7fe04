import type { ContainerStats, EnginePort } from "@/lib/engine/port";
import type { ServiceUsage } from "@/lib/projects/observe-project";

export type UsageSample = { atMs: number; memoryBytes: number; cpuCores: number | null };
type Series = { projectId: string; service: string; last: ContainerStats | null; samples: UsageSample[] };

/** Memory and CPU of the last 15 minutes, held in memory: one sample every 15 s per container. */
export const sampleIntervalMs = 15_000;
const windowMs = 15 * 60_000;
const parallelReads = 8;

export type UsageTarget = { containerId: string; projectId: string; service: string };

export class UsageRecorder {
  readonly #series = new Map<string, Series>();

  constructor(private readonly engine: Pick<EnginePort, "stats">) {}

  /** Reads every target once. One that cannot be read is left out: a gap stays a gap. */
  async sample(targets: readonly UsageTarget[], signal: AbortSignal): Promise<void> {
    const wanted = new Set(targets.map((target) => target.containerId));
    for (const id of this.#series.keys()) if (!wanted.has(id)) this.#series.delete(id);
    const queue = [...targets];
    const readNext = async (): Promise<void> => {
      for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
        const stats = await this.engine.stats(target.containerId, signal).catch(() => null);
        if (stats !== null) this.#append(target, stats);
      }
    };
    await Promise.all(Array.from({ length: parallelReads }, readNext));
  }

  #append(target: UsageTarget, stats: ContainerStats): void {
    const series = this.#series.get(target.containerId) ?? { projectId: target.projectId, service: target.service, last: null, samples: [] };
    series.samples.push({ atMs: stats.readAtMs, memoryBytes: stats.memoryBytes, cpuCores: cpuCores(series.last, stats) });
    while (series.samples[0] !== undefined && series.samples[0].atMs < stats.readAtMs - windowMs) series.samples.shift();
    series.last = stats;
    this.#series.set(target.containerId, series);
  }

  /** Latest figures by container id. */
  latest(): Map<string, ServiceUsage> {
    const usage = new Map<string, ServiceUsage>();
    for (const [id, series] of this.#series) {
      const sample = series.samples.at(-1);
      if (sample !== undefined) usage.set(id, { memoryBytes: sample.memoryBytes, memoryLimitBytes: series.last?.memoryLimitBytes ?? null, cpuCores: sample.cpuCores });
    }
    return usage;
  }

  /** Samples of one project by service. */
  seriesOf(projectId: string): { service: string; samples: UsageSample[] }[] {
    return [...this.#series.values()].filter((series) => series.projectId === projectId).map(({ service, samples }) => ({ service, samples: [...samples] }));
  }
}

/** Cores used between two readings; null for the first one or after the counters were reset. */
export function cpuCores(before: ContainerStats | null, now: ContainerStats): number | null {
  if (before === null) return null;
  const used = now.cpuTotalNs - before.cpuTotalNs;
  const elapsed = now.systemCpuTotalNs - before.systemCpuTotalNs;
  if (used < 0 || elapsed <= 0) return null;
  return (used / elapsed) * now.onlineCpus;
}
