import { KongTextTooMuch, readKongText, type Place, type TextPosition, type TextProblem } from "./import-kong-document";
import { countPaths, readKongFile, shortened, type PlacedRoute } from "./import-kong-file";
import { notCarried, pluginsInForce, readPolicies, shown, type NotCarried, type ReadPolicies } from "./import-kong-plugins";
import { readMatches, readPaths, readTarget, type ReadMatch, type ReadTarget } from "./import-kong-routes";
import { covers } from "./match";
import { permittedOverrides, type BuiltInOverride, type OverrideField } from "./overrides";
import { defaultGatewaySettings, maxOwnRoutes, parseGatewaySettings, type OwnRoute } from "./route-model";
import { builtInRoutes, upstreamAddresses, type GatewayRelease, type GatewayRoute, type RouteAccess, type UpstreamService } from "./routes";

export type { TextProblem } from "./import-kong-document";
export type { NotCarried } from "./import-kong-plugins";

/** What a route was in the file: its name, its place counted from 1, where it led and the plugins in force on it. */
export type KongSource = TextPosition & { name: string; target: string; plugins: string[] };

/** What a kong.yml comes to. Keys, passwords and certificates are never in it. */
export type ImportedKong = {
  ownRoutes: OwnRoute[];
  /** What was changed on built-in routes that are otherwise the release's. */
  builtInOverrides: Record<string, BuiltInOverride>;
  /** Built-in routes that the file has as the release has them. */
  unchanged: string[];
  /** By id of an own or built-in route. */
  sources: Record<string, KongSource>;
  notCarried: NotCarried[];
};

export type KongImport = { isRead: true; imported: ImportedKong } | { isRead: false; problems: TextProblem[] };

/**
 * Reads a pasted kong.yml (formats 1.1, 2.1 and 3.0), upstream's with what people added to it. What can be said in the model becomes routes of it; the
 * rest is named with its place. A route whose restriction cannot be carried is left out whole: nothing lets in more than it did. Never throws.
 */
export function importKong(text: string, release: GatewayRelease): KongImport {
  const read = readKongText(text);
  if ("problems" in read) return { isRead: false, problems: read.problems };
  const { root } = read;
  const format = root.field("_format_version");
  const version = format.text ?? String(format.number ?? "");
  const message = !root.isThere || root.keys().length === 0 ? "There is nothing in it that Kong reads. Paste the whole kong.yml." : ["1.1", "2.1", "3.0"].includes(version) ? undefined : "_format_version: 1.1, 2.1 and 3.0 are read.";
  if (message !== undefined) return { isRead: false, problems: [{ ...format.position, message }] };
  try {
    const count = countPaths(root);
    if (count > maxPathsRead) return { isRead: false, problems: [{ line: 1, column: 1, message: `It holds ${String(count)} paths of routes, and ${String(maxPathsRead)} are read at once. Paste it in parts.` }] };
    return { isRead: true, imported: new Importer(root, release, version === "3.0").run() };
  } catch (error) {
    if (!(error instanceof KongTextTooMuch)) throw error;
    return { isRead: false, problems: [{ line: 1, column: 1, message: "Its routes, plugins and lists apply to each other too often to be read at once. Paste it in parts." }] };
  }
}

/** A project has half as many routes of its own at most; reading more only takes time. */
const maxPathsRead = 2 * maxOwnRoutes;

const readFields = new Set(["_format_version", "_transform", "services", "routes", "plugins", "consumers", "acls", "keyauth_credentials", "basicauth_credentials", "jwt_secrets"]);
const usualConsumers = new Set(["DASHBOARD", "anon", "service_role", "dashboard"]);

type Candidate = { own: OwnRoute; place: Place; /** Kong tries the higher first. */ rank: [number, number, number] };

