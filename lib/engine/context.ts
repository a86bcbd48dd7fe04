import type { DesiredStack } from "@/lib/stack/desired";
import type { ObjectNames } from "@/lib/stack/names";
import { LABEL, type Observed, type ObservedNetwork } from "./observed";

/**
 * `run`: every service runs as wished. `pause`: nothing runs, everything stays. `remove-containers`: containers and network go,
 * volumes stay. `remove-all`: volumes go too; the only goal with operations that destroy data.
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
};

/** What the parts of a plan for `run` are made from. */
export type Run = { desired: DesiredStack; own: Observed; names: ObjectNames; context: ReconcileContext; network: ObservedNetwork | undefined };

/** Order of texts that is the same on every machine. */
export const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

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

/** The network that fits the wish, if it is there. */
export function fittingNetwork(desired: Pick<DesiredStack, "network">, own: Observed, names: ObjectNames): ObservedNetwork | undefined {
  return own.networks.find((network) => network.name === names.network(desired.network.name) && network.subnet === desired.network.subnet);
}
