import type { DesiredStack } from "@/lib/stack/desired";
import { objectNames } from "@/lib/stack/names";
import { classifyService } from "./classify";
import { LABEL, type Observed } from "./observed";
import { ownObjects, type ReconcileContext } from "./reconcile";

export type DriftKind = "missing" | "stopped" | "image-changed" | "spec-changed" | "unhealthy" | "unexpected" | "network-missing" | "volume-missing";
export type Drift = { service: string; kind: DriftKind; sentence: string };

/** How what runs differs from the wish, for a project that should be running. Says what it sees and changes nothing. */
export function findDrift({ desired, observed, context }: { desired: DesiredStack; observed: Observed; context: ReconcileContext }): Drift[] {
  const own = ownObjects(observed, context);
  const names = objectNames(context.instanceId, context.projectId);
  const drifts: Drift[] = [];
  if (!own.networks.some((network) => network.name === names.network(desired.network.name))) {
    drifts.push({ service: "network", kind: "network-missing", sentence: "The project's network is gone." });
  }
  for (const { name } of desired.volumes) {
    if (!own.volumes.some((volume) => volume.name === names.volume(name))) drifts.push({ service: "volume", kind: "volume-missing", sentence: `The volume ${name} is gone.` });
  }
  for (const service of desired.services) {
    const finding = classifyService(service, own, context, names);
    if (finding.kind === "create") {
      const isMissing = finding.others.length === 0;
      const kind: DriftKind = isMissing ? "missing" : finding.cause === "the image changed" ? "image-changed" : "spec-changed";
      drifts.push({ service: service.name, kind, sentence: isMissing ? `The container of ${service.name} is gone.` : `${service.name}: ${finding.cause}.` });
    } else if (finding.keeper.state !== "running" && finding.keeper.state !== "restarting") {
      drifts.push({ service: service.name, kind: "stopped", sentence: `${service.name} was stopped from outside (it is ${finding.keeper.state}).` });
    } else if (finding.keeper.health === "unhealthy") {
      drifts.push({ service: service.name, kind: "unhealthy", sentence: `${service.name} runs but its health check fails.` });
    }
  }
  const wished = new Set<string>(desired.services.map((service) => service.name));
  for (const container of own.containers) {
    const name = container.labels[LABEL.service];
    if (name === undefined || !wished.has(name)) drifts.push({ service: name ?? container.name, kind: "unexpected", sentence: `${container.name} runs although the project does not ask for it.` });
  }
  return drifts;
}
