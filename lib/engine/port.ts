import type { ConfigFile, DesiredService } from "@/lib/stack/desired";
import type { Observed } from "./observed";

export type EngineInfo = {
  engineVersion: string;
  /** Negotiated API version, for example `1.41`. */
  apiVersion: string;
  rootDirectory: string;
  cgroupVersion: "1" | "2" | "unknown";
  cpus: number;
  memoryBytes: number;
  securityOptions: string[];
};

/** Read off the engine's host by a one-off container; null where it cannot be read. */
export type HostCapacity = { memoryAvailableBytes: number | null; diskFreeBytes: number | null };

export type PullProgress = { layersTotal: number; layersDone: number; downloadedBytes: number; totalBytes: number; phase: "resolving" | "downloading" | "extracting" | "done" };

export type ExecResult = { exitCode: number; stdout: string; stderr: string };

export type CreateContainerSpec = {
  name: string;
  /** Full reference with the image source's prefix. */
  imageRef: string;
  labels: Record<string, string>;
  networkName: string;
  service: DesiredService;
  /** Volume short name → Docker volume name. */
  volumeNames: Record<string, string>;
};

export type ContainerStats = { cpuTotalNs: number; systemCpuTotalNs: number; onlineCpus: number; memoryBytes: number; memoryLimitBytes: number | null; readAtMs: number };

export type EngineEvent = { atMs: number; action: string; containerId: string; labels: Record<string, string>; exitCode: number | null };

export type LogLine = { atMs: number; stream: "stdout" | "stderr"; text: string };

export type NetworkRemoval = "removed" | "left";

export type ObserveScope = {
  instanceId: string;
  projectId?: string;
  /** References whose local image ids are asked for. */
  imageRefs: string[];
  /** Reads which files are in force in each container; a process of the engine per container. By default for one project, never for all. */
  readsMarkers?: boolean;
  /** Also lists running containers of others that somebody connected to these networks. One more call. */
  includesNeighbours?: boolean;
};

/**
 * The engine as the executor sees it: each method is one Docker call (or one call and its stream), idempotent where
 * Docker allows: starting a started container, stopping a stopped one and removing a missing one are normal results.
 * Errors are `EngineError` with a kind; every method takes an AbortSignal.
 */
