import type { DesiredService } from "@/lib/stack/desired";
import type { ObjectNames } from "@/lib/stack/names";
import { filesHash, specHash } from "@/lib/stack/spec-hash";
import { LABEL, type Observed, type ObservedContainer } from "./observed";
import type { ReconcileContext } from "./reconcile";

export type ServiceFinding =
  | { kind: "in-place"; keeper: ObservedContainer; surplus: ObservedContainer[]; filesHash: string; areFilesStale: boolean }
  | { kind: "create"; cause: string; others: ObservedContainer[]; specHash: string; filesHash: string };

/** Whether one of the service's containers fits the wish, and if not, why not. */
export function classifyService(service: DesiredService, own: Observed, context: ReconcileContext, names: ObjectNames): ServiceFinding {
  const containers = own.containers.filter((container) => container.labels[LABEL.service] === service.name);
  const wanted = { spec: specHash(service, context.hash), files: filesHash(service, context.hash) };
  const fitting = containers.filter((container) => divergence(container, service, own, { context, names, wanted: wanted.spec }) === null);
  const keeper = preferred(fitting, names.container(service.name));
  if (keeper !== undefined) {
    const inForce = context.appliedFilesHashes?.[keeper.id] ?? keeper.labels[LABEL.filesHash];
    return { kind: "in-place", keeper, surplus: containers.filter((container) => container !== keeper), filesHash: wanted.files, areFilesStale: inForce !== wanted.files };
  }
  const current = preferred(containers, names.container(service.name));
  const cause = current === undefined ? "the container is missing" : (divergence(current, service, own, { context, names, wanted: wanted.spec }) ?? "the container is missing");
  return { kind: "create", cause, others: containers, specHash: wanted.spec, filesHash: wanted.files };
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

type Wanted = { context: ReconcileContext; names: ObjectNames; wanted: string };

/** Why a container does not fit the wish; null when it does. */
export function divergence(container: ObservedContainer, service: DesiredService, own: Observed, { context, names, wanted }: Wanted): string | null {
  if (container.state === "dead" || container.state === "removing") return `the container is ${container.state}`;
  if (container.labels[LABEL.specHash] !== wanted) return "its settings changed";
  const imageId = own.images[context.imagePrefix + service.image];
  if (imageId !== undefined && container.imageId !== imageId) return "the image changed";
  if (container.networks.length > 0 && !container.networks.includes(names.network())) return "it is on another network";
  return null;
}
