import { LABEL, type Observed } from "@/lib/engine/observed";
import { EngineError } from "@/lib/engine/port";
import { enqueueOperation } from "@/lib/operations/queue";
import { resyncIntervalMs } from "@/lib/projects/derive-state";
import { openOperationStatuses } from "@/lib/projects/list-projects";
import type { WorkflowTools } from "@/lib/projects/workflows/tools";
import type { Log } from "./log";
import { pause } from "./pause";
import { ProjectSnapshots, type Sight } from "./project-snapshots";
import { sampleIntervalMs, type UsageRecorder, type UsageTarget } from "./usage";

const debounceMs = 300;
/** A reconcile that drift asked for is not asked for again within this time, so a crash loop is not "fixed" for ever. */
const enforceBackoffMs = 15 * 60_000;
const watchedStates = ["creating", "ready", "paused", "failed", "deleting"];

/**
 * Keeps what the pages show true: Docker's events mark a project, a resync every 30 s catches what the events missed.
 * Each loop ends when `signal` aborts.
 */
export class Observer {
  readonly #snapshots: ProjectSnapshots;
  readonly #dirty = new Set<string>();
  #wake: (() => void) | null = null;
  /** Projects whose snapshot the resync had to correct although no event had come. */
  corrections = 0;

  constructor(private readonly tools: WorkflowTools, private readonly usage: UsageRecorder, private readonly log: Log) {
    this.#snapshots = new ProjectSnapshots(tools, usage, log);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#watch(signal), this.#resync(signal), this.#drain(signal), this.#sample(signal)]);
  }

  /** Looks at one project soon. */
  touch(projectId: string): void {
    this.#dirty.add(projectId);
    this.#wake?.();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of this.tools.engine.events(this.tools.instanceId, signal)) {
          if (/^(die|destroy)/.test(event.action)) this.tools.readyContainers.delete(event.containerId);
          const projectId = event.labels[LABEL.project];
          if (projectId !== undefined) this.touch(projectId);
        }
      } catch (error) {
        if (!signal.aborted) this.log.warn({ err: error }, "the engine's event stream broke; it is opened again");
      }
      await pause(2_000, signal);
    }
  }

  async #resync(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#observeAll(signal);
      } catch (error) {
        if (!signal.aborted) this.log.warn({ err: error }, error instanceof EngineError ? error.message : "the resync failed");
      }
      await pause(resyncIntervalMs, signal);
    }
  }

  async #drain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#dirty.size === 0) await this.#waitForTouch(signal);
      await pause(debounceMs, signal);
      const ids = [...this.#dirty];
      this.#dirty.clear();
      for (const projectId of ids) {
        await this.#observeOne(projectId, signal).catch((error: unknown) => {
          if (!signal.aborted) this.log.warn({ err: error, projectId }, "a project could not be observed");
        });
      }
    }
  }

  #waitForTouch(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        signal.removeEventListener("abort", settle);
        resolve();
      };
      this.#wake = settle;
      signal.addEventListener("abort", settle);
    });
  }

  async #sample(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const observed = await this.tools.engine.observe({ instanceId: this.tools.instanceId, imageRefs: [] }, signal);
        await this.usage.sample(toTargets(observed), signal);
      } catch (error) {
        if (!signal.aborted) this.log.debug({ err: error }, "no usage sample this time");
      }
      await pause(sampleIntervalMs, signal);
    }
  }

  async #observeAll(signal: AbortSignal): Promise<void> {
    const projects = await this.tools.store.db.project.findMany({ where: { state: { in: watchedStates } }, select: { id: true } });
    const observed = await this.tools.engine.observe({ instanceId: this.tools.instanceId, imageRefs: [] }, signal);
    const ids = projects.map(({ id }) => id);
    this.#snapshots.keepOnly(new Set(ids));
    for (const sight of await this.#look(ids, observed, signal)) {
      if (sight.isChanged && !this.#dirty.has(sight.project.id)) this.corrections++;
    }
  }

  async #observeOne(projectId: string, signal: AbortSignal): Promise<void> {
    const observed = await this.tools.engine.observe({ instanceId: this.tools.instanceId, projectId, imageRefs: [], readsMarkers: false }, signal);
    await this.#look([projectId], observed, signal);
  }

  async #look(projectIds: readonly string[], observed: Observed, signal: AbortSignal): Promise<Sight[]> {
    const sights = await this.#snapshots.take(projectIds, observed, signal);
    for (const { project, hasDrift } of sights) if (hasDrift && project.driftPolicy === "enforce") await this.#enforce(project);
    return sights;
  }

  async #enforce(project: { id: string; ref: string }): Promise<void> {
    const now = this.tools.now();
    await this.tools.store.transaction(async (tx) => {
      const recent = await tx.operation.findFirst({
        where: { projectId: project.id, OR: [{ status: { in: openOperationStatuses } }, { kind: "project.reconcile", createdAt: { gt: new Date(now.getTime() - enforceBackoffMs) } }] },
      });
      if (recent !== null) return;
      await enqueueOperation(tx, { kind: "project.reconcile", projectId: project.id, input: { projectId: project.id }, actor: { kind: "system", name: "Drift policy" }, now });
    });
  }
}

function toTargets(observed: Observed): UsageTarget[] {
  return observed.containers
    .filter((container) => container.state === "running")
    .map((container) => ({ containerId: container.id, projectId: container.labels[LABEL.project] ?? "", service: container.labels[LABEL.service] ?? "" }));
}
