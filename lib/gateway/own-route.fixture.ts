import type { OwnRoute } from "./route-model";

/** An own route that is valid as it stands: `/hooks/` to the functions, for everybody. */
export function sampleOwnRoute(parts: Partial<OwnRoute> = {}): OwnRoute {
  return {
    id: "own-hooks",
    name: "Hooks",
    isEnabled: true,
    position: { side: "above", order: 0 },
    match: { path: { kind: "prefix", value: "/hooks/" }, methods: [], headers: [] },
    upstream: { kind: "service", service: "functions" },
    rewrite: "/",
    access: "open",
    ipAllow: [],
    rateLimit: null,
    cors: null,
    requestHeaders: { set: [], remove: [] },
    responseHeaders: { set: [], remove: [] },
    timeoutMs: 30_000,
    idleTimeoutMs: null,
    retryAttempts: 2,
    maxBodyBytes: null,
    ...parts,
  };
}

export const pathOf = (kind: OwnRoute["match"]["path"]["kind"], value: string): OwnRoute["match"] => ({ path: { kind, value }, methods: [], headers: [] });
export const externalUpstream = (origin: string, forwardsCredentials = false): OwnRoute["upstream"] => ({ kind: "external", origin, forwardsCredentials });