class Importer {
  readonly #imported: ImportedKong = { ownRoutes: [], builtInOverrides: {}, unchanged: [], sources: {}, notCarried: [] };
  readonly #builtIns: readonly GatewayRoute[];
  readonly #candidates: Candidate[] = [];
  readonly #ids = new Set<string>();
  /** By what an id begins with: the number to try next. */
  readonly #nextNumbers = new Map<string, number>();
  readonly #names = new Set<string>();
  /** Routes whose requests would go to another route from now on, with what was said of each. */
  readonly #leftOut: { route: Place; item: NotCarried }[] = [];

  constructor(private readonly root: Place, release: GatewayRelease, private readonly isPlain: boolean) {
    this.#builtIns = builtInRoutes({ enabledServices: Object.keys(upstreamAddresses) as UpstreamService[], release });
  }

  run(): ImportedKong {
    for (const name of this.root.keys()) if (!readFields.has(name)) this.#skip(this.root.field(name), `${shown(name)}`, "The panel has it elsewhere or not at all. Keys and certificates are never carried over.");
    this.#readConsumers();
    const file = readKongFile(this.root);
    this.#imported.notCarried.push(...file.notCarried);
    for (const placed of file.routes) this.#readRoute(placed);
    this.#closeWhatIsLeftOpen();
    this.#keepInOrder();
    return { ...this.#imported, notCarried: shortened(this.#imported.notCarried) };
  }

  #skip(place: Place, what: string, why: string): void {
    this.#imported.notCarried.push(notCarried(place, what, why));
  }