export interface EnginePort {
  info(signal?: AbortSignal): Promise<EngineInfo>;
  hostCapacity(imageRef: string, signal?: AbortSignal): Promise<HostCapacity>;
  /** One snapshot of everything that carries `instanceId`, or only one project of it. */
  observe(scope: ObserveScope, signal?: AbortSignal): Promise<Observed>;
  pullImage(imageRef: string, onProgress: (progress: PullProgress) => void, signal?: AbortSignal): Promise<void>;
  /** Labels of a local image; null when absent. */
  inspectImage(imageRef: string, signal?: AbortSignal): Promise<{ id: string; labels: Record<string, string>; sizeBytes: number } | null>;
  createNetwork(spec: { name: string; subnet: string; labels: Record<string, string> }, signal?: AbortSignal): Promise<string>;
  /** `left`: nothing is attached to it any more, and still the engine does not let it go. */
  removeNetwork(id: string, signal?: AbortSignal): Promise<NetworkRemoval>;
  createVolume(spec: { name: string; labels: Record<string, string> }, signal?: AbortSignal): Promise<void>;
  removeVolume(name: string, signal?: AbortSignal): Promise<void>;
  createContainer(spec: CreateContainerSpec, signal?: AbortSignal): Promise<string>;
  /** Uploads as one archive. `replaceByMove`: upload beside and move over, for files that a program watches. */
  uploadFiles(containerId: string, files: ConfigFile[], options: { replaceByMove: boolean }, signal?: AbortSignal): Promise<void>;
  startContainer(id: string, signal?: AbortSignal): Promise<void>;
  stopContainer(id: string, options: { graceMs: number }, signal?: AbortSignal): Promise<void>;
  killContainer(id: string, signal?: AbortSignal): Promise<void>;
  restartContainer(id: string, options: { graceMs: number }, signal?: AbortSignal): Promise<void>;
  removeContainer(id: string, signal?: AbortSignal): Promise<void>;
  renameContainer(id: string, name: string, signal?: AbortSignal): Promise<void>;
  inspectContainer(id: string, signal?: AbortSignal): Promise<InspectedContainer | null>;
  exec(id: string, argv: string[], options: { timeoutMs: number; stdin?: string; env?: Record<string, string>; user?: string; maxOutputBytes?: number }, signal?: AbortSignal): Promise<ExecResult>;
  /** Last `tail` lines; does not follow. */
  tailLogs(id: string, options: { tail: number; sinceMs?: number }, signal?: AbortSignal): Promise<LogLine[]>;
  followLogs(id: string, options: { tail: number; sinceMs?: number }, signal: AbortSignal): AsyncIterable<LogLine>;
  stats(id: string, signal?: AbortSignal): Promise<ContainerStats | null>;
  /** Container events of this installation; ends with an EngineError when the stream breaks. */
  events(instanceId: string, signal: AbortSignal): AsyncIterable<EngineEvent>;
  /** A one-off container that runs argv on the project's network or none, with volumes mounted, and is removed afterwards. */
  runOneOff(spec: { imageRef: string; argv: string[]; labels: Record<string, string>; networkName: string | null; mounts: { volumeName: string; path: string; readOnly: boolean }[]; files?: ConfigFile[]; stdin?: string; timeoutMs: number }, signal?: AbortSignal): Promise<ExecResult>;
  /** A tar stream out of a container path. */
  downloadArchive(containerId: string, path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** A tar archive into a container path. */
  uploadArchive(containerId: string, path: string, tar: Uint8Array, signal?: AbortSignal): Promise<void>;
}

/** The edge's container. Everything that is not named here is fixed by the adapter. */
export type EdgeContainerSpec = {
  name: string;
  /** Full reference with the image source's prefix. */
  imageRef: string;
  labels: Record<string, string>;
  argv: string[];
  mounts: { volumeName: string; path: string }[];
};

/**
 * The engine as the edge's adapter sees it. Only here can a container on the host's network be asked for: projects are served through
 * `EnginePort`, whose containers cannot name it.
 */
export interface EdgeEnginePort extends EnginePort {
  createEdgeContainer(spec: EdgeContainerSpec, signal?: AbortSignal): Promise<string>;
  /** A shell as the container's user in a running container, which stays open until the container ends or the caller closes it. */
  openShell(id: string, signal?: AbortSignal): Promise<EngineShell>;
}

/** `script`: commands for `sh`. `input`: text on their standard input. */
export type ShellTask = { script: string; input?: string; timeoutMs: number };

/** `output`: what the commands wrote, errors included. */
export type ShellResult = { exitCode: number; output: string };

/** For a caller to whom an exec for each command is too slow (some 70 ms). Tasks run one after the other. */
export interface EngineShell {
  readonly isOpen: boolean;
  /** @throws EngineError `timeout` when it takes too long, `other` when the shell ended meanwhile; it is not open any more then */
  run(task: ShellTask, signal?: AbortSignal): Promise<ShellResult>;
  close(): void;
}

export type InspectedContainer = {
  id: string;
  name: string;
  labels: Record<string, string>;
  state: "created" | "running" | "paused" | "restarting" | "exited" | "dead" | "removing";
  /** Of its present run, as the engine writes it: another one is another run. Empty before the first. */
  startedAt: string;
  health: "none" | "starting" | "healthy" | "unhealthy";
  exitCode: number | null;
  isOomKilled: boolean;
  restartCount: number;
  environment: Record<string, string>;
  imageId: string;
  publishedPorts: { containerPort: number; hostIp: string; hostPort: number }[];
};

export type EngineErrorKind =
  | "unreachable"
  | "too-old"
  | "not-found"
  | "conflict"
  | "port-taken"
  | "image-missing"
  | "registry-unavailable"
  | "pull-incomplete"
  | "no-space"
  | "subnet-overlap"
  | "timeout"
  | "aborted"
  | "invalid"
  | "other";

/** Every failure of the engine. `message` is one sentence for a person; `detail` is the engine's own text. */
export class EngineError extends Error {
  constructor(
    readonly kind: EngineErrorKind,
    message: string,
    readonly detail: string = "",
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = "EngineError";
  }
}
