import type { ObjectNames } from "@/lib/stack/names";
import type { ServiceFingerprint } from "./fingerprint";
import { LABEL, type Observed, type ObservedContainer, type ObservedNetwork } from "./observed";
import type { ReconcileContext } from "./context";

export type ServiceFinding =
  | { kind: "in-place"; keeper: ObservedContainer; surplus: ObservedContainer[]; filesHash: string; areFilesStale: boolean }
  | { kind: "create"; reason: Divergence | "missing"; cause: string; others: ObservedContainer[]; specHash: string; filesHash: string };

export type Divergence = "dead" | "spec-changed" | "image-changed" | "network-changed" | "ports-changed";

export const causeOf: Record<Divergence | "missing", string> = {
  missing: "the container is missing",
  dead: "the container is dead",
  "spec-changed": "its settings changed",
  "image-changed": "the image changed",
  "network-changed": "it is not on the project's network",
  "ports-changed": "it publishes a port that nobody asked for",
};

export type Surroundings = {
  own: Observed;
  names: ObjectNames;
  /** The network that fits the wish; undefined when it has to be made. */
  network: ObservedNetwork | undefined;
};

/** Containers by service, for one look-up instead of a search per service. Containers without a service are left out. */
export function groupByService(containers: readonly ObservedContainer[]): Map<string, ObservedContainer[]> {
  const groups = new Map<string, ObservedContainer[]>();
  for (const container of containers) {
    const service = container.labels[LABEL.service];
    if (service === undefined) continue;
    const group = groups.get(service);
    if (group === undefined) groups.set(service, [container]);
    else group.push(container);
  }
  return groups;
}

/** Whether one of the service's containers fits the wish, and if not, why not. */
export function classifyService(service: ServiceFingerprint, containers: readonly ObservedContainer[], around: Surroundings, context: Pick<ReconcileContext, "imagePrefix">): ServiceFinding {
  const { specHash: wantedSpec, filesHash: wantedFiles } = service;
  const canonicalName = around.names.container(service.name);
  const divergenceOf = (container: ObservedContainer) => divergence(container, service, around.own.images[context.imagePrefix + service.image], around);
  const keeper = preferred(containers.filter((container) => divergenceOf(container) === null), canonicalName);
  if (keeper !== undefined) {
    const inForce = keeper.appliedFilesHash ?? keeper.labels[LABEL.filesHash];
    const areFilesStale = service.hasReloadableFiles && inForce !== wantedFiles;
    return { kind: "in-place", keeper, surplus: containers.filter((container) => container !== keeper), filesHash: wantedFiles, areFilesStale };
  }
  const current = preferred(containers, canonicalName);
  const reason = current === undefined ? "missing" : (divergenceOf(current) ?? "missing");
  return { kind: "create", reason, cause: causeOf[reason], others: [...containers], specHash: wantedSpec, filesHash: wantedFiles };
}

function preferred(containers: readonly ObservedContainer[], canonicalName: string): ObservedContainer | undefined {
  const isLive = (container: ObservedContainer) => container.state === "running";
  return (
    containers.find((container) => isLive(container) && container.name === canonicalName) ??
    containers.find(isLive) ??
    containers.find((container) => container.name === canonicalName) ??
    containers[0]
  );
}

/** Why a container does not fit the wish; null when it does. */
function divergence(container: ObservedContainer, { specHash: wantedSpec, publishedPorts: wished }: ServiceFingerprint, imageId: string | undefined, { network, own }: Surroundings): Divergence | null {
  if (container.state === "dead" || container.state === "removing") return "dead";
  if (container.labels[LABEL.specHash] !== wantedSpec) return "spec-changed";
  // Without the reference on the engine there is nothing to compare; the container keeps its image's layers.
  if (imageId !== undefined && container.imageId !== imageId) return "image-changed";
  if (!isOnNetwork(container, network, own.networks)) return "network-changed";
  return publishesMore(container, wished) ? "ports-changed" : null;
}

/** Labels travel along when another tool makes a container anew with more ports, so the ports themselves are compared as well. */
function publishesMore({ state, publishedPorts = [] }: ObservedContainer, wished: ServiceFingerprint["publishedPorts"]): boolean {
  if (state !== "running") return false;
  return publishedPorts.some((port) => !wished.some(({ containerPort, hostIp, hostPort }) => port.protocol === "tcp" && port.containerPort === containerPort && port.hostIp === hostIp && port.hostPort === hostPort));
}

/** On the wished network, and on no other one of the project's. Networks that other people connect it to do not matter. */
function isOnNetwork(container: ObservedContainer, network: ObservedNetwork | undefined, ownNetworks: readonly ObservedNetwork[]): boolean {
  if (network === undefined || !container.networks.includes(network.name)) return false;
  const ids = container.networkIds ?? [];
  if (ids.length === 0) return true;
  return ids.includes(network.id) && !ownNetworks.some((other) => other.id !== network.id && ids.includes(other.id));
}