  #leaveOut(route: Place, item: NotCarried): void {
    this.#imported.notCarried.push(item);
    this.#leftOut.push({ route, item });
  }

  #readConsumers(): void {
    const { root } = this;
    for (const consumer of root.field("consumers").items()) {
      const name = consumer.field("username").text ?? consumer.field("custom_id").text ?? "";
      if (!usualConsumers.has(name)) this.#skip(consumer, `The consumer ${shown(name)}`, "Keys and passwords are never carried over. The project's own keys are under Keys.");
      if (consumer.field("plugins").items().length > 0) this.#skip(consumer.field("plugins"), "Plugins of a consumer", "Policies belong to routes here.");
    }
    const users = [...root.field("basicauth_credentials").items(), ...root.field("consumers").items().flatMap((consumer) => consumer.field("basicauth_credentials").items())];
    for (const user of users.slice(1)) this.#skip(user, "A further user of the dashboard", "Add the user under Studio: passwords are never carried over.");
  }

  #readRoute({ route, service, plugins: scopes }: PlacedRoute): void {
    const label = `The route ${shown(route.field("name").text ?? service?.field("name").text ?? "")}`;
    const labelled = (item: NotCarried): NotCarried => ({ ...item, what: `${label}: ${item.what.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase())}` });
    const plugins = pluginsInForce(...scopes);
    const policies = readPolicies(plugins);
    if (service === undefined && policies.access !== "denied") return this.#leaveOut(route, notCarried(route, label, "It leads to no service of the file."));
    if (service?.field("enabled").flag === false) return this.#leaveOut(route, notCarried(service, label, "Its service is switched off."));
    const target: ReturnType<typeof readTarget> = policies.access === "denied" ? { value: { upstream: { kind: "none" }, basePath: null } } : service === undefined ? { blockedBy: notCarried(route, "its service", "") } : readTarget(service);
    if ("blockedBy" in target) return this.#leaveOut(route, labelled(target.blockedBy));
    const matches = readMatches(route, target.value.basePath, this.isPlain);
    if ("blockedBy" in matches) return this.#leaveOut(route, labelled(matches.blockedBy));
    if (policies.blockedBy !== null) return this.#leaveOut(route, labelled(policies.blockedBy));
    // Each path is checked with all that the route says.
    route.look(matches.value.length * sizeOf(policies, matches.value[0]));
    const read = matches.value.map((match) => this.#settle({ route, service, match, target: target.value, policies, plugins: [...plugins.keys()].map(shown) }));
    if (read.some((isBuiltIn) => !isBuiltIn)) this.#imported.notCarried.push(...policies.notCarried.map(labelled));
    else this.#imported.notCarried.push(...policies.notCarried.filter(({ what }) => !what.startsWith("CORS")).map(labelled));
  }

  /** One path of a route: the release's own as it is, with other policies, or an own route. true for the former two. */
  #settle(found: Found): boolean {
    const builtIn = this.#builtIns.find((candidate) => isBuiltIn(candidate, found));
    if (builtIn === undefined) {
      this.#add(found);
      return false;
    }
    const override = overrideOf(builtIn, found);
    const refused = (Object.keys(override) as OverrideField[]).filter((field) => !permittedOverrides(builtIn.id).includes(field));
    for (const field of refused) {
      delete override[field];
      this.#skip(found.route, `The ${fieldNames[field]} of ${builtIn.id}`, "It cannot be changed on this route.");
    }
    const parsed = parseGatewaySettings({ ...defaultGatewaySettings, builtInOverrides: { [builtIn.id]: override } });
    if (!parsed.isValid) this.#skip(found.route, `What was changed on ${builtIn.id}`, [...new Set(parsed.problems.map(({ message }) => message))].join(" "));
    else if (Object.keys(override).length === 0) this.#imported.unchanged.push(builtIn.id);
    else this.#imported.builtInOverrides[builtIn.id] = override;
    this.#imported.sources[builtIn.id] = sourceOf(found);
    return true;
  }

  #add(found: Found): void {
    const { route, service, match, target, policies } = found;
    const name = route.field("name").text ?? service?.field("name").text ?? match.path.value;
    const isMcp = target.upstream.kind === "service" && target.upstream.service === "studio" && match.path.value.startsWith("/mcp");
    if (isMcp) return this.#skip(route, "Opened MCP", "It is opened by a setting of its own, for named addresses and until a time.");
    const side = this.#sideOf(match);
    if (side === null) return this.#skip(route, `The route ${shown(name)}`, "It changes a built-in route that narrower ones stand inside of. Change the built-in route itself.");
    const id = this.#freeId(name);
    const own = {
      id, name: this.#freeName(name, id), isEnabled: true, position: { side, order: 0 },
      match: { path: match.path, methods: match.methods, headers: match.headers },
      upstream: target.upstream, rewrite: target.upstream.kind === "none" ? null : (policies.uri ?? match.rewrite),
      access: policies.access, ipAllow: policies.ipAllow, rateLimit: policies.rateLimit, cors: policies.cors, requestHeaders: policies.requestHeaders, responseHeaders: policies.responseHeaders,
      timeoutMs: null, idleTimeoutMs: service?.field("read_timeout").number ?? kongSilenceMs, retryAttempts: Math.min(service?.field("retries").number ?? kongRetries, 5), maxBodyBytes: policies.maxBodyBytes,
    };
    // As a whole table: an address inside is refused there and not on the route.
    const parsed = parseGatewaySettings({ ...defaultGatewaySettings, ownRoutes: [own] });
    if (parsed.isValid) {
      this.#candidates.push(...parsed.settings.ownRoutes.map((each) => ({ own: each, place: route, rank: rankOf(match, route) })));
      this.#imported.sources[id] = sourceOf(found);
    } else this.#leaveOut(route, notCarried(route, `The route ${shown(name)}`, [...new Set(parsed.problems.map(({ message }) => message))].join(" ")));
  }

  /**
   * A route that was left out is closed where a wider one would take its requests: what was behind a restriction must not be reached around it. One with
   * the very path of another route cannot be closed without closing that one.
   */
  #closeWhatIsLeftOpen(): void {
    const others = [...this.#candidates.map(({ own }) => ({ kind: own.match.path.kind, path: own.match.path.value })), ...this.#builtIns.filter(({ id }) => id !== "dashboard").map(({ match }) => match)];
    for (const { route, item } of this.#leftOut) {
      const paths = readPaths(route, this.isPlain);
      if (paths.length === 0) item.why += " Look whether another route takes its requests from now on.";
      for (const path of paths) {
        const match = { kind: path.kind, path: path.value };
        // Whether a prefix lies around an expression cannot be seen, so an expression is closed in any case.
        const around = others.filter((other) => covers(other, match));
        if (around.length === 0 && path.kind !== "regex") continue;
        const isSame = around.some((other) => covers(match, other));
        item.why += isSame ? " Requests to its path are taken by another route of the same path from now on: look at that one." : ` ${path.value} is closed until you choose.`;
        if (!isSame) this.#close(route, path);
      }
    }
  }

  #close(route: Place, path: ReadMatch["path"]): void {
    const name = `${(route.field("name").text ?? path.value).trim().slice(0, 60) || path.value.slice(0, 60)} (closed)`;
    const id = this.#freeId(name);
    const match: ReadMatch = { path, methods: [], headers: [], rewrite: null };
    const none = { set: [], remove: [] };
    const parsed = parseGatewaySettings({
      ...defaultGatewaySettings,
      ownRoutes: [{ id, name: this.#freeName(name, id), isEnabled: true, position: { side: "above", order: 0 }, match: { path, methods: [], headers: [] }, upstream: { kind: "none" }, rewrite: null, access: "denied", ipAllow: [], rateLimit: null, cors: null, requestHeaders: none, responseHeaders: none, timeoutMs: null, idleTimeoutMs: null, retryAttempts: 0, maxBodyBytes: null }],
    });
    if (parsed.isValid) this.#candidates.push(...parsed.settings.ownRoutes.map((own) => ({ own, place: route, rank: rankOf(match) })));
    this.#imported.sources[id] = { ...route.position, name: nameOf(route), target: "", plugins: [] };
  }

  /**
   * Kong prefers more conditions, then expressions, then longer paths: what is shorter than a built-in route comes after it. null where both sides would be
   * wrong: a changed built-in route with narrower ones inside, which would open or close those when it stands above, and never be reached below.
   */
  #sideOf({ path, methods, headers }: ReadMatch): "above" | "below" | null {
    if (path.kind !== "prefix" || methods.length + headers.length > 0) return "above";
    const own = { kind: path.kind, path: path.value };
    const covered = this.#builtIns.filter(({ id, match }) => id !== "dashboard" && covers(own, match));
    const hasSame = covered.some(({ match }) => covers(match, own));
    if (covered.length === 0 || (hasSame && covered.length === 1)) return "above";
    return hasSame ? null : "below";
  }

  #freeId(name: string): string {
    const base = `own-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "").slice(0, 50) || "route"}`;
    let id = base;
    let number = this.#nextNumbers.get(base) ?? 2;
    for (; this.#ids.has(id); number++) id = `${base}-${String(number)}`;
    this.#nextNumbers.set(base, number);
    this.#ids.add(id);
    return id;
  }

  #freeName(name: string, id: string): string {
    const plain = name.trim().slice(0, 70) || "Route";
    const free = this.#names.has(plain) ? `${plain} ${/-(\d+)$/.exec(id)?.[1] ?? "2"}` : plain;
    this.#names.add(free);
    return free;
  }

  #keepInOrder(): void {
    const sorted = [...this.#candidates].sort((one, other) => other.rank[0] - one.rank[0] || other.rank[1] - one.rank[1] || other.rank[2] - one.rank[2]);
    for (const { place } of sorted.slice(maxOwnRoutes)) this.#skip(place, "A route beyond the most that a project can have", `A project has ${String(maxOwnRoutes)} routes of its own at most.`);
    this.#imported.ownRoutes = sorted.slice(0, maxOwnRoutes).map(({ own }, order) => ({ ...own, position: { ...own.position, order } }));
  }
}

