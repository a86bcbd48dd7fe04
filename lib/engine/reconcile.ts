import type { DesiredService, DesiredStack, ServiceName } from "@/lib/stack/desired";
import { objectNames, type ObjectNames } from "@/lib/stack/names";
import { classifyService, type ServiceFinding } from "./classify";
import { LABEL, type Observed, type ObservedContainer } from "./observed";
import { PlanBuilder, type ContainerTarget, type Plan } from "./plan";

/**
 * `run`: every service runs as wished. `pause`: nothing runs, everything stays. `remove-containers`: containers and network go,
 * volumes stay. `remove-all`: volumes go too.
 */
export type ReconcileGoal = "run" | "pause" | "remove-containers" | "remove-all";

export type ReconcileContext = {
  instanceId: string;
  projectId: string;
  /** Prefix of the image source: empty, or ending with `/`. */
  imagePrefix: string;
  /** Keyed hash (HMAC), so that labels are no guessable hash of a secret. */
  hash: (text: string) => string;
  goal: ReconcileGoal;
  /** Hash of the reloadable files last written into a running container, by container id: labels cannot change on a live container. */
  appliedFilesHashes?: Readonly<Record<string, string>>;
};

type Input = { desired: DesiredStack | null; observed: Observed; context: ReconcileContext };

export const stopGraceMs = 20_000;
/** Postgres gets longer: a killed server has to recover at its next start. */
const databaseStopGraceMs = 60_000;

/**
 * Plan that turns what was observed into what is wished for. A function of its input alone: the order of services, containers and
 * labels does not matter, and nothing without this installation's label is ever named in it.
 */
export function reconcile({ desired, observed, context }: Input): Plan {
  const own = ownObjects(observed, context);
  const names = objectNames(context.instanceId, context.projectId);
  const builder = new PlanBuilder(context.instanceId, context.projectId);
  if (context.goal === "run" && desired !== null) planRun(builder, { desired, own, names, context });
  else if (context.goal === "pause") planPause(builder, own);
  else if (context.goal !== "run") planRemoval(builder, own, context.goal === "remove-all");
  return builder.build();
}

