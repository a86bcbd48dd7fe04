import type { ProjectState, ServiceObservation } from "./views";

/** Interval of the worker's resync; what is older than three of them is shown as unknown. */
export const resyncIntervalMs = 30_000;

type StoredProject = { state: string; stateReason: string | null };
type Seen = { takenAtMs: number; services: readonly Pick<ServiceObservation, "service" | "state">[] } | null;

/**
 * State that the page shows, from what is stored and what was last seen: a `ready` project with a service that is not
 * healthy, or whose last contract failed, is `degraded`; one not seen for three intervals is `unknown`.
 */
export function deriveState(
  project: StoredProject,
  seen: Seen,
  options: { nowMs: number; isContractPassed: boolean | null; hasOpenOperation: boolean },
): { state: ProjectState; reason: string | null } {
  const stored = project.state as ProjectState;
  if (stored !== "ready") return { state: stored, reason: project.stateReason };
  if (options.hasOpenOperation) return { state: "ready", reason: project.stateReason };
  if (seen === null) return { state: "unknown", reason: "The worker has not looked at this project yet." };
  if (options.nowMs - seen.takenAtMs > 3 * resyncIntervalMs) return { state: "unknown", reason: "The worker has not seen this project for a while." };
  const failing = seen.services.filter((service) => service.state !== "healthy" && service.state !== "starting");
  if (failing.length > 0) return { state: "degraded", reason: failing.map((service) => `${service.service} is ${service.state}`).join(", ") };
  if (options.isContractPassed === false) return { state: "degraded", reason: "The gateway contract failed the last time it ran." };
  return { state: "ready", reason: null };
}
