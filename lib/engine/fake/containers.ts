import type { CreateContainerSpec, EnginePort, LogLine } from "../port";
import { failure } from "./connection";
import type { FakeContainer } from "./world";

export type OneOff = Parameters<EnginePort["runOneOff"]>[0];

/** Has a process: runs, keeps starting, or is frozen. */
export function isLive(container: FakeContainer): boolean {
  return container.state === "running" || container.state === "restarting" || container.state === "paused";
}

/** The end of a container's log. */
export function lastLines(container: FakeContainer, tail: number, sinceMs: number): LogLine[] {
  const lines = container.log.filter((line) => line.atMs >= sinceMs);
  return lines.slice(Math.max(0, lines.length - tail));
}

/** A container as it is after its creation. */
export function toContainer(id: string, imageId: string, { name, labels, imageRef, networkName, service, volumeNames }: CreateContainerSpec): FakeContainer {
  return {
    ...blank(id, imageId, imageRef),
    name,
    labels: { ...labels },
    environment: { ...service.environment },
    limits: service.limits,
    hasHealthcheck: service.healthcheck !== undefined,
    readinessArgv: [...service.readiness.argv],
    networkName,
    ports: service.publishedPorts.map((port) => ({ ...port })),
    mounts: service.mounts.map((mount) => {
      const volume = volumeNames[mount.volume];
      if (volume === undefined) throw failure("invalid", `${service.name} mounts ${mount.volume}, which is not a volume of the project.`);
      return { ...mount, volume };
    }),
  };
}

/** A container that runs one program. */
export function oneOffContainer(id: string, imageId: string, spec: OneOff): FakeContainer {
  return { ...blank(id, imageId, spec.imageRef), state: "running", labels: { ...spec.labels }, networkName: spec.networkName ?? "none", mounts: spec.mounts.map(({ volumeName, path, readOnly }) => ({ volume: volumeName, path, readOnly })) };
}

function blank(id: string, imageId: string, imageRef: string): FakeContainer {
  return {
    id, imageId, imageRef,
    name: id.slice(0, 12), labels: {}, state: "created", health: "none", exitCode: null, isOomKilled: false, restartCount: 0, starts: 0, environment: {},
    limits: { pids: 256, logMaxSizeBytes: 1, logMaxFiles: 1 }, hasHealthcheck: false, readinessArgv: [], probes: 0, networkName: "none", networkId: null,
    ports: [], mounts: [], files: {}, log: [],
  };
}
