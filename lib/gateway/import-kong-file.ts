import type { Place } from "./import-kong-document";
import { notCarried, shown, type NotCarried } from "./import-kong-plugins";

/** A route of the file, the service that it leads to, and the lists of plugins that apply to it, the nearer after the wider. */
export type PlacedRoute = { route: Place; service: Place | undefined; plugins: (readonly Place[])[] };

export type KongFile = {
  routes: PlacedRoute[];
  /** What has not the shape that Kong reads, and what belongs to no route: nothing of it would be seen otherwise. */
  notCarried: NotCarried[];
};

/** What may become a route each. */
export function countPaths(root: Place): number {
  const routes = [...root.field("services").items().flatMap((service) => service.field("routes").items()), ...root.field("routes").items()];
  return routes.reduce((sum, route) => sum + Math.max(1, route.field("paths").items().length), 0);
}

/** As many as somebody can read, and how many there are beyond. */
export function shortened(items: NotCarried[]): NotCarried[] {
  const next = items[maxItemsNamed];
  if (next === undefined) return items;
  return [...items.slice(0, maxItemsNamed), { ...next, what: `${String(items.length - maxItemsNamed)} more beside these`, why: `The first ${String(maxItemsNamed)} are named. Take out of the file what is not needed, and read it again.` }];
}

const maxItemsNamed = 1000;

/** Walks each list of the file once. */
export function readKongFile(root: Place): KongFile {
  return new FileReader(root).read();
}

type Name = string | undefined;
type PlacedService = { place: Place; plugins: Place[]; routes: Place[] };

class FileReader {
  readonly #notCarried: NotCarried[] = [];
  readonly #everywhere: Place[] = [];
  /** By the name of what they belong to. */
  readonly #ofServices = new Map<Name, Place[]>();
  readonly #ofRoutes = new Map<Name, Place[]>();
  readonly #used = new Set<readonly Place[]>();

  constructor(private readonly root: Place) {}

  read(): KongFile {
    const services = this.#entries(this.root.field("services")).map((place): PlacedService => ({ place, plugins: pluginsOf(place), routes: this.#entries(place.field("routes")) }));
    this.#sortPlugins();
    const byName = new Map<Name, PlacedService>();
    for (const service of services) if (!byName.has(nameOf(service.place))) byName.set(nameOf(service.place), service);
    const inside = services.flatMap((service) => service.routes.map((route) => ({ route, service })));
    const beside = this.#entries(this.root.field("routes")).map((route) => ({ route, service: byName.get(referenceOf(route.field("service"))) }));
    const placed = [...inside, ...beside];
    const routes = placed.map(({ route, service }) => this.#place(route, service));
    const reached = new Set(placed.map(({ service }) => service));
    for (const service of services) if (!reached.has(service)) this.#sayUnreached(service);
    if (routes.length === 0) this.#used.delete(this.#everywhere);
    for (const plugins of [this.#everywhere, ...this.#ofServices.values(), ...this.#ofRoutes.values()]) if (!this.#used.has(plugins)) for (const plugin of plugins) this.#skip(plugin, pluginName(plugin), "It belongs to no route of the file.");
    return { routes, notCarried: this.#notCarried };
  }

  #skip(place: Place, what: string, why: string): void {
    this.#notCarried.push(notCarried(place, what, why));
  }

  /** The maps of a list; whatever else stands there is named. */
  #entries(list: Place): Place[] {
    if (list.isThere && !list.isList) this.#skip(list, "What stands here", "A list is expected, each entry with a dash and its fields.");
    return list.items().filter((entry) => {
      if (!entry.isMap) this.#skip(entry, "An entry of this list", "It has no fields, so nothing can be read of it.");
      return entry.isMap;
    });
  }

  #sortPlugins(): void {
    for (const plugin of pluginsOf(this.root)) {
      const [ofService, ofRoute] = [plugin.field("service"), plugin.field("route")];
      if (plugin.field("consumer").isThere) this.#skip(plugin, pluginName(plugin), "It belongs to a consumer. Policies belong to routes here.");
      if (ofService.isThere) append(this.#ofServices, referenceOf(ofService), plugin);
      if (ofRoute.isThere) append(this.#ofRoutes, referenceOf(ofRoute), plugin);
      if (!ofService.isThere && !ofRoute.isThere && !plugin.field("consumer").isThere) this.#everywhere.push(plugin);
    }
  }

  #place(route: Place, service: PlacedService | undefined): PlacedRoute {
    const ofService = this.#ofServices.get(service === undefined ? undefined : nameOf(service.place)) ?? [];
    const ofRoute = this.#ofRoutes.get(nameOf(route)) ?? [];
    const plugins = [this.#everywhere, service?.plugins ?? [], ofService, pluginsOf(route), ofRoute];
    for (const list of plugins) this.#used.add(list);
    // They are gone through for each route that they apply to.
    route.look(plugins.reduce((sum, list) => sum + list.length, 0));
    return { route, service: service?.place, plugins };
  }

  #sayUnreached({ place, plugins }: PlacedService): void {
    const ofService = this.#ofServices.get(nameOf(place)) ?? [];
    this.#used.add(ofService);
    const names = [...plugins, ...ofService].map((plugin) => shown(plugin.field("name").text ?? ""));
    this.#skip(place, `The service ${shown(nameOf(place) ?? "")}${names.length === 0 ? "" : `, with the plugins ${names.join(", ")}`}`, "No route of the file leads to it.");
  }
}

/** Whatever stands there may have been meant to keep people out, so what is no plugin stays one without a name, and its routes are left out. */
function pluginsOf(place: Place): Place[] {
  const list = place.field("plugins");
  return list.isThere && !list.isList ? [list] : list.items();
}

function nameOf(place: Place): Name {
  return place.field("name").text;
}

/** Kong takes the name by itself and as `{name: …}`. */
function referenceOf(place: Place): Name {
  return place.text ?? nameOf(place);
}

function pluginName(plugin: Place): string {
  return `The plugin ${shown(nameOf(plugin) ?? "")}`;
}

function append(lists: Map<Name, Place[]>, name: Name, place: Place): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [place]);
  else list.push(place);
}
