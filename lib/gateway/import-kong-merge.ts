import type { ImportedKong } from "./import-kong";
import type { GatewaySettings, OwnRoute } from "./route-model";

export type WithImported = {
  settings: GatewaySettings;
  /** Ids in the import of routes that stand there already, word for word: pasting a file twice adds nothing. */
  alreadyThere: string[];
};

/** Room between two routes, so that one can be put between them later. */
const step = 1000;
const highestOrder = 1_000_000;

/**
 * Adds what a kong.yml came to: its routes behind those that stand on the same side already, in the order that Kong gave them, and its changes of built-in
 * routes over those that are there, field by field. Ids and names that are taken get a number. MCP and networks stay.
 */
export function addImported(settings: GatewaySettings, { ownRoutes, builtInOverrides }: Pick<ImportedKong, "ownRoutes" | "builtInOverrides">): WithImported {
  const known = new Set(settings.ownRoutes.map(meaningOf));
  const fresh = ownRoutes.filter((route) => !known.has(meaningOf(route)));
  const [ids, names] = [new Set(settings.ownRoutes.map(({ id }) => id)), new Set(settings.ownRoutes.map(({ name }) => name))];
  const named = fresh.map((route) => ({ ...route, id: free(route.id, ids, (number) => `${route.id.slice(0, 58)}-${number}`), name: free(route.name, names, (number) => `${route.name.slice(0, 74)} (${number})`) }));
  const overridden = Object.entries(builtInOverrides).map(([id, override]) => [id, { ...settings.builtInOverrides[id], ...override }] as const);
  return {
    settings: { ...settings, ownRoutes: (["above", "below"] as const).reduce((routes, side) => behind(routes, side, named), settings.ownRoutes), builtInOverrides: { ...settings.builtInOverrides, ...Object.fromEntries(overridden) } },
    alreadyThere: ownRoutes.filter((route) => known.has(meaningOf(route))).map(({ id }) => id),
  };
}

/** All of a route but what tells it from others and where it stands among them. */
function meaningOf({ id: _id, name: _name, position, ...rest }: OwnRoute): string {
  return JSON.stringify({ ...rest, side: position.side });
}

function free(wanted: string, taken: Set<string>, numbered: (number: number) => string): string {
  let text = wanted;
  for (let number = 2; taken.has(text); number++) text = numbered(number);
  taken.add(text);
  return text;
}

function behind(routes: readonly OwnRoute[], side: OwnRoute["position"]["side"], added: readonly OwnRoute[]): OwnRoute[] {
  const mine = added.filter(({ position }) => position.side === side).sort((one, other) => one.position.order - other.position.order);
  if (mine.length === 0) return [...routes];
  const there = routes.filter(({ position }) => position.side === side);
  const last = there.reduce((highest, { position }) => Math.max(highest, position.order), 0);
  if (last + step * mine.length <= highestOrder) return [...routes, ...mine.map((route, index) => ({ ...route, position: { side, order: last + step * (index + 1) } }))];
  // No numbers left: the whole side is counted anew, in the order that it has.
  const line = [...[...there].sort((one, other) => one.position.order - other.position.order || (one.id < other.id ? -1 : 1)), ...mine];
  const width = Math.floor(highestOrder / (line.length + 1));
  const renumbered = new Map(line.map((route, index) => [route.id, { ...route, position: { side, order: (index + 1) * width } }]));
  return [...routes.map((route) => renumbered.get(route.id) ?? route), ...mine.map((route) => renumbered.get(route.id) ?? route)];
}