/** What of the observation belongs to this project of this installation, in a fixed order. */
export function ownObjects(observed: Observed, context: Pick<ReconcileContext, "instanceId" | "projectId">): Observed {
  const isOwn = (item: { labels: Record<string, string> }) => item.labels[LABEL.instance] === context.instanceId && item.labels[LABEL.project] === context.projectId;
  const byName = (a: { name: string; id?: string }, b: { name: string; id?: string }) => compare(a.name, b.name) || compare(a.id ?? "", b.id ?? "");
  return {
    ...observed,
    containers: observed.containers.filter(isOwn).sort(byName),
    networks: observed.networks.filter(isOwn).sort(byName),
    volumes: observed.volumes.filter(isOwn).sort(byName),
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

type Run = { desired: DesiredStack; own: Observed; names: ObjectNames; context: ReconcileContext };
type Ready = { network: number | null; volumes: Map<string, number>; images: Map<string, number>; started: Map<ServiceName, number>; answered: Map<ServiceName, number> };

function planRun(builder: PlanBuilder, run: Run): void {
  const { own: kept, networkId } = planNetwork(builder, run);
  const ready: Ready = { network: networkId, volumes: planVolumes(builder, run), images: planImages(builder, run), started: new Map(), answered: new Map() };
  const settled = { ...run, own: kept };
  for (const service of inDependencyOrder(run.desired.services)) planService(builder, settled, service, ready);
  planUnwanted(builder, settled);
}

/** A network with another subnet cannot be changed: its containers go first, then it is made anew. Volumes are untouched. */
function planNetwork(builder: PlanBuilder, { desired, own, names }: Run): { own: Observed; networkId: number | null } {
  const { name: shortName, subnet } = desired.network;
  const networkName = names.network(shortName);
  const create = (cause: string, dependsOn: number[]) => builder.add({ type: "createNetwork", networkName, shortName, subnet }, { cause, dependsOn });
  const [fitting] = own.networks.filter((network) => network.name === networkName && network.subnet === subnet);
  const surplus = own.networks.filter((network) => network !== fitting);
  if (fitting !== undefined && surplus.length === 0) return { own, networkId: null };
  if (own.networks.length === 0) return { own, networkId: create("the network is missing", []) };
  const cause = "the network has another subnet";
  const removed = own.containers.map((container) => planContainerRemoval(builder, container, cause, []));
  const gone = own.networks.map((network) => builder.add({ type: "removeNetwork", networkId: network.id, networkName: network.name }, { cause, dependsOn: removed }));
  return { own: { ...own, containers: [] }, networkId: create(cause, gone) };
}

function planVolumes(builder: PlanBuilder, { desired, own, names }: Run): Map<string, number> {
  const present = new Set(own.volumes.map((volume) => volume.name));
  const created = new Map<string, number>();
  for (const shortName of desired.volumes.map((volume) => volume.name).sort(compare)) {
    const volumeName = names.volume(shortName);
    if (!present.has(volumeName)) created.set(shortName, builder.add({ type: "createVolume", volumeName, shortName }, { cause: "the volume is missing" }));
  }
  return created;
}

function planImages(builder: PlanBuilder, { desired, own, context }: Run): Map<string, number> {
  const refs = [...new Set(desired.services.map((service) => context.imagePrefix + service.image))].sort(compare);
  const pulls = refs.filter((ref) => own.images[ref] === undefined).map((imageRef) => [imageRef, builder.add({ type: "pullImage", imageRef }, { cause: "the image is not on the engine" })] as const);
  return new Map(pulls);
}

function planService(builder: PlanBuilder, run: Run, service: DesiredService, ready: Ready): void {
  const finding = classifyService(service, run.own, run.context, run.names);
  if (finding.kind === "in-place") return planInPlace(builder, run, service, finding, ready);
  planCreation(builder, run, service, finding, ready);
}

/** The container fits the wish: start it if it does not run, wait for it, and clear away what else carries the service's name. */
function planInPlace(builder: PlanBuilder, run: Run, service: DesiredService, finding: Extract<ServiceFinding, { kind: "in-place" }>, ready: Ready): void {
  const { keeper, surplus } = finding;
  const target: ContainerTarget = { kind: "existing", id: keeper.id, name: keeper.name };
  const meta = { service: service.name };
  const isRunning = keeper.state === "running" || keeper.state === "restarting";
  const stopped = isRunning ? [] : surplus.filter((other) => other.state === "running").map((other) => planStop(builder, other, "its place is taken by the one that fits"));
  let before: (number | null)[] = stopped;
  if (keeper.state === "created") before = [...stopped, builder.add({ type: "uploadFiles", target, files: service.files, filesHash: finding.filesHash, replaceByMove: false }, { ...meta, cause: "it was created and never started" })];
  else if (finding.areFilesStale) before = [...stopped, builder.add({ type: "uploadFiles", target, files: service.files.filter((file) => file.reloadable), filesHash: finding.filesHash, replaceByMove: isRunning }, { ...meta, cause: "its configuration changed" })];
  if (!isRunning) {
    const started = builder.add({ type: "startContainer", target }, { ...meta, cause: `it is ${keeper.state}`, dependsOn: [...before, ...dependencies(service, ready)] });
    ready.started.set(service.name, started);
    ready.answered.set(service.name, builder.add({ type: "waitReady", target, readiness: service.readiness }, { ...meta, cause: "it was started", dependsOn: [started] }));
  } else if (keeper.health !== "healthy" && keeper.health !== "none") {
    ready.answered.set(service.name, builder.add({ type: "waitReady", target, readiness: service.readiness }, { ...meta, cause: `it is ${keeper.health}`, dependsOn: before }));
  }
  finishReplacement(builder, run, service, { target, old: surplus, answered: ready.answered.get(service.name) ?? null, alreadyStopped: stopped });
}

/** No container fits: make one, and if another holds the place, replace it in the order that the service asks for. */
function planCreation(builder: PlanBuilder, run: Run, service: DesiredService, finding: Extract<ServiceFinding, { kind: "create" }>, ready: Ready): void {
  const meta = { service: service.name, cause: finding.cause };
  const { clearedBy, old, containerName } = clearName(builder, run, service, finding);
  const imageRef = run.context.imagePrefix + service.image;
  const volumeNames = Object.fromEntries(service.mounts.map((mount) => [mount.volume, run.names.volume(mount.volume)]));
  const needed = [ready.network, ready.images.get(imageRef), ...service.mounts.map((mount) => ready.volumes.get(mount.volume)), ...clearedBy];
  const networkName = run.names.network(run.desired.network.name);
  const created = builder.add({ type: "createContainer", containerName, imageRef, service, specHash: finding.specHash, filesHash: finding.filesHash, networkName, volumeNames }, { ...meta, dependsOn: needed });
  const target: ContainerTarget = { kind: "created", by: created, name: containerName };
  const uploaded = service.files.length === 0 ? created : builder.add({ type: "uploadFiles", target, files: service.files, filesHash: finding.filesHash, replaceByMove: false }, { ...meta, dependsOn: [created] });
  const stopped = service.replace === "stop-first" ? old.filter((other) => other.state === "running" || other.state === "restarting").map((other) => planStop(builder, other, finding.cause, [uploaded])) : [];
  const started = builder.add({ type: "startContainer", target }, { ...meta, dependsOn: [uploaded, ...stopped, ...dependencies(service, ready)] });
  const answered = builder.add({ type: "waitReady", target, readiness: service.readiness }, { service: service.name, cause: "it was started", dependsOn: [started] });
  ready.started.set(service.name, started);
  ready.answered.set(service.name, answered);
  finishReplacement(builder, run, service, { target, old, answered, alreadyStopped: stopped });
}

type Cleared = { clearedBy: number[]; old: ObservedContainer[]; containerName: string };

/** A free name for the new container; a half-made one from an interrupted replacement is removed first. */
function clearName(builder: PlanBuilder, run: Run, service: DesiredService, finding: Extract<ServiceFinding, { kind: "create" }>): Cleared {
  const canonical = run.names.container(service.name);
  const next = `${canonical}-next`;
  const isTaken = (name: string) => finding.others.some((other) => other.name === name);
  if (!isTaken(canonical)) return { clearedBy: [], old: finding.others, containerName: canonical };
  if (!isTaken(next)) return { clearedBy: [], old: finding.others, containerName: next };
  const isServing = (other: ObservedContainer) => other.state === "running";
  const given = finding.others.find((other) => other.name === next && !isServing(other)) ?? finding.others.find((other) => other.name === canonical && !isServing(other)) ?? finding.others.find((other) => other.name === next);
  if (given === undefined) return { clearedBy: [], old: finding.others, containerName: canonical };
  const removed = planContainerRemoval(builder, given, "left by an interrupted replacement", []);
  return { clearedBy: [removed], old: finding.others.filter((other) => other !== given), containerName: given.name };
}

type Replacement = { target: ContainerTarget; old: readonly ObservedContainer[]; answered: number | null; alreadyStopped: number[] };

/** Removes predecessors once the successor answers, then gives it the service's own name. */
function finishReplacement(builder: PlanBuilder, run: Run, service: DesiredService, { target, old, answered, alreadyStopped }: Replacement): void {
  const cause = "its successor answers";
  const removed = old.map((other) => {
    const needsStop = alreadyStopped.length === 0 && (other.state === "running" || other.state === "restarting");
    const stopped = needsStop ? planStop(builder, other, cause, [answered]) : null;
    return builder.add({ type: "removeContainer", target: existing(other) }, { service: service.name, cause, dependsOn: [answered, stopped, ...alreadyStopped] });
  });
  const canonical = run.names.container(service.name);
  if (target.name !== canonical) builder.add({ type: "renameContainer", target, containerName: canonical }, { service: service.name, cause, dependsOn: [answered, ...removed] });
}

function dependencies(service: DesiredService, ready: Ready): number[] {
  return service.dependsOn.flatMap(({ service: name, condition }) => {
    const id = condition === "healthy" ? (ready.answered.get(name) ?? ready.started.get(name)) : ready.started.get(name);
    return id === undefined ? [] : [id];
  });
}

/** Containers of services that are no longer wished for. */
function planUnwanted(builder: PlanBuilder, { desired, own }: Run): void {
  const wished = new Set<string>(desired.services.map((service) => service.name));
  for (const container of own.containers) {
    const name = container.labels[LABEL.service];
    if (name === undefined || !wished.has(name)) planContainerRemoval(builder, container, "the service is not wished for", []);
  }
}

function planPause(builder: PlanBuilder, own: Observed): void {
  const running = own.containers.filter((container) => container.state === "running" || container.state === "restarting" || container.state === "paused");
  const isDatabase = (container: ObservedContainer) => container.labels[LABEL.service] === "db";
  const clients = running.filter((container) => !isDatabase(container)).map((container) => planStop(builder, container, "the project is paused"));
  for (const database of running.filter(isDatabase)) planStop(builder, database, "the project is paused", clients);
}

function planRemoval(builder: PlanBuilder, own: Observed, withVolumes: boolean): void {
  const cause = withVolumes ? "the project is purged" : "the project is deleted";
  const isDatabase = (container: ObservedContainer) => container.labels[LABEL.service] === "db";
  const clients = own.containers.filter((container) => !isDatabase(container)).map((container) => planContainerRemoval(builder, container, cause, []));
  const databases = own.containers.filter(isDatabase).map((container) => planContainerRemoval(builder, container, cause, clients));
  const removed = [...clients, ...databases];
  for (const network of own.networks) builder.add({ type: "removeNetwork", networkId: network.id, networkName: network.name }, { cause, dependsOn: removed });
  if (!withVolumes) return;
  for (const volume of own.volumes) builder.add({ type: "removeVolume", volumeName: volume.name }, { cause, dependsOn: removed, isDestructive: true });
}

function planContainerRemoval(builder: PlanBuilder, container: ObservedContainer, cause: string, dependsOn: readonly number[]): number {
  const isLive = container.state === "running" || container.state === "restarting" || container.state === "paused";
  const stopped = isLive ? planStop(builder, container, cause, dependsOn) : null;
  return builder.add({ type: "removeContainer", target: existing(container) }, { service: container.labels[LABEL.service] ?? null, cause, dependsOn: [stopped, ...dependsOn] });
}

function planStop(builder: PlanBuilder, container: ObservedContainer, cause: string, dependsOn: readonly (number | null)[] = []): number {
  const service = container.labels[LABEL.service] ?? null;
  return builder.add({ type: "stopContainer", target: existing(container), graceMs: service === "db" ? databaseStopGraceMs : stopGraceMs }, { service, cause, dependsOn });
}

function existing(container: ObservedContainer): ContainerTarget {
  return { kind: "existing", id: container.id, name: container.name };
}

/** Services with their dependencies first; equal ones by name. Throws for a cycle or a dependency that is not there. */
export function inDependencyOrder(services: readonly DesiredService[]): DesiredService[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered: DesiredService[] = [];
  const state = new Map<ServiceName, "open" | "done">();
  const visit = (service: DesiredService): void => {
    if (state.get(service.name) === "done") return;
    if (state.get(service.name) === "open") throw new Error(`The services depend on each other in a circle at ${service.name}.`);
    state.set(service.name, "open");
    for (const { service: name } of [...service.dependsOn].sort((a, b) => compare(a.service, b.service))) {
      const dependency = byName.get(name);
      if (dependency !== undefined) visit(dependency);
    }
    state.set(service.name, "done");
    ordered.push(service);
  };
  for (const service of [...services].sort((a, b) => compare(a.name, b.name))) visit(service);
  return ordered;
}
