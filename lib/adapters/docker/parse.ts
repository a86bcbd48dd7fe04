import { z } from "zod";
import type { ContainerStats, EngineEvent, HostCapacity } from "@/lib/engine/port";
import type { ObservedContainer, ObservedPort } from "@/lib/engine/observed";

const states = ["created", "running", "paused", "restarting", "exited", "dead", "removing"] as const;

const networkEnd = z.object({ NetworkID: z.string().nullish(), IPAddress: z.string().nullish(), GlobalIPv6Address: z.string().nullish() });

export const containerSummary = z.object({
  Id: z.string(),
  Names: z.array(z.string()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  ImageID: z.string(),
  Image: z.string(),
  State: z.enum(states),
  Status: z.string().nullish(),
  NetworkSettings: z.object({ Networks: z.record(z.string(), networkEnd).nullish() }).nullish(),
  Ports: z.array(z.object({ IP: z.string().nullish(), PrivatePort: z.number(), PublicPort: z.number().nullish(), Type: z.string() })).nullish(),
});

/** One container of `GET /containers/json`. Health and exit code stand in its status text. */
export function toObservedContainer(summary: z.infer<typeof containerSummary>): ObservedContainer {
  const status = summary.Status ?? "";
  const networks = summary.NetworkSettings?.Networks ?? {};
  const exited = /Exited \((\d+)\)|Restarting \((\d+)\)/.exec(status);
  return {
    id: summary.Id,
    name: (summary.Names?.[0] ?? "").replace(/^\//, ""),
    labels: summary.Labels ?? {},
    imageId: summary.ImageID,
    imageRef: summary.Image,
    state: summary.State,
    health: status.includes("(healthy)") ? "healthy" : status.includes("(unhealthy)") ? "unhealthy" : status.includes("(health: starting)") ? "starting" : "none",
    exitCode: exited === null ? null : Number(exited[1] ?? exited[2]),
    startedAt: null,
    restartCount: 0,
    networks: Object.keys(networks).sort(),
    networkIds: Object.values(networks).flatMap(({ NetworkID: id }) => (id === undefined || id === null || id === "" ? [] : [id])).sort(),
    publishedPorts: toPublishedPorts(summary.Ports ?? []),
    addresses: Object.values(networks).flatMap(({ IPAddress, GlobalIPv6Address }) => [IPAddress ?? "", GlobalIPv6Address ?? ""]).filter((address) => address !== "").sort(),
  };
}

/** Only what is held open on the host: a port that an image merely names has no host port. The engine may list one twice. */
function toPublishedPorts(ports: NonNullable<z.infer<typeof containerSummary>["Ports"]>): ObservedPort[] {
  const found = new Map<string, ObservedPort>();
  for (const { IP, PrivatePort, PublicPort, Type } of ports) {
    if (PublicPort === undefined || PublicPort === null || PublicPort === 0) continue;
    const protocol = Type === "udp" || Type === "sctp" ? Type : "tcp";
    const hostIp = IP === undefined || IP === null || IP === "" ? "0.0.0.0" : IP;
    found.set(`${hostIp} ${PublicPort} ${PrivatePort} ${protocol}`, { containerPort: PrivatePort, hostIp, hostPort: PublicPort, protocol });
  }
  return [...found.values()].sort((a, b) => a.hostPort - b.hostPort || (a.hostIp < b.hostIp ? -1 : 1));
}

const statsSchema = z.object({
  read: z.string(),
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }), system_cpu_usage: z.number().optional(), online_cpus: z.number().optional() }),
  memory_stats: z.object({ usage: z.number().optional(), limit: z.number().optional(), stats: z.record(z.string(), z.number()).optional() }),
});

/**
 * Stats of a running container; null for one that does not run. Page cache that can be dropped does not count as memory. Where there is
 * no limit, the engine names all of the host's memory, or a number just below 2^63.
 */
export function toStats(json: unknown, hostMemoryBytes: number): ContainerStats | null {
  const parsed = statsSchema.safeParse(json);
  if (!parsed.success || parsed.data.memory_stats.usage === undefined) return null;
  const { cpu_stats: cpu, memory_stats: memory, read } = parsed.data;
  // cgroup v1 counts the whole tree under `total_`; version 2 has only the one.
  const cache = memory.stats?.["total_inactive_file"] ?? memory.stats?.["inactive_file"] ?? 0;
  return {
    cpuTotalNs: cpu.cpu_usage.total_usage,
    systemCpuTotalNs: cpu.system_cpu_usage ?? 0,
    onlineCpus: cpu.online_cpus ?? 1,
    memoryBytes: Math.max(0, (memory.usage ?? 0) - cache),
    memoryLimitBytes: memory.limit === undefined || memory.limit >= hostMemoryBytes ? null : memory.limit,
    readAtMs: Date.parse(read),
  };
}

const eventSchema = z.object({ Action: z.string(), time: z.number(), timeNano: z.number().optional(), Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }) });

/** One line of the engine's event stream; null for what is no container event. */
export function toEvent(line: string): EngineEvent | null {
  const parsed = eventSchema.safeParse(JSON.parse(line));
  if (!parsed.success) return null;
  const { Action, time, timeNano, Actor } = parsed.data;
  const exitCode = Actor.Attributes["exitCode"];
  return { atMs: timeNano === undefined ? time * 1000 : Math.floor(timeNano / 1e6), action: Action, containerId: Actor.ID, labels: Actor.Attributes, exitCode: exitCode === undefined ? null : Number(exitCode) };
}

/** Free memory and disk from what `cat /proc/meminfo` and `df -Pk /` print. */
export function toCapacity(text: string): HostCapacity {
  const memory = /^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1];
  const disk = /^\S+\s+\d+\s+\d+\s+(\d+)\s+\d+%\s+\/$/m.exec(text)?.[1];
  return { memoryAvailableBytes: memory === undefined ? null : Number(memory) * 1024, diskFreeBytes: disk === undefined ? null : Number(disk) * 1024 };
}
