import type { GatewayKind } from "./contract";
import { checks, generalDifferences, type PolicyDifference } from "./equivalence-checks";
import { effectiveRoutes } from "./precedence";
import type { GatewaySettings } from "./route-model";
import type { GatewayOptions, GatewayRoute } from "./routes";

export type { PolicyDifference } from "./equivalence-checks";

export type EquivalenceSeverity = "same" | "differs" | "impossible";

/** A difference and the routes that have it, in the table's order; for one of the whole gateway none is named. */
export type RouteDifference = PolicyDifference & { routeIds: readonly string[] };

export type RouteEquivalence = {
  routeId: string;
  isOwn: boolean;
  severity: EquivalenceSeverity;
  /** Ids of its differences. */
  differenceIds: readonly string[];
  /** Policies that it has and that mean the same on both. */
  samePolicies: readonly string[];
};

export type EquivalenceReport = {
  towards: GatewayKind;
  /** The worst of all routes; `impossible` stands in the way of the switch. */
  severity: EquivalenceSeverity;
  /** Someone with the owner's role has to agree first. */
  needsOwner: boolean;
  routes: readonly RouteEquivalence[];
  /** What cannot be done before what is done otherwise, each once with its routes. */
  differences: readonly RouteDifference[];
  /** What is never the same. */
  general: readonly PolicyDifference[];
};

const ranks: Record<EquivalenceSeverity, number> = { same: 0, differs: 1, impossible: 2 };
const worst = (severities: readonly EquivalenceSeverity[]): EquivalenceSeverity => severities.reduce((one, other) => (ranks[other] > ranks[one] ? other : one), "same");

/** A route and what is found on it. Towards Envoy nothing is impossible: it is what the model is made for. */
function compare(route: GatewayRoute, towards: GatewayKind): { equivalence: RouteEquivalence; found: PolicyDifference[] } {
  const used = checks.filter((check) => check.isUsed(route)).map((check) => ({ policy: check.policy, difference: check.find(route) }));
  const found = used.flatMap(({ difference }) => (difference === null ? [] : [towards === "envoy" ? towardsEnvoy(difference) : difference]));
  return {
    found,
    equivalence: {
      routeId: route.id,
      isOwn: route.isOwn === true,
      severity: worst(found.map(({ severity }) => severity)),
      differenceIds: found.map(({ id }) => id),
      samePolicies: used.flatMap(({ policy, difference }) => (difference === null ? [policy] : [])),
    },
  };
}

function towardsEnvoy({ needsOwner: _, ...difference }: PolicyDifference): PolicyDifference {
  return { ...difference, severity: "differs", wayOut: null };
}

/** Differences with the same words are one. */
function gather(compared: readonly ReturnType<typeof compare>[]): RouteDifference[] {
  const gathered = new Map<string, { difference: PolicyDifference; routeIds: string[] }>();
  for (const { equivalence, found } of compared) {
    for (const difference of found) {
      const key = JSON.stringify(difference);
      const known = gathered.get(key) ?? { difference, routeIds: [] };
      known.routeIds.push(equivalence.routeId);
      gathered.set(key, known);
    }
  }
  return [...gathered.values()].map(({ difference, routeIds }) => ({ ...difference, routeIds })).sort((one, other) => ranks[other.severity] - ranks[one.severity]);
}

/**
 * What changes for a project when its gateway becomes the other one: per route and per policy. It compares what Basehold renders for both;
 * for Kong that was tried on 3.9.3, built from its source (docs/gateway.md).
 */
export function compareGateways(settings: GatewaySettings, options: GatewayOptions, towards: GatewayKind): EquivalenceReport {
  const compared = effectiveRoutes(settings, options).map((route) => compare(route, towards));
  const differences = gather(compared);
  return {
    towards,
    severity: worst(compared.map(({ equivalence }) => equivalence.severity)),
    needsOwner: differences.some(({ needsOwner }) => needsOwner === true),
    routes: compared.map(({ equivalence }) => equivalence),
    differences,
    general: generalDifferences,
  };
}
