import type { Limits, PublishedPort, VolumeMount } from "@/lib/stack/desired";
import type { HostCapacity, LogLine } from "../port";

/** What a container's program does in the fake engine. Without an entry it answers at the first probe and runs until it is stopped. */
export type FakeProgram = {
  /** Probes that fail before the first one succeeds. Docker's own health check reports right after each. */
  failingProbes?: number;
  /** Ends right after every start with this code; the engine keeps restarting it. */
  exitsWith?: number;
  isOomKilled?: boolean;
  /** Lines that it prints at each start. */
  prints?: string[];
  /** What Envoy says of its upstreams (`/clusters`), and Kong of its requests (`/metrics`). */
  upstreams?: string;
  metrics?: string;
};

export type FakeContainer = {
  id: string;
  name: string;
  labels: Record<string, string>;
  imageRef: string;
  imageId: string;
  state: "created" | "running" | "paused" | "restarting" | "exited" | "dead" | "removing";
  health: "none" | "starting" | "healthy" | "unhealthy";
  exitCode: number | null;
  isOomKilled: boolean;
  restartCount: number;
  /** Runs that it has begun. */
  starts: number;
  environment: Record<string, string>;
  limits: Limits;
  hasHealthcheck: boolean;
  readinessArgv: string[];
  /** Probes since the last start. */
  probes: number;
  networkName: string;
  /** null until the first start. */
  networkId: string | null;
  ports: PublishedPort[];
  /** `volume` is the Docker name here. */
  mounts: VolumeMount[];
  /** Path → content in base64, without what lies in volumes. */
  files: Record<string, string>;
  log: LogLine[];
};

export type FakeNetwork = { id: string; name: string; labels: Record<string, string>; subnet: string; /** The engine counts an endpoint on it for ever. */ isStuck?: boolean };
export type FakeVolume = { name: string; labels: Record<string, string>; /** Path below the volume's root → content in base64. */ files: Record<string, string> };
export type FakeImage = { id: string; labels: Record<string, string>; sizeBytes: number };

/**
 * The engine's host: what outlives a worker and its connection. Plain JSON, so that a test can copy it, compare it, or keep it in a
 * file between two processes.
 */
export type FakeWorld = {
  containers: FakeContainer[];
  networks: FakeNetwork[];
  volumes: FakeVolume[];
  /** Images on the engine, by reference. */
  images: Record<string, FakeImage>;
  /** What the registry has; `any` answers every pull. */
  registry: "any" | Record<string, FakeImage>;
  /** By service name (the label) or image reference. */
  programs: Record<string, FakeProgram>;
  /** Host ports that a program outside of the engine holds. */
  portsHeldByOthers: number[];
  capacity: HostCapacity;
  isReachable: boolean;
  /** The gateway's own checker finds fault with every configuration. */
  refusesConfiguration: boolean;
  /** Ids of the gateway's routes behind which nothing answers. */
  deadRoutes: string[];
  /** Number of the next id. */
  nextId: number;
};

/** An empty host whose registry has every image. */
export function createFakeWorld(parts: Partial<FakeWorld> = {}): FakeWorld {
  return {
    containers: [],
    networks: [],
    volumes: [],
    images: {},
    registry: "any",
    programs: {},
    portsHeldByOthers: [],
    capacity: { memoryAvailableBytes: 8 * 2 ** 30, diskFreeBytes: 100 * 2 ** 30 },
    isReachable: true,
    refusesConfiguration: false,
    deadRoutes: [],
    nextId: 1,
    ...parts,
  };
}

/** The next id of the world, in Docker's form. */
export function takeId(world: FakeWorld): string {
  const id = world.nextId.toString(16).padStart(12, "0").padEnd(64, "f");
  world.nextId++;
  return id;
}

/** An image that stands for the reference: the same reference gives the same image. */
export function imageOf(imageRef: string): FakeImage {
  const hex = [...imageRef].reduce((text, character) => text + character.charCodeAt(0).toString(16).padStart(2, "0"), "");
  return { id: `sha256:${hex.padEnd(64, "0").slice(-64)}`, labels: {}, sizeBytes: 1_000_000 };
}
