import type Docker from "dockerode";
import type { CreateContainerSpec } from "@/lib/engine/port";
import type { HealthCheck } from "@/lib/stack/desired";
import { speaksApi } from "./client";

const toNs = (ms: number) => ms * 1_000_000;
/** Where the engine can, the first checks come quickly; upstream's interval stays for the time after. */
const startIntervalMs = 500;

function toHealthcheck(check: HealthCheck, apiVersion: string): Docker.HealthConfig {
  const base = { Test: check.test, Interval: toNs(check.intervalMs), Timeout: toNs(check.timeoutMs), Retries: check.retries, StartPeriod: toNs(check.startPeriodMs) };
  // The engine refuses a start interval without a start period, and one below a millisecond.
  return speaksApi(apiVersion, 44) && check.startPeriodMs > 0 ? { ...base, StartInterval: toNs(startIntervalMs) } : base;
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

function volumeName(spec: CreateContainerSpec, shortName: string): string {
  const name = spec.volumeNames[shortName];
  if (name === undefined) throw new Error(`The service ${spec.service.name} mounts ${shortName}, which is not a volume of the project.`);
  return name;
}
