import type Docker from "dockerode";
import type { CreateContainerSpec, EdgeContainerSpec } from "@/lib/engine/port";
import type { HealthCheck } from "@/lib/stack/desired";
import { speaksApi } from "./client";

const toNs = (ms: number) => ms * 1_000_000;
/**
 * Each check is a process that the engine starts inside a container. Upstream's rhythm of 5 s exists because Compose waits for it: five
 * stacks that start together, or fifty that run, keep a processor busy with nothing else. The start is probed by the executor, so the
 * engine's own checks only watch: two failures in a row, a minute, make a service unhealthy. See docs/decisions/0002-readiness-by-own-probe.md.
 */
const watch = { intervalMs: 30_000, retries: 2 };

function toHealthcheck(check: HealthCheck, apiVersion: string): Docker.HealthConfig {
  const base = {
    Test: check.test, Timeout: toNs(check.timeoutMs), StartPeriod: toNs(check.startPeriodMs),
    Interval: toNs(Math.max(watch.intervalMs, check.intervalMs)), Retries: Math.min(watch.retries, check.retries),
  };
  // The engine refuses a start interval without a start period. Where it can, the first checks come in upstream's rhythm.
  return speaksApi(apiVersion, 44) && check.startPeriodMs > 0 ? { ...base, StartInterval: toNs(check.intervalMs) } : base;
}

/**
 * What goes to `POST /containers/create`. Every field is named here: there is no way to ask for a privileged container, a host
 * namespace, a bind mount or an added capability.
 */
export function toCreateOptions(spec: CreateContainerSpec, apiVersion: string): Docker.ContainerCreateOptions {
  const { service } = spec;
  const ports = service.publishedPorts;
  return {
    name: spec.name,
    Image: spec.imageRef,
    Labels: spec.labels,
    Env: Object.entries(service.environment).map(([name, value]) => `${name}=${value}`),
    ...(service.command === undefined ? {} : { Cmd: service.command }),
    ...(service.entrypoint === undefined ? {} : { Entrypoint: service.entrypoint }),
    ...(service.hostname === undefined ? {} : { Hostname: service.hostname }),
    ...(service.healthcheck === undefined ? {} : { Healthcheck: toHealthcheck(service.healthcheck, apiVersion) }),
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port.containerPort}/tcp`, {}])),
    HostConfig: {
      NetworkMode: spec.networkName,
      RestartPolicy: { Name: "unless-stopped" },
      PortBindings: Object.fromEntries(ports.map((port) => [`${port.containerPort}/tcp`, [{ HostIp: port.hostIp, HostPort: String(port.hostPort) }]])),
      Mounts: service.mounts.map((mount) => ({ Type: "volume", Source: volumeName(spec, mount.volume), Target: mount.path, ReadOnly: mount.readOnly })),
      ...(service.limits.memoryBytes === undefined ? {} : { Memory: service.limits.memoryBytes }),
      PidsLimit: service.limits.pids,
      SecurityOpt: service.singleHost.noNewPrivileges ? ["no-new-privileges:true"] : [],
      LogConfig: { Type: "json-file", Config: { "max-size": String(service.limits.logMaxSizeBytes), "max-file": String(service.limits.logMaxFiles) } },
    },
    NetworkingConfig: { EndpointsConfig: { [spec.networkName]: { Aliases: [service.name, ...service.aliases] } } },
  };
}

/**
 * The edge's container: the one that lives on the host's network, because publishing a range costs a process per port and a container
 * cannot gain ports later. It may bind low ports and nothing else: every other capability is dropped, its root file system is the image's.
 */
export function toEdgeOptions(spec: EdgeContainerSpec): Docker.ContainerCreateOptions {
  return {
    name: spec.name,
    Image: spec.imageRef,
    Labels: spec.labels,
    Cmd: spec.argv,
    HostConfig: {
      NetworkMode: "host",
      RestartPolicy: { Name: "unless-stopped" },
      Mounts: spec.mounts.map(({ volumeName: source, path }) => ({ Type: "volume", Source: source, Target: path, ReadOnly: false })),
      CapDrop: ["ALL"],
      CapAdd: ["NET_BIND_SERVICE"],
      PidsLimit: 1024,
      SecurityOpt: ["no-new-privileges:true"],
      LogConfig: { Type: "json-file", Config: { "max-size": "10485760", "max-file": "5" } },
    },
  };
}

function volumeName(spec: CreateContainerSpec, shortName: string): string {
  const name = spec.volumeNames[shortName];
  if (name === undefined) throw new Error(`The service ${spec.service.name} mounts ${shortName}, which is not a volume of the project.`);
  return name;
}