function sizeOf({ ipAllow, cors, requestHeaders, responseHeaders }: ReadPolicies, match: ReadMatch | undefined): number {
  const lists = [ipAllow, cors?.origins, cors?.methods, cors?.headers, requestHeaders.set, requestHeaders.remove, responseHeaders.set, responseHeaders.remove, match?.methods, match?.headers];
  return lists.reduce((sum, list) => sum + (list?.length ?? 0), 1);
}

type Found = { route: Place; service: Place | undefined; match: ReadMatch; target: ReadTarget; policies: ReadPolicies; plugins: string[] };

/** Empty for a route that has none. */
function nameOf(route: Place, service?: Place): string {
  const name = route.field("name").text ?? service?.field("name").text ?? "";
  return name === "" ? "" : shown(name);
}

function sourceOf({ route, service, target: { upstream, basePath }, plugins }: Found): KongSource {
  const address = upstream.kind === "service" ? `http://${upstreamAddresses[upstream.service].host}:${String(upstreamAddresses[upstream.service].port)}` : upstream.kind === "external" ? upstream.origin : "";
  return { ...route.position, name: nameOf(route, service), target: `${address}${address === "" ? "" : (basePath ?? "")}`, plugins };
}

/** Kong's defaults for a service that says nothing. */
const kongSilenceMs = 60_000;
const kongRetries = 5;

