import type { GatewaySettings, OwnRoute } from "@/lib/gateway/route-model";
import { orderedOwn } from "./route-rows";

type Side = OwnRoute["position"]["side"];

/** Room between two routes, so that one that is put between them changes no other. */
const step = 1000;
const highest = 1_000_000;

/** Own routes of one side without the route itself, in order: what it can be put after. */
function others(routes: readonly OwnRoute[], id: string, side: Side): OwnRoute[] {
  return orderedOwn(routes.filter((route) => route.id !== id), side);
}

/** The route just before this one on its side; null for the first. */
export function predecessorOf(routes: readonly OwnRoute[], { id, position }: Pick<OwnRoute, "id" | "position">): string | null {
  const ordered = orderedOwn(routes, position.side);
  return ordered[ordered.findIndex((route) => route.id === id) - 1]?.id ?? null;
}

/**
 * Puts a route, new or known, right after another on a side; null puts it first. Other routes keep their place in numbers too, unless
 * there is no number left between them.
 */
export function placeRoute(settings: GatewaySettings, route: OwnRoute, side: Side, afterId: string | null): GatewaySettings {
  const neighbours = others(settings.ownRoutes, route.id, side);
  const at = afterId === null ? 0 : neighbours.findIndex(({ id }) => id === afterId) + 1;
  const order = numberBetween(neighbours[at - 1]?.position.order, neighbours[at]?.position.order);
  if (order !== null) return withRoute(settings, { ...route, position: { side, order } });
  const line = [...neighbours.slice(0, at), route, ...neighbours.slice(at)];
  const width = Math.min(step, Math.floor(highest / (line.length + 1)));
  return line.reduce((now, one, index) => withRoute(now, { ...one, position: { side, order: (index + 1) * width } }), settings);
}

function numberBetween(before: number | undefined, after: number | undefined): number | null {
  if (before === undefined && after === undefined) return step;
  if (after === undefined) return before !== undefined && before + step <= highest ? before + step : null;
  const middle = Math.floor(((before ?? -1) + after) / 2);
  return middle > (before ?? -1) && middle < after ? middle : null;
}

/** The settings with this route in the place of the one of its id, or added. */
export function withRoute(settings: GatewaySettings, route: OwnRoute): GatewaySettings {
  const isKnown = settings.ownRoutes.some(({ id }) => id === route.id);
  return { ...settings, ownRoutes: isKnown ? settings.ownRoutes.map((one) => (one.id === route.id ? route : one)) : [...settings.ownRoutes, route] };
}

export function withoutRoute(settings: GatewaySettings, id: string): GatewaySettings {
  return { ...settings, ownRoutes: settings.ownRoutes.filter((route) => route.id !== id) };
}

/** One place up or down on its side; the same settings at the end of it. */
export function moveRoute(settings: GatewaySettings, id: string, direction: "up" | "down"): GatewaySettings {
  const route = settings.ownRoutes.find((one) => one.id === id);
  if (route === undefined) return settings;
  const { side } = route.position;
  const ordered = orderedOwn(settings.ownRoutes, side);
  const at = ordered.indexOf(route);
  if (direction === "up") return at === 0 ? settings : placeRoute(settings, route, side, ordered[at - 2]?.id ?? null);
  const next = ordered[at + 1];
  return next === undefined ? settings : placeRoute(settings, route, side, next.id);
}
