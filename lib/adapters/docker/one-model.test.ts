import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildDesiredStack } from "@/lib/stack/build-desired-stack";
import { interpolate, readDotenv } from "@/lib/stack/dotenv-reader.fixture";
import { exportCompose } from "@/lib/stack/export-compose";
import { releases } from "@/lib/stack/releases";
import { sampleInput, sampleSettings } from "@/lib/stack/sample-input.fixture";
import { toCreateOptions } from "./container-options";

type ComposeService = {
  image: string;
  hostname?: string;
  restart: string;
  command?: string[];
  entrypoint?: string[];
  environment: Record<string, string>;
  healthcheck?: { test: string[]; interval: string; timeout: string; retries: number; start_period?: string };
  ports?: string[];
  volumes?: string[];
  networks?: { default: { aliases: string[] } };
  mem_limit?: string;
  pids_limit: number;
  security_opt: string[];
  logging: { driver: string; options: Record<string, string> };
};

const imagePrefix = "registry.example/";
const nanoseconds = (text = "0ms") => Number(text.replace(/ms$/, "")) * 1_000_000;

/** What Compose would ask the engine for, in the engine's words; files and volumes are compared by their targets. */
function asCreateOptions(name: string, service: ComposeService) {
  const { healthcheck } = service;
  return {
    Image: service.image,
    Hostname: service.hostname,
    Cmd: service.command,
    Entrypoint: service.entrypoint,
    Env: Object.entries(service.environment).map(([key, value]) => `${key}=${value}`),
    // The rhythm differs by design: Compose waits for the checks, the panel's engine only watches with them (decision 2).
    Healthcheck: healthcheck === undefined ? undefined : { Test: healthcheck.test, Timeout: nanoseconds(healthcheck.timeout), StartPeriod: nanoseconds(healthcheck.start_period) },
    restart: service.restart,
    ports: (service.ports ?? []).map((port) => port.replace("/tcp", "")).sort(),
    mounts: (service.volumes ?? []).map((volume) => volume.split(":")).map(([, path, mode]) => `${path}${mode === "ro" ? " read-only" : ""}`).sort(),
    aliases: [name, ...(service.networks?.default.aliases ?? [])],
    Memory: service.mem_limit === undefined ? undefined : Number(service.mem_limit),
    PidsLimit: service.pids_limit,
    SecurityOpt: service.security_opt,
    LogConfig: { Type: service.logging.driver, Config: service.logging.options },
  };
}

describe("the exported Compose text and the engine's calls", () => {
  it.each(releases.map((release) => release.name))("come from one model: %s", (release) => {
    const stack = buildDesiredStack({ ...sampleInput, settings: { ...sampleSettings, release } });
    const files = new Map(exportCompose(stack, { imagePrefix }).files.map((file) => [file.path, file.content]));
    const variables = readDotenv(files.get(".env") ?? "");
    const { services } = parse(interpolateTree(files.get("docker-compose.yml") ?? "", variables)) as { services: Record<string, ComposeService> };
    const volumeNames = Object.fromEntries(stack.volumes.map(({ name }) => [name, name]));
    for (const service of stack.services) {
      const exported = services[service.name];
      if (exported === undefined) throw new Error(`${service.name} is not exported.`);
      const { HostConfig, NetworkingConfig, ...options } = toCreateOptions({ name: "x", imageRef: imagePrefix + service.image, labels: {}, networkName: "net", service, volumeNames }, "1.41");
      // In the folder, files of the functions volume lie in the volume's own folder; all others are mounted one by one.
      const mountedFiles = service.files.filter((file) => !service.mounts.some((mount) => mount.volume === "functions" && file.path.startsWith(`${mount.path}/`)));
      expect(asCreateOptions(service.name, exported)).toEqual({
        Image: options.Image, Hostname: options.Hostname, Cmd: options.Cmd, Entrypoint: options.Entrypoint, Env: options.Env, Healthcheck: options.Healthcheck === undefined ? undefined : { Test: options.Healthcheck.Test, Timeout: options.Healthcheck.Timeout, StartPeriod: options.Healthcheck.StartPeriod },
        restart: HostConfig?.RestartPolicy?.Name,
        ports: Object.entries((HostConfig?.PortBindings ?? {}) as Record<string, { HostIp: string; HostPort: string }[]>).flatMap(([port, bindings]) => bindings.map((binding) => `${binding.HostIp}:${binding.HostPort}:${port.replace("/tcp", "")}`)).sort(),
        mounts: [...(HostConfig?.Mounts ?? []).map((mount) => `${mount.Target}${mount.ReadOnly === true ? " read-only" : ""}`), ...mountedFiles.map((file) => `${file.path} read-only`)].sort(),
        aliases: NetworkingConfig?.EndpointsConfig?.["net"]?.Aliases,
        Memory: HostConfig?.Memory, PidsLimit: HostConfig?.PidsLimit, SecurityOpt: HostConfig?.SecurityOpt, LogConfig: HostConfig?.LogConfig,
      });
    }
  });
});

/** Interpolated as text would break the quoting of JSON values, so each value is escaped for where it lands. */
function interpolateTree(yaml: string, variables: Readonly<Record<string, string>>): string {
  const quoted = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value).slice(1, -1)]));
  return interpolate(yaml, quoted);
}
