import { findDrift } from "@/lib/engine/drift";
import { splitByProject, type Observed } from "@/lib/engine/observed";
import { gatewayChoiceOf } from "@/lib/projects/gateway/gateway-choice";
import { toObservations } from "@/lib/projects/observe-project";
import { parseSettings } from "@/lib/projects/settings-schema";
import type { WorkflowTools } from "@/lib/projects/workflows/tools";
import { listServices } from "@/lib/stack/build-desired-stack";
import type { Log } from "./log";
import type { UsageRecorder } from "./usage";
import { WishCache, type WishSource } from "./wish-cache";

type Watched = Awaited<ReturnType<ProjectSnapshots["load"]>>[number];

/** What was seen of a project: whether its services look different from the last time, and whether it differs from the wish. */
export type Sight = { project: { id: string; ref: string; driftPolicy: string }; isChanged: boolean; hasDrift: boolean };

type Snapshot = { projectId: string; servicesJson: string; driftJson: string };

/** Turns what was observed into the snapshots that pages read. All are computed first and then written in one short transaction. */
export class ProjectSnapshots {
  readonly #imageLabels = new Map<string, Record<string, string>>();
  readonly #wishes: WishCache;

  constructor(private readonly tools: WorkflowTools, private readonly usage: Pick<UsageRecorder, "latest">, private readonly log: Pick<Log, "warn">) {
    this.#wishes = new WishCache(tools);
  }

  /** Forgets what is known of projects that are no longer watched. */
  keepOnly(projectIds: ReadonlySet<string>): void {
    this.#wishes.keepOnly(projectIds);
  }

  /** Writes the snapshots of these projects. One that cannot be observed is told to the log and keeps its last snapshot. */
  async take(projectIds: readonly string[], observed: Observed, signal: AbortSignal): Promise<Sight[]> {
    const projects = await this.load(projectIds);
    await this.#learnImages(observed, signal);
    const shared = { ofProject: splitByProject(observed), usage: this.usage.latest(), imagePrefix: (await this.tools.imageSource()).prefix };
    const seen: { project: Watched; snapshot: Snapshot; hasDrift: boolean }[] = [];
    for (const project of projects) {
      try {
        seen.push({ project, ...(await this.#see(project, shared)) });
      } catch (error) {
        if (!signal.aborted) this.log.warn({ err: error, projectId: project.id }, "a project could not be observed");
      }
    }
    await this.#save(seen.map(({ snapshot, project }) => ({ ...snapshot, isSame: isSame(project.snapshot, snapshot) })), new Date(observed.takenAtMs));
    return seen.map(({ project, snapshot, hasDrift }) => ({ project, hasDrift, isChanged: statesOf(project.snapshot?.servicesJson) !== statesOf(snapshot.servicesJson) }));
  }

  /** The projects that have something to see: before its secrets are made, a project has no container. */
  async load(projectIds: readonly string[]) {
    const { db } = this.tools.store;
    const written = { where: { projectId: { in: [...projectIds] } }, _count: true as const, _max: { updatedAt: true as const } };
    const [secrets, users] = await Promise.all([db.secretValue.groupBy({ by: ["projectId"], ...written }), db.dashboardUser.groupBy({ by: ["projectId"], ...written })]);
    const toVersion = ({ _count, _max }: { _count: number; _max: { updatedAt: Date | null } }) => `${_count}@${_max.updatedAt?.getTime() ?? 0}`;
    const usersVersion = new Map(users.map((row) => [row.projectId, toVersion(row)]));
    const versionOf = new Map(secrets.map((row) => [row.projectId, `${toVersion(row)} ${usersVersion.get(row.projectId ?? "") ?? ""}`]));
    const projects = await db.project.findMany({ where: { id: { in: [...projectIds] }, state: { not: "deleted" } }, include: { snapshot: true, ports: true, subnet: true } });
    return projects.flatMap((project) => {
      const secretsVersion = versionOf.get(project.id);
      return secretsVersion === undefined ? [] : [{ ...project, secretsVersion }];
    });
  }

  async #see(project: Watched, shared: { ofProject(id: string): Observed; usage: ReturnType<UsageRecorder["latest"]>; imagePrefix: string }): Promise<{ snapshot: Snapshot; hasDrift: boolean }> {
    const observed = shared.ofProject(project.id);
    // What is on its way somewhere has no drift, and its secrets need not be opened to say how its services are.
    const wish = project.state === "ready" ? await this.#wishes.get(project satisfies WishSource) : null;
    const services = toObservations({
      services: wish?.services ?? listServices(parseSettings(project.settingsJson), gatewayChoiceOf(project)), containers: observed.containers,
      imageLabels: this.#imageLabels, usage: shared.usage, readyContainers: this.tools.readyContainers,
    });
    const drift = wish === null ? [] : findDrift({ wish, observed, context: { instanceId: this.tools.instanceId, projectId: project.id, imagePrefix: shared.imagePrefix } });
    const driftJson = JSON.stringify(drift.map(({ service, kind, sentence }) => ({ service, kind, sentence })));
    return { snapshot: { projectId: project.id, servicesJson: JSON.stringify(services), driftJson }, hasDrift: drift.length > 0 };
  }

  /** A project that was removed meanwhile gets none, and what was taken later than this stays. */
  async #save(snapshots: readonly (Snapshot & { isSame: boolean })[], takenAt: Date): Promise<void> {
    if (snapshots.length === 0) return;
    const idsOf = (some: readonly Snapshot[]) => some.map(({ projectId }) => projectId);
    const same = snapshots.filter(({ isSame }) => isSame);
    const other = snapshots.filter(({ isSame }) => !isSame);
    await this.tools.store.transaction(async (tx) => {
      if (same.length > 0) await tx.observedSnapshot.updateMany({ where: { projectId: { in: idsOf(same) }, takenAt: { lte: takenAt } }, data: { takenAt } });
      if (other.length === 0) return;
      await tx.observedSnapshot.deleteMany({ where: { projectId: { in: idsOf(other) }, takenAt: { lte: takenAt } } });
      const there = await tx.project.findMany({ where: { id: { in: idsOf(other) }, snapshot: null }, select: { id: true } });
      const wanted = new Set(there.map(({ id }) => id));
      const data = other.filter(({ projectId }) => wanted.has(projectId)).map(({ projectId, servicesJson, driftJson }) => ({ projectId, takenAt, servicesJson, driftJson }));
      if (data.length > 0) await tx.observedSnapshot.createMany({ data });
    });
  }

  async #learnImages(observed: Observed, signal: AbortSignal): Promise<void> {
    for (const container of observed.containers) {
      if (this.#imageLabels.has(container.imageId)) continue;
      const image = await this.tools.engine.inspectImage(container.imageId, signal).catch(() => null);
      if (image !== null) this.#imageLabels.set(container.imageId, image.labels);
    }
  }
}

function isSame(last: { servicesJson: string; driftJson: string } | null, now: Snapshot): boolean {
  return last !== null && last.servicesJson === now.servicesJson && last.driftJson === now.driftJson;
}

function statesOf(servicesJson: string | undefined): string {
  if (servicesJson === undefined) return "";
  return (JSON.parse(servicesJson) as { service: string; state: string }[]).map((service) => `${service.service}:${service.state}`).join();
}
