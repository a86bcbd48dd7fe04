import type { GatewayHealthResponse } from "@/lib/access/gateway-protocol";

export type HealthVerdict = { tone: "good" | "warn" | "bad"; word: string; /** What it means and what to do; null when all is well. */ sentence: string | null };

const names: Record<GatewayHealthResponse["kind"], string> = { envoy: "Envoy", kong: "Kong" };

/** How the gateway is, in one word, and in a sentence where something is to be done. */
export function healthVerdict(health: GatewayHealthResponse): HealthVerdict {
  const name = names[health.kind];
  if (!health.isRunning) return { tone: "bad", word: `${name}, stopped`, sentence: `The container of ${name} does not run, so nothing of this project can be reached. Restart \`${health.kind === "kong" ? "kong" : "api-gw"}\` on the overview; its log says why it ended.` };
  if (!health.isReachable) return { tone: "warn", word: `${name}, not answering`, sentence: `${name} runs and does not answer on its own page inside the container. Requests may still pass; its log under Logs says more.` };
  if (!health.isReady) return { tone: "warn", word: `${name}, not ready`, sentence: `${name} runs and takes no requests yet. That passes by itself within seconds of a start; its log says more when it does not.` };
  if (!health.version.isWanted) return { tone: "warn", word: `${name}, other configuration`, sentence: "In force is another configuration than the one that these settings ask for. Reconcile on the overview puts the wanted one in force; while a revision is applied this passes by itself." };
  return { tone: "good", word: `${name}, ready`, sentence: null };
}

export type HealthFact = "configuration" | "refused" | "connections" | "failed";

const dash = "–";
const counted = (value: number | null) => (value === null ? "not told" : value.toLocaleString("en-GB"));

/** What the cells of the strip say; dashes while nothing is known. */
export function healthFacts(health: GatewayHealthResponse | null): Record<HealthFact, string> {
  if (health === null || !health.isReachable) return { configuration: dash, refused: dash, connections: dash, failed: dash };
  const sum = (pick: (upstream: GatewayHealthResponse["upstreams"][number]) => number) => health.upstreams.reduce((total, upstream) => total + pick(upstream), 0);
  const { inForce, wanted, isWanted } = health.version;
  return {
    configuration: isWanted ? `${wanted}, as wanted` : `${inForce ?? "unknown"}, wanted ${wanted}`,
    refused: counted(health.refusedUpdates),
    connections: counted(health.activeConnections),
    failed: `${counted(sum(({ failedRequests }) => failedRequests))} of ${counted(sum(({ requests }) => requests))}`,
  };
}

/** What Kong cannot tell, said where its figures are shown. Envoy tells all of it. */
export const kongTellsNot = {
  latency: "Kong tells latencies in steps (25, 50, 80, 100, 250 ms and so on): p50 and p95 are estimated within one, and a route on which a WebSocket ended has none.",
  whoAndWhere: "Kong tells neither the addresses of its upstreams nor the connections to them.",
  keys: "Kong counts keys on routes that check one (Storage and Functions are not among them), and tells neither the network nor the program that sent them.",
} as const;
