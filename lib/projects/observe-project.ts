import { LABEL, type ObservedContainer } from "@/lib/engine/observed";
import type { DesiredService } from "@/lib/stack/desired";
import type { ServiceObservation, ServiceState } from "./views";

export type ServiceUsage = { memoryBytes: number; memoryLimitBytes: number | null; cpuCores: number | null };

type Facts = {
  services: readonly Pick<DesiredService, "name" | "image">[];
  containers: readonly ObservedContainer[];
  /** Labels of an image by its id: which of them are lab stand-ins, and the version of the real program inside. */
  imageLabels: ReadonlyMap<string, Record<string, string>>;
  usage: ReadonlyMap<string, ServiceUsage>;
  /** Ids of containers whose own probe has succeeded since they started. */
  readyContainers: ReadonlySet<string>;
};

/** What each wished service looks like on the engine. A container that runs without a health check counts as healthy. */
export function toObservations(facts: Facts): ServiceObservation[] {
  return facts.services.map((service) => {
    const container = newest(facts.containers.filter((candidate) => candidate.labels[LABEL.service] === service.name));
    const labels = container === undefined ? undefined : facts.imageLabels.get(container.imageId);
    // The last sample of a container that has stopped since says nothing of now.
    const usage = container?.state === "running" ? facts.usage.get(container.id) : undefined;
    return {
      service: service.name,
      state: serviceState(container, facts.readyContainers),
      image: service.image,
      version: labels?.["basehold.lab.version"] ?? service.image.split(":").at(-1) ?? "",
      containerId: container?.id ?? null,
      startedAt: container?.startedAt ?? null,
      standIn: labels?.["basehold.lab.stand-in"] ?? null,
      memoryBytes: usage?.memoryBytes ?? null,
      memoryLimitBytes: usage?.memoryLimitBytes ?? null,
      cpuCores: usage?.cpuCores ?? null,
    };
  });
}

function newest(containers: readonly ObservedContainer[]): ObservedContainer | undefined {
  return containers.find((container) => container.state === "running") ?? containers[0];
}

function serviceState(container: ObservedContainer | undefined, ready: ReadonlySet<string>): ServiceState {
  if (container === undefined) return "missing";
  if (container.state === "restarting") return "unhealthy";
  if (container.state !== "running") return "stopped";
  if (container.health === "starting") return ready.has(container.id) ? "healthy" : "starting";
  return container.health === "unhealthy" ? "unhealthy" : "healthy";
}
