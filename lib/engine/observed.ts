/** What one snapshot of the engine said about this installation's objects. Pure data, taken by the adapter in few calls. */
export type Observed = {
  takenAtMs: number;
  containers: ObservedContainer[];
  networks: ObservedNetwork[];
  volumes: ObservedVolume[];
  /** Image reference (with prefix) → local image id. Only the references asked for. */
  images: Record<string, string>;
};

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
  /** `predecessor` marks a container kept until its successor is healthy. */
  role: "io.basehold.role",
} as const;
