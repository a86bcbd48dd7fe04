import { exportReadme } from "./compose-readme";
import { makeInterpolator, toComposeYaml, toDotenv } from "./compose-text";
import type { ConfigFile, DesiredService, DesiredStack, HealthCheck, PublishedPort, ServiceName, VolumeMount } from "./desired";
import { getRelease } from "./releases";
import type { Dependency } from "./service-definition";

export type ExportedFile = { path: string; content: string; mode: number };

type Options = {
  /** Prefix of the image source: empty, or ending with `/`. */
  imagePrefix: string;
};

/** Compose project name of an exported folder. No project of the panel carries it in a label, whatever its reference. */
export function exportName(projectRef: string): string {
  return `${projectRef}-export`;
}

/**
 * The stack as a folder that Docker Compose starts without Basehold, from the same model that the engine's calls come from. It has
 * volumes of its own under another project name, so it can never touch the data of the running project.
 */
export function exportCompose(wished: DesiredStack, { imagePrefix }: Options): { files: ExportedFile[] } {
  const stack = withUpstreamNames(wished);
  const secrets = stack.variables ?? {};
  const ports = portVariables(stack.services);
  const interpolate = makeInterpolator(secrets);
  const volumes = stack.volumes.filter((volume) => folderOfVolume[volume.name] === undefined);
  const compose = {
    name: exportName(stack.projectRef),
    services: Object.fromEntries(stack.services.map((service) => [service.name, toComposeService(service, { stack, imagePrefix, interpolate, ports })])),
    ...(volumes.length === 0 ? {} : { volumes: Object.fromEntries(volumes.map(({ name }) => [name, {}])) }),
  };
  return {
    files: [
      { path: "docker-compose.yml", content: toComposeYaml(compose, ` Written by Basehold: ${stack.projectRef}, ${stack.release}, revision ${stack.revision}. Values stand in .env.`), mode: 0o644 },
      { path: ".env", content: toDotenv({ ...Object.fromEntries(ports.map(({ name, value }) => [name, value])), ...secrets }), mode: 0o600 },
      { path: "README.md", content: exportReadme(stack, { imagePrefix, name: exportName(stack.projectRef), ports: ports.map((port) => port.name) }), mode: 0o644 },
      // Bind mounts keep the mode of the host, and the programs inside run under users of their own: readable for all, in a folder that is not.
      ...stack.services.flatMap((service) => service.files.map((file) => ({ path: exportedPath(service, file), content: file.content, mode: 0o644 }))),
    ],
  };
}

type ExportedService = DesiredService & { name: ServiceName };
type ExportedStack = Omit<DesiredStack, "services"> & { services: ExportedService[] };

/** Upstream's gateway is the service `api-gw`, also where its Kong file puts Kong into it; others depend on that name. */
function withUpstreamNames(stack: DesiredStack): ExportedStack {
  return { ...stack, services: stack.services.map((service) => ({ ...service, ...(service.name === "kong" ? { aliases: ["kong", "envoy"] } : {}), name: service.name === "kong" ? "api-gw" : service.name })) };
}

type Context = Options & { stack: ExportedStack; interpolate: (text: string) => string; ports: PortVariable[] };

