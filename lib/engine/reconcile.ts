import type { DesiredService, DesiredStack, StackServiceName } from "@/lib/stack/desired";
import { objectNames } from "@/lib/stack/names";
import { classifyService, groupByService, type ServiceFinding } from "./classify";
import { compare, fittingNetwork, ownObjects, type ReconcileContext, type Run } from "./context";
import { fingerprintService } from "./fingerprint";
import { LABEL, oneOffRole, type Observed, type ObservedContainer, type ObservedNetwork } from "./observed";
import { PlanBuilder, type Plan } from "./plan";
import { isLive, planContainerRemoval, planService, planStop, type Ready } from "./plan-service";

export type { ReconcileContext, ReconcileGoal } from "./context";

type Input = { desired: DesiredStack | null; observed: Observed; context: ReconcileContext };

/**
 * Plan that turns what was observed into what is wished for. A function of its input alone: the order of services, containers and
 * labels does not matter, and nothing without this installation's label is ever named in it. Going back from a failed replacement needs
 * no plan of its own: reconciled with the former wish, the kept predecessor fits again and is started.
 */
export function reconcile({ desired, observed, context }: Input): Plan {
  const own = ownObjects(observed, context);
  const builder = new PlanBuilder();
  if (context.goal === "run" && desired !== null) planRun(builder, desired, own, context);
  else if (context.goal === "pause") planPause(builder, own);
  else if (context.goal !== "run") planRemoval(builder, own, context.goal === "remove-all");
  return { instanceId: context.instanceId, projectId: context.projectId, revision: desired?.revision ?? null, ops: builder.ops };
}

function planRun(builder: PlanBuilder, desired: DesiredStack, own: Observed, context: ReconcileContext): void {
  const names = objectNames(context.instanceId, context.projectId);
  const network = fittingNetwork(desired, own, names);
  const run: Run = { desired, own, names, context, network };
  const { kept, networkOp } = planNetwork(builder, run);
  const settled: Run = { ...run, own: kept };
  const groups = groupByService(kept.containers.filter((container) => container.labels[LABEL.role] !== oneOffRole));
  const services = inDependencyOrder(desired.services).map((service) => ({ service, finding: classifyService(fingerprintService(service, context.hash), groups.get(service.name) ?? [], settled, context) }));
  const ready: Ready = { network: networkOp, volumes: planVolumes(builder, settled), images: planImages(builder, settled, services), running: new Map() };
  for (const { service, finding } of services) planService(builder, settled, service, finding, ready);
  planUnwanted(builder, settled);
  if (network !== undefined) planSurplusNetworks(builder, kept.networks.filter((other) => other !== network));
}

/** A network cannot be changed. Where another one stands in its place, its containers go first, then it is made anew; volumes are untouched. */
function planNetwork(builder: PlanBuilder, { desired, own, names, network }: Run): { kept: Observed; networkOp: number | null } {
  if (network !== undefined) return { kept: own, networkOp: null };
  const { name: shortName, subnet } = desired.network;
  const create = (cause: string, dependsOn: number[]) => builder.add({ type: "createNetwork", networkName: names.network(shortName), shortName, subnet }, { cause, dependsOn });
  if (own.networks.length === 0) return { kept: own, networkOp: create("the network is missing", []) };
  const cause = "the network has another subnet";
  const removed = removeInOrder(builder, own.containers, cause, true);
  const gone = own.networks.map((other) => builder.add({ type: "removeNetwork", networkId: other.id, networkName: other.name }, { cause, dependsOn: removed }));
  return { kept: { ...own, containers: [], networks: [] }, networkOp: create(cause, gone) };
}

function planVolumes(builder: PlanBuilder, { desired, own, names }: Run): Map<string, number> {
  const present = new Set(own.volumes.map((volume) => volume.name));
  const created = new Map<string, number>();
  for (const shortName of [...new Set(desired.volumes.map((volume) => volume.name))].sort(compare)) {
    const volumeName = names.volume(shortName);
    if (!present.has(volumeName)) created.set(shortName, builder.add({ type: "createVolume", volumeName, shortName }, { cause: "the volume is missing" }));
  }
  return created;
}

/** Only what a new container needs is pulled: one that runs keeps its layers even where the tag is gone. */
function planImages(builder: PlanBuilder, { own, context }: Run, services: readonly { service: DesiredService; finding: ServiceFinding }[]): Map<string, number> {
  const needed = services.filter(({ finding }) => finding.kind === "create").map(({ service }) => context.imagePrefix + service.image);
  const missing = [...new Set(needed)].filter((ref) => own.images[ref] === undefined).sort(compare);
  return new Map(missing.map((imageRef) => [imageRef, builder.add({ type: "pullImage", imageRef }, { cause: "the image is not on the engine" })]));
}

/** Containers of services that are no longer wished for, and one-off containers that an interruption left behind. */
function planUnwanted(builder: PlanBuilder, { desired, own }: Run): void {
  const wished = new Set<string>(desired.services.map((service) => service.name));
  for (const container of own.containers) {
    const name = container.labels[LABEL.service];
    if (container.labels[LABEL.role] === oneOffRole) {
      if (!isLive(container)) planContainerRemoval(builder, container, "left by an interrupted one-off run", []);
    } else if (name === undefined || !wished.has(name)) planContainerRemoval(builder, container, "the service is not wished for", []);
  }
}

function planSurplusNetworks(builder: PlanBuilder, surplus: readonly ObservedNetwork[]): void {
  const removed = builder.ops.filter((op) => op.type === "removeContainer").map((op) => op.id);
  for (const network of surplus) builder.add({ type: "removeNetwork", networkId: network.id, networkName: network.name }, { cause: "the network is not wished for", dependsOn: removed });
}

const isDatabase = (container: ObservedContainer) => container.labels[LABEL.service] === "db";

/** The database goes last, so that nobody writes to a server that is shutting down. */
function planPause(builder: PlanBuilder, own: Observed): void {
  const live = own.containers.filter(isLive);
  const cause = "the project is paused";
  const clients = live.filter((container) => !isDatabase(container)).map((container) => planStop(builder, container, cause));
  for (const database of live.filter(isDatabase)) planStop(builder, database, cause, clients);
}

function planRemoval(builder: PlanBuilder, own: Observed, withVolumes: boolean): void {
  const cause = withVolumes ? "the project is removed with its data" : "the project is deleted";
  // Data that goes with the container needs no orderly shutdown.
  const removed = removeInOrder(builder, own.containers, cause, !withVolumes);
  for (const network of own.networks) builder.add({ type: "removeNetwork", networkId: network.id, networkName: network.name }, { cause, dependsOn: removed });
  if (!withVolumes) return;
  for (const volume of own.volumes) builder.add({ type: "removeVolume", volumeName: volume.name }, { cause, dependsOn: removed, isDestructive: true });
}

function removeInOrder(builder: PlanBuilder, containers: readonly ObservedContainer[], cause: string, isOrderly: boolean): number[] {
  const clients = containers.filter((container) => !isDatabase(container)).map((container) => planContainerRemoval(builder, container, cause, [], isOrderly));
  return [...clients, ...containers.filter(isDatabase).map((container) => planContainerRemoval(builder, container, cause, clients, isOrderly))];
}

/**
 * Services with their dependencies first; equal ones by name.
 * @throws Error when services depend on each other in a circle.
 */
export function inDependencyOrder(services: readonly DesiredService[]): DesiredService[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered: DesiredService[] = [];
  const state = new Map<StackServiceName, "open" | "done">();
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
