import { isInNetworks } from "./addresses";
import { isPreflight, matchesHeader, matchesMethod, matchesPath, matchesRequest, valuesOf, type GatewayRequest } from "./match";
import { normalizePath } from "./normalize";
import type { CorsRule, GatewayRoute, HeaderMatch, RouteMatch } from "./routes";

/** One route that was compared with a request, and why it did not take it; null for the one that did. */
export type ConsideredRoute = { routeId: string; reason: string | null };

export type MatchExplanation =
  | { outcome: "rejected"; status: 400; reason: string }
  | { outcome: "matched"; path: string; route: GatewayRoute; considered: ConsideredRoute[] }
  | { outcome: "unmatched"; path: string; considered: ConsideredRoute[] };

/** Which route takes a request and why no earlier one does: as Envoy normalises paths, refuses hostile ones and takes the first match. */
export function explainMatch(routes: readonly GatewayRoute[], request: GatewayRequest): MatchExplanation {
  const underscored = Object.keys(request.headers).find((name) => name.includes("_"));
  if (underscored !== undefined) return { outcome: "rejected", status: 400, reason: `The header ${underscored} holds an underscore in its name.` };
  const normalized = normalizePath(request.target);
  if (!normalized.isAccepted) return { outcome: "rejected", status: 400, reason: normalized.reason };
  const { path } = normalized;
  const considered: ConsideredRoute[] = [];
  for (const route of routes) {
    const reason = matchesRequest(route.match, path, request) ? null : explainMismatch(route.match, path, request);
    considered.push({ routeId: route.id, reason });
    if (reason === null) return { outcome: "matched", path, route, considered };
  }
  return { outcome: "unmatched", path, considered };
}

function explainMismatch(match: RouteMatch, path: string, request: GatewayRequest): string {
  if (!matchesPath(match, path)) {
    if (match.kind === "regex") return `${path} is not matched by ${match.path}.`;
    return match.kind === "exact" ? `${path} is not ${match.path}.` : `${path} does not start with ${match.path}.`;
  }
  if (!matchesMethod(match, request)) return `The method is ${request.method}; this route takes ${(match.methods ?? []).join(", ")}.`;
  const unmet = (match.headers ?? []).find((condition) => !matchesHeader(condition, request));
  return unmet === undefined ? "" : explainHeader(unmet);
}

function explainHeader(condition: HeaderMatch): string {
  switch (condition.kind) {
    case "present":
      return `The header ${condition.name} is missing.`;
    case "absent":
      return `The header ${condition.name} is there.`;
    case "exact":
      return `The header ${condition.name} is not ${condition.value}.`;
    case "prefix":
      return `The header ${condition.name} does not start with ${condition.value}.`;
    case "regex":
      return `The header ${condition.name} is not matched by ${condition.value}.`;
  }
}

/** Who asks. Keys travel as supabase-js sends them: in `apikey` and as the bearer token; a `user` sends the publishable key and a token of their own. */
export const callers = ["nobody", "anon", "publishable", "secret", "service", "user", "dashboard"] as const;
export type Caller = (typeof callers)[number];

/** What a verdict depends on beside the caller. Without an address, a list of addresses is left out of the verdict and said so. */
export type Circumstances = { publicUrl: string; nowMs: number; clientAddress?: string; /** The legacy keys are switched off. */ isLegacyOff?: boolean };

/** `status` is the gateway's own answer; null where the upstream answers. */
export type Verdict = { isAllowed: boolean; status: 200 | 401 | 403 | 503 | null; reason: string };

const refused = (status: 401 | 403 | 503, reason: string): Verdict => ({ isAllowed: false, status, reason });
const passed = (reason: string): Verdict => ({ isAllowed: true, status: null, reason });

/** What the gateway does with a caller's request on the route that takes it. */
export function judgeCaller(route: GatewayRoute, request: GatewayRequest, caller: Caller, circumstances: Circumstances): Verdict {
  const [origin] = valuesOf(request, "origin");
  if (isPreflight(request) && origin !== undefined && isOriginAllowed(route.cors ?? "any", origin, circumstances.publicUrl)) {
    return { isAllowed: true, status: 200, reason: "The gateway answers a browser's preflight itself." };
  }
  const { clientAddress, nowMs } = circumstances;
  if (route.ipAllow !== undefined && clientAddress !== undefined && !isInNetworks(clientAddress, route.ipAllow)) return refused(403, `${clientAddress} is not among the addresses that may ask.`);
  if (circumstances.isLegacyOff === true && (caller === "anon" || caller === "service")) return refused(401, "The legacy keys of this project are switched off.");
  const verdict = judgeAccess(route, caller);
  if (!verdict.isAllowed) return verdict;
  if (route.closesAtMs !== undefined && nowMs >= route.closesAtMs) return refused(403, "The time for which this route was open is over.");
  if (route.target.kind === "answer") return refused(route.target.status, route.target.status === 403 ? "This route refuses everybody." : route.target.body);
  if (route.ipAllow !== undefined && clientAddress === undefined) return passed(`${verdict.reason} Only ${route.ipAllow.join(", ")} may ask.`);
  return verdict;
}

function judgeAccess({ access }: GatewayRoute, caller: Caller): Verdict {
  const hasServiceRole = caller === "secret" || caller === "service";
  const hasKey = hasServiceRole || caller === "anon" || caller === "publishable" || caller === "user";
  switch (access) {
    case "open":
    case "bypass":
      return passed("Everybody may pass.");
    case "any-key":
      return hasKey ? passed("The API key is valid.") : refused(401, "An API key is needed.");
    case "opaque-key":
      return hasKey && caller !== "anon" && caller !== "service" ? passed("The API key is valid.") : refused(401, "The publishable or the secret key is needed.");
    case "service-key":
      if (hasServiceRole) return passed("The key has the service role.");
      return hasKey ? refused(403, "The key does not have the service role.") : refused(401, "An API key is needed.");
    case "user-jwt":
      if (caller === "user") return passed("The token is a signed-in user's.");
      return caller === "anon" || caller === "service" ? refused(403, "The token is an API key, not a signed-in user's.") : refused(401, "A signed-in user's token is needed.");
    case "basic-auth":
      return caller === "dashboard" ? passed("The dashboard's password is right.") : refused(401, "The dashboard's user name and password are needed.");
  }
}

/** Whether a page of this origin may read answers in a browser. */
export function isOriginAllowed(cors: "any" | "project" | CorsRule, origin: string, publicUrl: string): boolean {
  if (cors === "any") return true;
  if (cors === "project") return origin === new URL(publicUrl).origin || /^https?:\/\/(localhost|127\.0\.0\.1)(:[0-9]+)?$/.test(origin);
  return cors.origins.some((allowed) => allowed === "*" || allowed === origin);
}

export type TriedRequest = { explanation: MatchExplanation; /** null when no route took the request. */ verdict: Verdict | null };

/** A request tried out before anything is applied: which route takes it, why, and what the caller gets. */
export function tryRequest(routes: readonly GatewayRoute[], request: GatewayRequest, caller: Caller, circumstances: Circumstances): TriedRequest {
  const explanation = explainMatch(routes, request);
  return { explanation, verdict: explanation.outcome === "matched" ? judgeCaller(explanation.route, request, caller, circumstances) : null };
}
