import type { ObservedContainer } from "@/lib/engine/observed";
import { LABEL } from "@/lib/engine/observed";
import type { EnginePort } from "@/lib/engine/port";
import { KeyUseCounter } from "@/lib/gateway/key-use";
import { kongStatusArgv } from "@/lib/gateway/kong-control";
import { KongMeter } from "@/lib/gateway/kong-meter";
import { readKongMetrics } from "@/lib/gateway/kong-metrics";
import type { RouteNumbers } from "@/lib/gateway/route-meter";

/** A reading is a program run inside the container: its log names no route and no key, so there is nothing to follow instead. */
const answerLimitMs = 5_000;
const maxAnswerBytes = 16 << 20;

export type SampledKong = { projectId: string; meter: KongMeter; uses: KeyUseCounter };
type Options = { engine: Pick<EnginePort, "exec">; now(): Date };

/** Reads the counters of every running Kong again and again. */
export class KongSampler {
  readonly #kongs = new Map<string, SampledKong>();
  readonly #sinceMs: number;

  constructor(private readonly options: Options) {
    this.#sinceMs = options.now().getTime();
  }

  get kongs(): readonly SampledKong[] {
    return [...this.#kongs.values()];
  }

  /** Keeps those that run. @returns the ones that do not any more, for what they have counted. */
  keep(running: readonly ObservedContainer[]): SampledKong[] {
    const ids = new Set(running.map(({ id }) => id));
    const gone = [...this.#kongs].filter(([id]) => !ids.has(id));
    for (const [id] of gone) this.#kongs.delete(id);
    for (const { id, labels, startedAt } of running) {
      if (this.#kongs.has(id)) continue;
      // What was counted before this worker came was counted by the one before, or never.
      const isFresh = startedAt !== null && Date.parse(startedAt) >= this.#sinceMs;
      this.#kongs.set(id, { projectId: labels[LABEL.project] ?? "", meter: new KongMeter({ isFresh }), uses: new KeyUseCounter() });
    }
    return gone.map(([, kong]) => kong);
  }

  /** Asks all of them once. One that does not answer is asked again next time; what it counted meanwhile is in its next answer. */
  async sample(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#kongs].map(([id, kong]) => this.#read(id, kong, signal).catch(() => undefined)));
  }

  async #read(id: string, { meter, uses }: SampledKong, signal: AbortSignal): Promise<void> {
    const { stdout } = await this.options.engine.exec(id, [...kongStatusArgv("/metrics")], { timeoutMs: answerLimitMs, maxOutputBytes: maxAnswerBytes }, signal);
    const metrics = readKongMetrics(stdout);
    if (metrics === null) return;
    const atMs = this.options.now().getTime();
    for (const { key, routeId, status, count } of meter.add(atMs, metrics)) uses.addCounted({ atMs, key, routeId, status, count });
  }
}

/** Numbers of a project whose two gateways both run: counts together, latencies of the one that answered more. */
export function togetherNumbers(all: readonly ReadonlyMap<string, RouteNumbers>[]): Record<string, RouteNumbers> {
  const together = new Map<string, RouteNumbers>();
  for (const numbers of all) {
    for (const [routeId, one] of numbers) {
      const other = together.get(routeId);
      together.set(routeId, other === undefined ? one : add(one, other));
    }
  }
  return Object.fromEntries(together);
}

function add(one: RouteNumbers, other: RouteNumbers): RouteNumbers {
  const { p50Ms, p95Ms } = one.requests >= other.requests ? one : other;
  return {
    requests: one.requests + other.requests, requestsPerSecond: one.requestsPerSecond + other.requestsPerSecond, p50Ms, p95Ms,
    clientErrors: one.clientErrors + other.clientErrors, serverErrors: one.serverErrors + other.serverErrors,
  };
}
