import { objectNames } from "@/lib/stack/names";
import { classifyService, groupByService, type Surroundings } from "./classify";
import { LABEL, oneOffRole, type Observed, type ObservedContainer } from "./observed";
import { fittingNetwork, ownObjects, type ReconcileContext } from "./context";
import type { ServiceFingerprint, StackFingerprint } from "./fingerprint";

export type DriftKind = "missing" | "stopped" | "image-changed" | "spec-changed" | "environment-changed" | "network-changed" | "ports-changed" | "unhealthy" | "unexpected" | "network-missing" | "volume-missing";
export type Drift = { service: string; kind: DriftKind; sentence: string };

/** A service of the wish, with the variables wished for where they are compared as well. */
type WishedService = ServiceFingerprint & { environment?: Readonly<Record<string, string>> };
type Wish = Pick<StackFingerprint, "network" | "volumes"> & { services: readonly WishedService[] };

type Input = {
  wish: Wish;
  observed: Observed;
  context: Pick<ReconcileContext, "instanceId" | "projectId" | "imagePrefix">;
  /**
   * Environments as inspected, by container id. Labels travel along when another tool makes a container anew with other variables,
   * so only the variables themselves tell. Compared where both these and the wished ones are given.
   */
  environments?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** How what runs differs from the wish, for a project that should be running. Says what it sees, without values, and changes nothing. */
export function findDrift({ wish, observed, context, environments = {} }: Input): Drift[] {
  const own = ownObjects(observed, context);
  const names = objectNames(context.instanceId, context.projectId);
  const around: Surroundings = { own, names, network: fittingNetwork(wish, own, names) };
  const containers = own.containers.filter((container) => container.labels[LABEL.role] !== oneOffRole);
  const groups = groupByService(containers);
  return [
    ...findMissingParts(wish, around),
    ...wish.services.flatMap((service) => findServiceDrift(service, groups.get(service.name) ?? [], { around, context, environments })),
    ...findUnexpected(wish, containers),
  ];
}

function findMissingParts(wish: Wish, { own, names, network }: Surroundings): Drift[] {
  const present = new Set(own.volumes.map((volume) => volume.name));
  const missing = wish.volumes.filter(({ name }) => !present.has(names.volume(name)));
  return [
    ...(network === undefined ? [{ service: "network", kind: "network-missing" as const, sentence: "The project's network is gone or has another subnet." }] : []),
    ...missing.map(({ name }) => ({ service: "volume", kind: "volume-missing" as const, sentence: `The volume ${name} is gone. Reconcile makes an empty one: restore a backup if it held data.` })),
  ];
}

type Around = { around: Surroundings; context: Input["context"]; environments: NonNullable<Input["environments"]> };

function findServiceDrift(service: WishedService, containers: readonly ObservedContainer[], { around, context, environments }: Around): Drift[] {
  const drift = (kind: DriftKind, sentence: string): Drift[] => [{ service: service.name, kind, sentence }];
  const finding = classifyService(service, containers, around, context);
  if (finding.kind === "create") {
    switch (finding.reason) {
      case "missing":
        return drift("missing", `The container of ${service.name} is gone.`);
      case "dead":
        return drift("stopped", `The container of ${service.name} is dead.`);
      default:
        return drift(finding.reason, `${service.name}: ${finding.cause}.`);
    }
  }
  const { keeper } = finding;
  if (keeper.state !== "running" && keeper.state !== "restarting") return drift("stopped", `${service.name} was stopped from outside (it is ${keeper.state}).`);
  const changed = changedVariables(service, environments[keeper.id]);
  if (changed.length > 0) return drift("environment-changed", `${service.name} was made anew from outside with another environment (${changed.join(", ")}).`);
  if (keeper.state === "restarting") return drift("unhealthy", `${service.name} keeps restarting${keeper.exitCode === null ? "" : ` (exit code ${keeper.exitCode})`}.`);
  return keeper.health === "unhealthy" ? drift("unhealthy", `${service.name} runs but its health check fails.`) : [];
}

/** Names of wished variables that are missing or hold something else. What the image adds does not count. */
function changedVariables({ environment: wished }: WishedService, environment: Readonly<Record<string, string>> | undefined): string[] {
  if (environment === undefined || wished === undefined) return [];
  return Object.keys(wished).filter((name) => environment[name] !== wished[name]).sort();
}

function findUnexpected(wish: Wish, containers: readonly ObservedContainer[]): Drift[] {
  const wished = new Set<string>(wish.services.map((service) => service.name));
  const unexpected = containers.filter((container) => !wished.has(container.labels[LABEL.service] ?? ""));
  return unexpected.map((container) => ({ service: container.labels[LABEL.service] ?? container.name, kind: "unexpected", sentence: `${container.name} is there although the project does not ask for it.` }));
}
