import { reloadableFiles } from "@/lib/stack/spec-hash";
import type { DesiredService, StackServiceName } from "@/lib/stack/desired";
import type { ServiceFinding } from "./classify";
import { LABEL, type ObservedContainer } from "./observed";
import type { ContainerTarget, PlanBuilder } from "./plan";
import { compare, type Run } from "./context";

const stopGraceMs = 20_000;
/** Postgres gets longer: a killed server has to recover at its next start. */
const databaseStopGraceMs = 60_000;

/** How far a service gets in this plan: what must be waited for before it runs, and before it answers. */
type Running = {
  target: ContainerTarget;
  service: DesiredService;
  /** null: it runs already. */
  started: number | null;
  answered: number | null;
  /** The engine's own health check says so; nothing has to be asked again. */
  isProven: boolean;
};

/** Operations that make what services need, by what they make. */
export type Ready = { network: number | null; volumes: Map<string, number>; images: Map<string, number>; running: Map<StackServiceName, Running> };

type InPlace = Extract<ServiceFinding, { kind: "in-place" }>;
type Creation = Extract<ServiceFinding, { kind: "create" }>;

/** Adds what one service needs. Its dependencies must have been planned before. */
export function planService(builder: PlanBuilder, run: Run, service: DesiredService, finding: ServiceFinding, ready: Ready): void {
  if (finding.kind === "in-place") planInPlace(builder, run, service, finding, ready);
  else planCreation(builder, run, service, finding, ready);
}

/** A container runs, keeps starting or is frozen: it has to be stopped before it can go. */
export function isLive(container: ObservedContainer): boolean {
  return container.state === "running" || container.state === "restarting" || container.state === "paused";
}

/** The container fits the wish: start it if it does not run, wait for it, and clear away what else carries the service's name. */
function planInPlace(builder: PlanBuilder, run: Run, service: DesiredService, finding: InPlace, ready: Ready): void {
  const { keeper, surplus } = finding;
  const target = existing(keeper);
  const meta = { service: service.name };
  const runs = keeper.state === "running";
  const before: number[] = [];
  // A frozen container cannot be started; stopping thaws and ends it. One that keeps restarting gets a start that counts anew.
  if (keeper.state === "paused" || keeper.state === "restarting") before.push(planStop(builder, keeper, keeper.state === "paused" ? "it is paused" : "it keeps restarting"));
  const uploaded = planUpload(builder, service, finding);
  if (uploaded !== null) before.push(uploaded);
  let started: number | null = null;
  const stopped: number[] = [];
  if (!runs) {
    const needed = [...before, ...dependencies(builder, service, ready)];
    if (service.replace === "stop-first") stopped.push(...surplus.filter(isLive).map((other) => planStop(builder, other, "the container that fits takes its place", needed)));
    stopped.push(...planHandOver(builder, run, service, needed));
    started = builder.add({ type: "startContainer", target }, { ...meta, cause: keeper.state === "created" ? "it was never started" : `it is ${keeper.state}`, dependsOn: [...needed, ...stopped] });
  }
  const unproven = started !== null ? "it was started" : surplus.length > 0 ? "it has to answer before its predecessor goes" : unprovenState(keeper);
  const answered = unproven === null ? null : builder.add({ type: "waitReady", target, readiness: service.readiness }, { ...meta, cause: unproven, dependsOn: [...before, started] });
  ready.running.set(service.name, { target, service, started, answered, isProven: keeper.health === "healthy" });
  finishReplacement(builder, run, service, { target, old: surplus, answered, stopped });
}

/** An apply that was interrupted, or a service that keeps falling over, is asked again. Without a health check, running has to do. */
function unprovenState(keeper: ObservedContainer): string | null {
  if (keeper.health === "unhealthy") return "it is unhealthy";
  return keeper.health === "starting" ? "it was started a moment ago" : null;
}

function planUpload(builder: PlanBuilder, service: DesiredService, { keeper, filesHash, areFilesStale }: InPlace): number | null {
  const target = existing(keeper);
  if (keeper.state === "created" && service.files.length > 0) {
    // Whether the interrupted run had uploaded them is not known; uploading twice is the same as once.
    return builder.add({ type: "uploadFiles", target, files: service.files, filesHash, replaceByMove: false }, { service: service.name, cause: "it was never started" });
  }
  if (!areFilesStale) return null;
  const isRunning = keeper.state === "running";
  const reload = isRunning && service.reload !== undefined ? { reload: service.reload } : {};
  return builder.add({ type: "uploadFiles", target, files: reloadableFiles(service), filesHash, replaceByMove: isRunning, ...reload }, { service: service.name, cause: "its configuration changed" });
}

