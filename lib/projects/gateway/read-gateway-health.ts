import { authorize } from "@/lib/access/authorize";
import type { GatewayHealthResponse } from "@/lib/access/gateway-protocol";
import type { VerbContext } from "@/lib/access/verb-context";
import { LABEL } from "@/lib/engine/observed";
import type { EnginePort } from "@/lib/engine/port";
import { renderEnvoy } from "@/lib/gateway/envoy";
import { parseHealth, readHealthArgv, type VersionsInForce } from "@/lib/gateway/envoy-control";
import { fingerprint } from "@/lib/gateway/htpasswd";
import { kongStatusArgv, kongVersionArgv, readKongVersion } from "@/lib/gateway/kong-control";
import { isKongReady, isKongRefusal, kongUpstreams } from "@/lib/gateway/kong-health";
import { readKongMetrics } from "@/lib/gateway/kong-metrics";
import { buildGatewayInput } from "@/lib/stack/build-desired-stack";
import { gatewayCheck } from "@/lib/stack/gateway-check";
import { gatewayServices } from "@/lib/stack/gateways";
import type { StackInput } from "@/lib/stack/settings";
import { loadStackInput } from "../workflows/load-stack";
import type { WorkflowTools } from "../workflows/tools";
import { gatewaysOf } from "./gateway-choice";

type Tools = Pick<WorkflowTools, "store" | "secrets" | "instanceId"> & { engine: Pick<EnginePort, "observe" | "exec" | "tailLogs"> };
type Asked = { tools: Tools; input: StackInput; containerId: string; nothing: GatewayHealthResponse; signal: AbortSignal };

const maxAnswerBytes = 8 << 20;
const answerLimitMs = 5_000;

/** What the gateway that serves a project says of itself, asked for now inside its container. Never throws for a gateway that does not answer. */
export async function readGatewayHealth(ctx: VerbContext, tools: Tools, ref: string, signal: AbortSignal): Promise<GatewayHealthResponse> {
  const project = await authorize(ctx, "project.see", ref);
  const { serving } = gatewaysOf(project);
  const input = await loadStackInput(tools, project.id);
  const wanted = serving === "envoy" ? shortVersion(wantedOfEnvoy(input)) : gatewayCheck(input, "kong").version.slice(0, 8);
  const nothing: GatewayHealthResponse = {
    kind: serving, isRunning: false, isReachable: false, isReady: false, version: { inForce: null, wanted, isWanted: false }, refusedUpdates: serving === "envoy" ? 0 : null, lastRefusals: [], activeConnections: null, upstreams: [],
  };
  const { containers } = await tools.engine.observe({ instanceId: tools.instanceId, projectId: project.id, imageRefs: [], readsMarkers: false }, signal);
  const running = containers.find((container) => container.labels[LABEL.service] === gatewayServices[serving] && container.state === "running");
  if (running === undefined) return nothing;
  const asked: Asked = { tools, input, containerId: running.id, nothing: { ...nothing, isRunning: true }, signal };
  return serving === "envoy" ? readEnvoy(asked) : readKong(asked);
}

async function ask({ tools, containerId, signal }: Asked, argv: readonly string[]): Promise<string> {
  return (await tools.engine.exec(containerId, [...argv], { timeoutMs: answerLimitMs, maxOutputBytes: maxAnswerBytes }, signal)).stdout;
}

function wantedOfEnvoy(input: StackInput): VersionsInForce {
  const rendered = renderEnvoy(buildGatewayInput(input));
  return { routes: rendered.rdsVersion, clusters: rendered.cdsVersion, filters: rendered.ecdsVersion, refused: 0 };
}

async function readEnvoy(asked: Asked): Promise<GatewayHealthResponse> {
  const { nothing } = asked;
  const health = parseHealth(await ask(asked, readHealthArgv));
  if (health === null) return nothing;
  const wanted = wantedOfEnvoy(asked.input);
  // A filter that no route needs has no version.
  const inForce = shortVersion({ ...health.versions, filters: health.versions.filters ?? wanted.filters });
  return {
    ...nothing, isReachable: true, isReady: health.isReady,
    version: { ...nothing.version, inForce, isWanted: inForce === nothing.version.wanted },
    refusedUpdates: health.versions.refused,
    lastRefusals: health.versions.refused === 0 ? [] : await lastRefusals(asked, (line) => /rejected|update failed/i.test(line)),
    activeConnections: health.connections,
    upstreams: health.upstreams,
  };
}

async function readKong(asked: Asked): Promise<GatewayHealthResponse> {
  const { nothing, input } = asked;
  const isReady = isKongReady(await ask(asked, kongStatusArgv("/status")));
  if (isReady === null) return nothing;
  const [version, metrics] = [readKongVersion(await ask(asked, kongVersionArgv))?.slice(0, 8) ?? null, readKongMetrics(await ask(asked, kongStatusArgv("/metrics")))];
  const upstreams = metrics === null ? [] : kongUpstreams(metrics, buildGatewayInput(input).routes);
  return {
    ...nothing, isReachable: true, isReady,
    version: { ...nothing.version, inForce: version, isWanted: version === nothing.version.wanted },
    lastRefusals: await lastRefusals(asked, isKongRefusal),
    activeConnections: metrics?.connections ?? null,
    upstreams: upstreams.map((upstream) => ({ ...upstream, addresses: null, activeConnections: null, failedConnections: null })),
  };
}

/** Eight characters that stand for the whole configuration. */
function shortVersion({ routes, clusters, filters }: VersionsInForce): string {
  return fingerprint(`${routes ?? ""} ${clusters ?? ""} ${filters ?? ""}`).slice(0, 8);
}

async function lastRefusals({ tools, containerId, signal }: Asked, isRefusal: (line: string) => boolean): Promise<string[]> {
  const lines = await tools.engine.tailLogs(containerId, { tail: 500 }, signal);
  // A request's line holds text of the client's.
  return lines.map(({ text }) => text).filter((text) => !text.startsWith("{") && isRefusal(text)).slice(-5);
}
