import type { Store } from "@/lib/adapters/store/types";
import { LABEL } from "@/lib/engine/observed";
import type { EnginePort } from "@/lib/engine/port";
import { parseAccessLog } from "@/lib/gateway/access-log";
import { KeyUseCounter } from "@/lib/gateway/key-use";
import { meterWindowMs, RouteMeter, type RouteNumbers } from "@/lib/gateway/route-meter";
import { gatewayServices } from "@/lib/stack/gateways";
import { KongSampler, togetherNumbers } from "./kong-sampler";
import type { Log } from "./log";
import { pause } from "./pause";

const lookEveryMs = 5_000;
const sampleEveryMs = 10_000;
const saveEveryMs = 30_000;
const usesKeptMs = 8 * 24 * 3_600_000;
/** Lines of the past that are read when a gateway is found: what the window holds of a busy one is not worth more. */
const pastLines = 2_000;

type Options = {
  engine: Pick<EnginePort, "observe" | "followLogs" | "exec">;
  store: Store;
  instanceId: string;
  newId(): string;
  now(): Date;
  log: Pick<Log, "warn" | "debug">;
};

type Followed = { projectId: string; meter: RouteMeter; uses: KeyUseCounter; countedUntilMs: number; stop: AbortController };

/**
 * Follows the access log of every running Envoy and reads the counters of every running Kong: numbers per route of the last five minutes in memory, uses of
 * legacy keys and of an open MCP route in the store.
 */
export class GatewayTraffic {
  readonly #followed = new Map<string, Followed>();

  readonly #sampler: KongSampler;

  constructor(private readonly options: Options) {
    this.#sampler = new KongSampler(options);
  }

  /** Ends when `signal` aborts; what was counted is saved before. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#look(signal), this.#sample(signal), this.#save(signal)]);
    for (const { stop } of this.#followed.values()) stop.abort();
    await this.saveUses().catch(() => undefined);
  }

  /** Numbers per route of a project's gateways; empty while none runs. */
  numbersOf(projectId: string): Record<string, RouteNumbers> {
    const nowMs = this.options.now().getTime();
    const meters = [...this.#followed.values(), ...this.#sampler.kongs].filter((one) => one.projectId === projectId);
    return togetherNumbers(meters.map(({ meter }) => meter.read(nowMs)));
  }

  async #look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.followRunning(signal).catch((error: unknown) => {
        if (!signal.aborted) this.options.log.debug({ err: error }, "the gateways could not be looked at");
      });
      await pause(lookEveryMs, signal);
    }
  }

  async #sample(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.sampleKongs(signal);
      await pause(sampleEveryMs, signal);
    }
  }

  async #save(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(saveEveryMs, signal);
      await this.saveUses().catch((error: unknown) => this.options.log.warn({ err: error }, "uses of keys could not be saved; they are kept for the next time"));
    }
  }

  /** Begins to follow gateways that run and lets go of those that do not. */
  async followRunning(signal: AbortSignal): Promise<void> {
    const { engine, instanceId } = this.options;
    const { containers } = await engine.observe({ instanceId, imageRefs: [] }, signal);
    const runningAs = (service: string) => containers.filter((container) => container.state === "running" && container.labels[LABEL.service] === service);
    for (const gone of this.#sampler.keep(runningAs(gatewayServices.kong))) await this.#saveOf(gone);
    const running = runningAs(gatewayServices.envoy);
    const ids = new Set(running.map(({ id }) => id));
    for (const [id, { stop }] of this.#followed) if (!ids.has(id)) stop.abort();
    for (const { id, labels } of running) if (!this.#followed.has(id)) await this.#follow(id, labels[LABEL.project] ?? "");
  }

  async #follow(containerId: string, projectId: string): Promise<void> {
    const { store, engine, now, log } = this.options;
    const { _max } = await store.db.keyUse.aggregate({ where: { projectId }, _max: { lastAt: true } });
    const followed: Followed = { projectId, meter: new RouteMeter(), uses: new KeyUseCounter(), countedUntilMs: _max.lastAt?.getTime() ?? 0, stop: new AbortController() };
    this.#followed.set(containerId, followed);
    const read = async () => {
      for await (const { text } of engine.followLogs(containerId, { tail: pastLines, sinceMs: now().getTime() - meterWindowMs }, followed.stop.signal)) take(followed, text);
    };
    void read()
      .catch((error: unknown) => {
        if (!followed.stop.signal.aborted) log.debug({ err: error, projectId }, "a gateway's log broke off; it is followed again");
      })
      .finally(async () => {
        await this.#saveOf(followed).catch(() => undefined);
        this.#followed.delete(containerId);
      });
  }

  /** Writes what was counted since the last time. */
  async saveUses(): Promise<void> {
    for (const counted of [...this.#followed.values(), ...this.#sampler.kongs]) await this.#saveOf(counted);
  }

  /** Reads the counters of every Kong that was seen running. */
  async sampleKongs(signal: AbortSignal): Promise<void> {
    await this.#sampler.sample(signal);
  }

  async #saveOf({ projectId, uses }: Pick<Followed, "projectId" | "uses">): Promise<void> {
    const counts = uses.take();
    if (counts.length === 0) return;
    const { store, newId, now } = this.options;
    await store.transaction(async (tx) => {
      if ((await tx.project.count({ where: { id: projectId } })) === 0) return;
      for (const { hourMs, count, lastAtMs, ...about } of counts) {
        const key = { projectId, hour: new Date(hourMs), ...about };
        const lastAt = new Date(lastAtMs);
        await tx.keyUse.upsert({ where: { projectId_hour_key_routeId_network_userAgent: key }, create: { id: newId(), ...key, count, lastAt }, update: { count: { increment: count }, lastAt } });
      }
      await tx.keyUse.deleteMany({ where: { projectId, hour: { lt: new Date(now().getTime() - usesKeptMs) } } });
    });
  }
}

function take({ meter, uses, countedUntilMs }: Followed, text: string): void {
  const entry = parseAccessLog(text);
  if (entry === null) return;
  meter.add(entry);
  // The past was counted by the worker that was here before.
  if (entry.atMs > countedUntilMs) uses.add(entry);
}