/** No container fits: make one, and if another holds the place, replace it in the order that the service asks for. */
function planCreation(builder: PlanBuilder, run: Run, service: DesiredService, finding: Creation, ready: Ready): void {
  const meta = { service: service.name, cause: finding.cause };
  const { clearedBy, old, containerName } = clearName(builder, run.names.container(service.name), finding.others);
  const imageRef = run.context.imagePrefix + service.image;
  const volumeNames = Object.fromEntries(service.mounts.map((mount) => [mount.volume, run.names.volume(mount.volume)]));
  const needed = [ready.network, ready.images.get(imageRef), ...service.mounts.map((mount) => ready.volumes.get(mount.volume)), ...clearedBy];
  const networkName = run.names.network(run.desired.network.name);
  const created = builder.add({ type: "createContainer", containerName, imageRef, desired: service, specHash: finding.specHash, filesHash: finding.filesHash, networkName, volumeNames }, { ...meta, dependsOn: needed });
  const target: ContainerTarget = { kind: "created", by: created, name: containerName };
  const uploaded = service.files.length === 0 ? created : builder.add({ type: "uploadFiles", target, files: service.files, filesHash: finding.filesHash, replaceByMove: false }, { ...meta, dependsOn: [created] });
  const startable = [uploaded, ...dependencies(builder, service, ready)];
  const stopped = service.replace === "stop-first" ? old.filter(isLive).map((other) => planStop(builder, other, finding.cause, startable)) : [];
  const freed = planHandOver(builder, run, service, startable);
  const started = builder.add({ type: "startContainer", target }, { ...meta, dependsOn: [...startable, ...stopped, ...freed] });
  const answered = builder.add({ type: "waitReady", target, readiness: service.readiness }, { service: service.name, cause: "it was started", dependsOn: [started] });
  ready.running.set(service.name, { target, service, started, answered, isProven: false });
  finishReplacement(builder, run, service, { target, old, answered, stopped });
}

/** Two services may exchange host ports: what holds one that this service is to have ends first, as late as possible. */
function planHandOver(builder: PlanBuilder, { own }: Run, service: DesiredService, dependsOn: readonly number[]): number[] {
  const wished = new Set(service.publishedPorts.map(({ hostPort }) => hostPort));
  const holders = own.containers.filter((container) => isLive(container) && container.labels[LABEL.service] !== service.name && (container.publishedPorts ?? []).some(({ hostPort }) => wished.has(hostPort)));
  return holders.map((holder) => planStop(builder, holder, `its port goes to ${service.name}`, dependsOn));
}

type Cleared = { clearedBy: number[]; old: ObservedContainer[]; containerName: string };

/**
 * A free name for the new container: the service's own, or with `-next` while the predecessor holds that. Where an interrupted
 * replacement left both taken, the one that does not serve is removed first.
 */
function clearName(builder: PlanBuilder, canonical: string, others: readonly ObservedContainer[]): Cleared {
  const next = `${canonical}-next`;
  const named = (name: string) => others.find((other) => other.name === name);
  const [atCanonical, atNext] = [named(canonical), named(next)];
  if (atCanonical === undefined) return { clearedBy: [], old: [...others], containerName: canonical };
  if (atNext === undefined) return { clearedBy: [], old: [...others], containerName: next };
  const given = isLive(atNext) && !isLive(atCanonical) ? atCanonical : atNext;
  const removed = planContainerRemoval(builder, given, "left by an interrupted replacement", []);
  return { clearedBy: [removed], old: others.filter((other) => other !== given), containerName: given.name };
}

type Replacement = { target: ContainerTarget; old: readonly ObservedContainer[]; answered: number | null; stopped: readonly number[] };

/** Removes predecessors once the successor answers, then gives it the service's own name. Until then going back is a start. */
function finishReplacement(builder: PlanBuilder, run: Run, service: DesiredService, { target, old, answered, stopped }: Replacement): void {
  const cause = "its successor answers";
  const removed = old.map((other) => {
    const isStoppedLater = stopped.length === 0 && isLive(other);
    const stop = isStoppedLater ? planStop(builder, other, cause, [answered]) : null;
    return builder.add({ type: "removeContainer", target: existing(other) }, { service: service.name, cause, dependsOn: [answered, stop, ...stopped] });
  });
  const canonical = run.names.container(service.name);
  if (target.name !== canonical) builder.add({ type: "renameContainer", target, containerName: canonical }, { service: service.name, cause: "the name is free again", dependsOn: [answered, ...removed] });
}

/** What must have happened before the service may start. A dependency that runs but is not proven is asked once. */
function dependencies(builder: PlanBuilder, service: DesiredService, ready: Ready): number[] {
  return [...service.dependsOn]
    .sort((a, b) => compare(a.service, b.service))
    .flatMap(({ service: name, condition }) => {
      const dependency = ready.running.get(name);
      if (dependency === undefined) return [];
      if (condition === "healthy" && dependency.answered === null && !dependency.isProven) {
        dependency.answered = builder.add({ type: "waitReady", target: dependency.target, readiness: dependency.service.readiness }, { service: name, cause: `${service.name} needs it`, dependsOn: [dependency.started] });
      }
      const id = condition === "healthy" ? (dependency.answered ?? dependency.started) : dependency.started;
      return id === null ? [] : [id];
    });
}

/** Stops the container if it lives, then removes it. Returns the operation after which it is gone. */
export function planContainerRemoval(builder: PlanBuilder, container: ObservedContainer, cause: string, dependsOn: readonly number[], isOrderly = true): number {
  const stopped = isOrderly && isLive(container) ? planStop(builder, container, cause, dependsOn) : null;
  return builder.add({ type: "removeContainer", target: existing(container) }, { service: container.labels[LABEL.service] ?? null, cause, dependsOn: [stopped, ...dependsOn] });
}

/** Stops with the time that the service needs for an orderly end. */
export function planStop(builder: PlanBuilder, container: ObservedContainer, cause: string, dependsOn: readonly (number | null)[] = []): number {
  const planned = builder.stops.get(container.id);
  if (planned !== undefined) return planned;
  const service = container.labels[LABEL.service] ?? null;
  const stop = builder.add({ type: "stopContainer", target: existing(container), graceMs: service === "db" ? databaseStopGraceMs : stopGraceMs }, { service, cause, dependsOn });
  builder.stops.set(container.id, stop);
  return stop;
}

function existing(container: ObservedContainer): ContainerTarget {
  return { kind: "existing", id: container.id, name: container.name };
}
