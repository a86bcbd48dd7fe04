import { LABEL, type Observed, type ObservedContainer, type ObservedPort } from "@/lib/engine/observed";

export type DoorContainer = {
  name: string;
  /** null: it carries no service's name. */
  service: string | null;
  /** Made by this installation, so that reconciling may replace or remove it. */
  isOwn: boolean;
  isOnHostNetwork: boolean;
  ports: readonly ObservedPort[];
  /** Its own addresses on its networks. */
  addresses: readonly string[];
};

/** Containers of one project's snapshot that can hold a door: its own, and those of others on its network. One that does not run holds none. */
export function toDoorContainers({ containers, neighbours = [] }: Pick<Observed, "containers" | "neighbours">): DoorContainer[] {
  return [...containers.filter(isLive).map((container) => toDoorContainer(container, true)), ...neighbours.filter(isLive).map((container) => toDoorContainer(container, false))];
}

// A frozen container keeps its ports: connections are taken and wait.
const isLive = ({ state }: ObservedContainer) => state === "running" || state === "restarting" || state === "paused";

function toDoorContainer({ name, labels, networks, publishedPorts = [], addresses = [] }: ObservedContainer, isOwn: boolean): DoorContainer {
  return { name, service: isOwn ? (labels[LABEL.service] ?? null) : null, isOwn, isOnHostNetwork: networks.includes("host"), ports: publishedPorts, addresses };
}
