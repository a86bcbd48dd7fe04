import type { GatewaySettings, OwnRoute } from "@/lib/gateway/route-model";
import { freeName, newRouteId } from "./route-names";

export type Merged = {
  settings: GatewaySettings;
  /** What both changed, each time differently: mine is kept, and theirs is said to be lost. */
  overlaps: string[];
};

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Adds what I changed since `base` to what somebody else made of it in the meantime. Own routes are told apart by id, changes of built-in
 * routes by route and field; where both changed the same one, mine wins and is named.
 */
export function mergeSettings(base: GatewaySettings, mine: GatewaySettings, theirs: GatewaySettings): Merged {
  const overlaps: string[] = [];
  const pick = <Value>(name: string, was: Value, my: Value, their: Value): Value => {
    if (same(was, my)) return their;
    if (!same(was, their) && !same(my, their)) overlaps.push(name);
    return my;
  };
  return {
    settings: {
      version: 1,
      ownRoutes: mergeRoutes(base, mine, theirs, pick),
      builtInOverrides: mergeOverrides(base, mine, theirs, pick),
      mcp: pick("MCP", base.mcp, mine.mcp, theirs.mcp),
      allowedUpstreamNetworks: pick("Private networks", base.allowedUpstreamNetworks, mine.allowedUpstreamNetworks, theirs.allowedUpstreamNetworks),
    },
    overlaps,
  };
}

type Pick = <Value>(name: string, was: Value, my: Value, their: Value) => Value;

function mergeRoutes(base: GatewaySettings, mine: GatewaySettings, theirs: GatewaySettings, pick: Pick): OwnRoute[] {
  const find = (settings: GatewaySettings, id: string) => settings.ownRoutes.find((route) => route.id === id);
  const ids = new Set([...theirs.ownRoutes, ...mine.ownRoutes].map(({ id }) => id));
  const merged: OwnRoute[] = [];
  for (const id of [...ids]) {
    const [was, my, their] = [find(base, id), find(mine, id), find(theirs, id)];
    if (was === undefined && my !== undefined && their !== undefined && !same(my, their)) {
      // Ids come from names: two people who each add a route of one name mean two routes.
      const own = { ...my, id: newRouteId(my.name, ids) };
      ids.add(own.id);
      merged.push(their, own);
      continue;
    }
    const route = pick((my ?? their ?? was)?.name ?? id, was, my, their);
    if (route !== undefined) merged.push(route);
  }
  return withDistinctNames(merged, new Set(theirs.ownRoutes.map(({ id, name }) => `${id} ${name}`)));
}

/** A name is given once: of two routes that are called the same, mine gets a number. */
function withDistinctNames(routes: readonly OwnRoute[], theirs: ReadonlySet<string>): OwnRoute[] {
  const taken = new Set(routes.filter(({ id, name }) => theirs.has(`${id} ${name}`)).map(({ name }) => name));
  return routes.map((route) => {
    if (theirs.has(`${route.id} ${route.name}`)) return route;
    const name = freeName(route.name, taken);
    taken.add(name);
    return name === route.name ? route : { ...route, name };
  });
}

function mergeOverrides(base: GatewaySettings, mine: GatewaySettings, theirs: GatewaySettings, pick: Pick): GatewaySettings["builtInOverrides"] {
  const of = ({ builtInOverrides }: GatewaySettings, id: string): Record<string, unknown> => builtInOverrides[id] ?? {};
  const ids = [...new Set([...Object.keys(theirs.builtInOverrides), ...Object.keys(mine.builtInOverrides)])];
  const merged = ids.map((id) => {
    const [was, my, their] = [of(base, id), of(mine, id), of(theirs, id)];
    const fields = [...new Set([...Object.keys(their), ...Object.keys(my)])];
    const kept = fields.map((field) => [field, pick(`${id}: ${field}`, was[field], my[field], their[field])] as const).filter(([, value]) => value !== undefined);
    return [id, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(merged.filter(([, override]) => Object.keys(override).length > 0));
}
