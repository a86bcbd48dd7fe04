import { authorize } from "@/lib/access/authorize";
import type { GatewayHealthResponse } from "@/lib/access/gateway-protocol";
import type { VerbContext } from "@/lib/access/verb-context";
import { LABEL } from "@/lib/engine/observed";
import type { EnginePort } from "@/lib/engine/port";
import { renderEnvoy } from "@/lib/gateway/envoy";
import { parseHealth, readHealthArgv, type VersionsInForce } from "@/lib/gateway/envoy-control";
import { fingerprint } from "@/lib/gateway/htpasswd";
import { buildGatewayInput } from "@/lib/stack/build-desired-stack";
import { loadStackInput } from "../workflows/load-stack";
import type { WorkflowTools } from "../workflows/tools";

type Tools = Pick<WorkflowTools, "store" | "secrets" | "instanceId"> & { engine: Pick<EnginePort, "observe" | "exec" | "tailLogs"> };

/** What a project's gateway says of itself, asked for now inside its container. Never throws for a gateway that does not answer. */
export async function readGatewayHealth(ctx: VerbContext, tools: Tools, ref: string, signal: AbortSignal): Promise<GatewayHealthResponse> {
  const project = await authorize(ctx, "project.see", ref);
  const rendered = renderEnvoy(buildGatewayInput(await loadStackInput(tools, project.id)));
  const wanted: VersionsInForce = { routes: rendered.rdsVersion, clusters: rendered.cdsVersion, filters: rendered.ecdsVersion, refused: 0 };
  const nothing: GatewayHealthResponse = { kind: "envoy", isReachable: false, isReady: false, version: { inForce: null, wanted: shortVersion(wanted), isWanted: false }, refusedUpdates: 0, lastRefusals: [], upstreams: [] };
  const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId: project.id, imageRefs: [], readsMarkers: false }, signal);
  const running = containers.find((container) => container.labels[LABEL.service] === "api-gw" && container.state === "running");
  if (running === undefined) return nothing;
  const { stdout } = await tools.engine.exec(running.id, readHealthArgv, { timeoutMs: 5_000, maxOutputBytes: 1 << 20 }, signal);
  const health = parseHealth(stdout);
  if (health === null) return nothing;
  const inForce = shortVersion(health.versions);
  return {
    ...nothing, isReachable: true, isReady: health.isReady,
    version: { inForce, wanted: shortVersion(wanted), isWanted: inForce === shortVersion(wanted) },
    refusedUpdates: health.versions.refused,
    lastRefusals: health.versions.refused === 0 ? [] : await lastRefusals(tools, running.id, signal),
    upstreams: health.upstreams,
  };
}

/** Eight characters that stand for the whole configuration. */
function shortVersion({ routes, clusters, filters }: VersionsInForce): string {
  return fingerprint(`${routes ?? ""} ${clusters ?? ""} ${filters ?? ""}`).slice(0, 8);
}

async function lastRefusals(tools: Tools, containerId: string, signal: AbortSignal): Promise<string[]> {
  const lines = await tools.engine.tailLogs(containerId, { tail: 500 }, signal);
  return lines.map(({ text }) => text).filter((text) => /rejected|update failed/i.test(text)).slice(-5);
}
