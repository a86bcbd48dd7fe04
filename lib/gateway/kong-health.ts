import { readConfigurationHash } from "./kong-control";
import type { KongMetrics } from "./kong-metrics";
import type { GatewayRoute } from "./routes";

/** Whether Kong, by its answer to `kongStatusArgv("/status")`, serves a document: before it has one, the hash is nothing but zeros. null when it does not answer. */
export function isKongReady(statusAnswer: string): boolean | null {
  if (!/^HTTP\/1\.[01] \d{3}/.test(statusAnswer)) return null;
  const hash = readConfigurationHash(statusAnswer);
  return /^HTTP\/1\.[01] 200\b/.test(statusAnswer) && hash !== undefined && !/^0+$/.test(hash);
}

export type KongUpstream = { name: string; requests: number; failedRequests: number };

/**
 * What Kong tells of each upstream since its start, by the routes that lead there: requests that went to it, and those that failed, because it answered 500 or
 * more or Kong had to answer for it. What Kong refused before (a missing key, a limit) went to no upstream.
 */
export function kongUpstreams({ requests }: Pick<KongMetrics, "requests">, routes: readonly GatewayRoute[]): KongUpstream[] {
  const upstreams = new Map<string, KongUpstream>();
  for (const { id, target } of routes) {
    const name = target.kind === "service" ? target.service : target.kind === "external" ? target.origin : null;
    if (name === null) continue;
    const upstream = upstreams.get(name) ?? { name, requests: 0, failedRequests: 0 };
    upstreams.set(name, upstream);
    for (const { routeId, status, isUpstreams, count } of requests) {
      if (routeId !== id) continue;
      if (isUpstreams || status >= 500) upstream.requests += count;
      if (status >= 500) upstream.failedRequests += count;
    }
  }
  return [...upstreams.values()];
}

/** Lines of Kong's log that tell of a document which it did not take. */
export function isKongRefusal(line: string): boolean {
  return /declarative config(?:uration)? is invalid|failed (?:to )?(?:load|pars|reload)\w* declarative|in 'routes'|schema violation/i.test(line);
}