function toComposeService(service: ExportedService, { stack, imagePrefix, interpolate, ports }: Context) {
  const { entrypoint, command, hostname, healthcheck, limits } = service;
  const dependencies = composeDependencies(stack, service.name);
  const files = service.files.filter((file) => mountOf(service, file) === undefined);
  const volumes = [
    ...service.mounts.map((mount) => `${folderOfVolume[mount.volume] ?? mount.volume}:${mount.path}${mount.readOnly ? ":ro" : ""}`),
    ...files.map((file) => `./${exportedPath(service, file)}:${file.path}:ro`),
  ];
  return {
    image: `${imagePrefix}${service.image}`,
    restart: "unless-stopped",
    ...(hostname === undefined ? {} : { hostname }),
    ...(entrypoint === undefined ? {} : { entrypoint: entrypoint.map(interpolate) }),
    ...(command === undefined ? {} : { command: command.map(interpolate) }),
    ...(dependencies.length === 0 ? {} : { depends_on: Object.fromEntries(dependencies.map(({ service: name, condition }) => [name, { condition: `service_${condition}` }])) }),
    environment: Object.fromEntries(Object.entries(service.environment).map(([name, value]) => [name, interpolate(value)])),
    ...(service.publishedPorts.length === 0 ? {} : { ports: service.publishedPorts.map((port) => toComposePort(service.name, port, ports)) }),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(healthcheck === undefined ? {} : { healthcheck: toComposeHealthcheck(healthcheck, interpolate) }),
    ...(service.aliases.length === 0 ? {} : { networks: { default: { aliases: service.aliases } } }),
    ...(limits.memoryBytes === undefined ? {} : { mem_limit: String(limits.memoryBytes) }),
    pids_limit: limits.pids,
    security_opt: ["no-new-privileges:true"],
    logging: { driver: "json-file", options: { "max-size": String(limits.logMaxSizeBytes), "max-file": String(limits.logMaxFiles) } },
  };
}

/** As upstream's own file has it: Compose has no probes of its own, so it waits in upstream's order. */
function composeDependencies(stack: ExportedStack, name: ServiceName): Dependency[] {
  const definition = getRelease(stack.release)?.services.find((service) => service.name === name);
  const present = new Set(stack.services.map((service) => service.name));
  return (definition?.composeDependsOn ?? []).filter((dependency) => present.has(dependency.service));
}

const ms = (durationMs: number) => `${durationMs}ms`;

function toComposeHealthcheck({ test, intervalMs, timeoutMs, retries, startPeriodMs }: HealthCheck, interpolate: (text: string) => string) {
  return { test: test.map(interpolate), interval: ms(intervalMs), timeout: ms(timeoutMs), retries, ...(startPeriodMs === 0 ? {} : { start_period: ms(startPeriodMs) }) };
}

/** Volumes that an export keeps as a folder, because their content comes with it: the edge functions. */
const folderOfVolume: Readonly<Record<string, string>> = { functions: "./volumes/functions" };

function mountOf(service: DesiredService, file: ConfigFile): VolumeMount | undefined {
  return service.mounts.find((mount) => folderOfVolume[mount.volume] !== undefined && file.path.startsWith(`${mount.path}/`));
}

/** Where a configuration file lies in the folder: inside the volume's folder it belongs to, or beside the others of its service. */
function exportedPath(service: DesiredService, file: ConfigFile): string {
  const mount = mountOf(service, file);
  const folder = mount === undefined ? undefined : folderOfVolume[mount.volume];
  if (mount === undefined || folder === undefined) return `volumes/config/${service.name}${file.path}`;
  return `${folder.replace(/^\.\//, "")}${file.path.slice(mount.path.length)}`;
}

type PortVariable = { name: string; value: string; service: ServiceName; containerPort: number };

/** Upstream's names of the ports that its stack publishes. */
const portNames: Readonly<Record<string, string>> = {
  "api-gw:8000": "API_GW_HTTP_PORT",
  "supavisor:5432": "POSTGRES_PORT",
  "supavisor:6543": "POOLER_PROXY_PORT_TRANSACTION",
  "db:5432": "POSTGRES_DIRECT_PORT",
};

const portNameOf = (service: ServiceName, containerPort: number) => portNames[`${service}:${containerPort}`] ?? `${service.toUpperCase().replaceAll("-", "_")}_PORT_${containerPort}`;

function portVariables(services: readonly ExportedService[]): PortVariable[] {
  return services.flatMap((service) =>
    service.publishedPorts.map(({ containerPort, hostPort }) => ({ name: portNameOf(service.name, containerPort), value: String(hostPort), service: service.name, containerPort })),
  );
}

function toComposePort(service: ServiceName, { hostIp, hostPort, containerPort }: PublishedPort, ports: readonly PortVariable[]): string {
  const variable = ports.find((port) => port.service === service && port.containerPort === containerPort)?.name ?? portNameOf(service, containerPort);
  return `${hostIp}:\${${variable}:-${hostPort}}:${containerPort}/tcp`;
}
