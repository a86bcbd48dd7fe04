/** What one snapshot of the engine said about this installation's objects. Pure data, taken by the adapter in few calls. */
export type Observed = {
  takenAtMs: number;
  containers: ObservedContainer[];
  networks: ObservedNetwork[];
  volumes: ObservedVolume[];
  /** Image reference (with prefix) → local image id. Only the references asked for. */
  images: Record<string, string>;
  /** Running containers of others on this installation's networks. undefined: not asked for. */
  neighbours?: ObservedContainer[];
};

/** A port of a container that the engine holds open on its host. `hostIp` as the engine says it: `0.0.0.0`, `::`, or one address. */
export type ObservedPort = { containerPort: number; hostIp: string; hostPort: number; protocol: "tcp" | "udp" | "sctp" };

export type ObservedContainer = {
  id: string;
  /** Without the leading slash. */
  name: string;
  labels: Record<string, string>;
  imageId: string;
  imageRef: string;
  state: "created" | "running" | "paused" | "restarting" | "exited" | "dead" | "removing";
  health: "none" | "starting" | "healthy" | "unhealthy";
  exitCode: number | null;
  startedAt: string | null;
  restartCount: number;
  networks: string[];
  /**
   * Engine ids of those networks. A container that was never started has none yet. A stopped container whose network was made anew
   * under the same name cannot be started (tried): only the id tells. undefined: not read.
   */
  networkIds?: string[];
  /** Ports held open on the host now; none while it does not run. undefined: not read. */
  publishedPorts?: ObservedPort[];
  /** Its own addresses on its networks. undefined: not read. */
  addresses?: string[];
  /**
   * Hash of the reloadable files last uploaded, from the marker file that the executor writes after them: labels cannot change on a live
   * container. null: no marker. undefined: not read (only snapshots of one project read it).
   */
  appliedFilesHash?: string | null;
};

export type ObservedNetwork = { id: string; name: string; labels: Record<string, string>; subnet: string | null };
export type ObservedVolume = { name: string; labels: Record<string, string> };

/** Labels of every object that Basehold makes. The label is the truth; names only help people. */
export const LABEL = {
  instance: "io.basehold.instance",
  project: "io.basehold.project",
  service: "io.basehold.service",
  volume: "io.basehold.volume",
  network: "io.basehold.network",
  revision: "io.basehold.revision",
  specHash: "io.basehold.spec-hash",
  filesHash: "io.basehold.files-hash",
  operation: "io.basehold.operation",
  /** `one-off` marks a container that runs one program and goes; it belongs to no service. */
  role: "io.basehold.role",
} as const;

/** Value of the role label of one-off containers. */
export const oneOffRole = "one-off";

/** Holds the hash of the reloadable files in force inside a container; written by the executor, read when one project is observed. */
export const filesMarkerPath = "/.basehold-files";

/** Takes one snapshot of everything apart, once: what it returns gives the objects of a project, none for one that has none. */
export function splitByProject(observed: Observed): (projectId: string) => Observed {
  const parts = { containers: groupByProject(observed.containers), networks: groupByProject(observed.networks), volumes: groupByProject(observed.volumes) };
  const neighboursOf = (networks: readonly ObservedNetwork[]) => {
    const names = new Set(networks.map(({ name }) => name));
    return observed.neighbours?.filter((neighbour) => neighbour.networks.some((name) => names.has(name)));
  };
  return (projectId) => ({
    takenAtMs: observed.takenAtMs,
    images: observed.images,
    containers: parts.containers.get(projectId) ?? [],
    networks: parts.networks.get(projectId) ?? [],
    volumes: parts.volumes.get(projectId) ?? [],
    ...(observed.neighbours === undefined ? {} : { neighbours: neighboursOf(parts.networks.get(projectId) ?? []) }),
  });
}

function groupByProject<T extends { labels: Record<string, string> }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const projectId = item.labels[LABEL.project];
    if (projectId === undefined) continue;
    const group = groups.get(projectId);
    if (group === undefined) groups.set(projectId, [item]);
    else group.push(item);
  }
  return groups;
}