/** Number of conditions, expressions before prefixes, then the longer path: how Kong orders routes with paths. */
function rankOf({ path, methods, headers }: ReadMatch, route?: Place): [number, number, number] {
  const priority = route?.field("regex_priority").number ?? 0;
  return [(methods.length > 0 ? 1 : 0) + headers.length, path.kind === "prefix" ? 0 : 1 + Math.max(0, priority), path.value.length];
}

const accessOf: Record<Exclude<OwnRoute["access"], "denied">, RouteAccess> = { open: "open", "any-key": "any-key", "opaque-key": "opaque-key", "service-key": "service-key", dashboard: "basic-auth", "user-jwt": "user-jwt" };

/** Whether this is the release's route: the same path, upstream and access. */
function isBuiltIn(builtIn: GatewayRoute, { match, target, policies }: Found): boolean {
  if (builtIn.match.kind !== match.path.kind || builtIn.match.path !== match.path.value || match.methods.length > 0 || match.headers.length > 0) return false;
  if (policies.access === "denied") return builtIn.target.kind === "answer";
  if (builtIn.target.kind !== "service" || target.upstream.kind !== "service" || builtIn.target.service !== target.upstream.service) return false;
  const access = builtIn.access === "bypass" ? "open" : builtIn.access;
  const isSamePath = (builtIn.target.rewrite ?? null) === match.rewrite || (builtIn.target.rewrite === builtIn.match.path && match.rewrite === null);
  const ownHeaders = policies.requestHeaders.set.filter(({ name }) => !(builtIn.requestHeaders ?? []).some((known) => known.name.toLowerCase() === name));
  const hasOwnHeaders = ownHeaders.length + policies.requestHeaders.remove.length + policies.responseHeaders.set.length + policies.responseHeaders.remove.length > 0;
  return accessOf[policies.access] === access && isSamePath && !hasOwnHeaders && policies.uri === null;
}

const fieldNames: Record<OverrideField, string> = { isClosed: "closing", timeoutMs: "timeout", idleTimeoutMs: "idle timeout", retryAttempts: "retries", ipAllow: "allowed addresses", rateLimit: "rate limit", cors: "CORS", maxBodyBytes: "body size" };

/** What the file says of a built-in route beside what the release does. Upstream's 150 s for functions is the release's own. */
function overrideOf(builtIn: GatewayRoute, { service, policies }: Found): BuiltInOverride {
  const silence = service?.field("read_timeout").number;
  const isUsual = silence === undefined || silence === kongSilenceMs || silence === builtIn.timeoutMs;
  return {
    ...(isUsual || builtIn.target.kind === "answer" ? {} : { timeoutMs: null, idleTimeoutMs: silence }),
    ...(policies.ipAllow.length === 0 ? {} : { ipAllow: policies.ipAllow }),
    ...(policies.rateLimit === null ? {} : { rateLimit: policies.rateLimit }),
    ...(policies.cors === null ? {} : { cors: policies.cors }),
    ...(policies.maxBodyBytes === null ? {} : { maxBodyBytes: policies.maxBodyBytes }),
  };
}
