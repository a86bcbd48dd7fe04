import { createHash } from "node:crypto";
import { parse } from "yaml";
import { credentialsOf, type Credentials } from "./credentials";
import { isPluginName, pluginSchemas, type Plugins } from "./plugin-schemas";
import { DeclarativeError, schemaProblems, type Place, type Problem } from "./problems";
import { matcherOf, type Matcher } from "./matcher";
import { declarativeSchema, type Declarative, type DeclaredPlugin, type DeclaredRoute, type DeclaredService } from "./schema";

export type Upstream = { name: string; protocol: "http" | "https"; host: string; port: number; path: string; retries: number; connectTimeoutMs: number; readTimeoutMs: number; /** undefined: as nginx does. */ isVerified: boolean | undefined };

export type Route = { name: string; matcher: Matcher; stripsPath: boolean; preservesHost: boolean; upstream: Upstream | undefined; plugins: Plugins };

/** A whole configuration, ready to serve. Never changed once it is there. */
export type Configuration = { hash: string; /** As the router tries them. */ routes: readonly Route[]; /** What of a request some route has a condition on. */ fields: readonly string[]; credentials: Credentials };

export type ParseOptions = { enabledPlugins: readonly string[]; flavor: "expressions" | "traditional_compatible" };

export { DeclarativeError } from "./problems";

/** The MD5 of the text. Source: `unserialize` of `kong/db/declarative/init.lua`. */
export const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** @throws DeclarativeError for a file that Kong would refuse, and for what the stand-in does not have. */
export function parseDeclarative(text: string, options: ParseOptions): Configuration {
  return buildConfiguration(readText(text), md5(text), options);
}

/** @throws DeclarativeError as above. */
export function buildConfiguration(document: unknown, hash: string, options: ParseOptions): Configuration {
  const parsed = declarativeSchema.safeParse(document);
  if (!parsed.success) throw new DeclarativeError(schemaProblems(parsed.error.issues, document));
  const builder = new Builder(parsed.data, options);
  const routes = builder.routes();
  if (builder.problems.length > 0) throw new DeclarativeError(builder.problems);
  return { hash, routes, fields: [...new Set(routes.flatMap(({ matcher }) => matcher.fields))], credentials: credentialsOf(parsed.data) };
}

function readText(text: string): unknown {
  let document: unknown;
  try {
    document = text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw new DeclarativeError([{ place: [], message: `failed parsing declarative configuration: ${error instanceof Error ? error.message : String(error)}` }]);
  }
  if (typeof document !== "object" || document === null) throw new DeclarativeError([{ place: [], message: "failed parsing declarative configuration: expected an object" }]);
  return document;
}

class Builder {
  readonly problems: Problem[] = [];
  readonly #names = new Set<string>();

  constructor(private readonly declared: Declarative, private readonly options: ParseOptions) {}

  routes(): Route[] {
    const { declared } = this;
    const general = this.#plugins(this.#placed((plugin) => plugin.service === undefined && plugin.route === undefined));
    const nested = declared.services.flatMap((service, index) => service.routes.map((route, at) => ({ route, service, place: ["services", index, "routes", at] })));
    const loose = declared.routes.map((route, at) => ({ route, service: route.service === undefined ? undefined : this.#serviceNamed(route.service, ["routes", route.name ?? at, 0]), place: ["routes", at] }));
    declared.services.forEach(({ name }, index) => this.#nameOnce("services", name, ["services", index]));
    const built = [...nested, ...loose].map(({ route, service, place }) => this.#route(route, service, general, place));
    return built.flat().sort((one, other) => one.matcher.compare(other.matcher));
  }

  #serviceNamed(name: string, place: Place): DeclaredService | undefined {
    const found = this.declared.services.find((service) => service.name === name || service.id === name);
    if (found === undefined) this.problems.push({ place, message: `invalid reference 'service: ${name}' (no such entry in 'services')` });
    return found;
  }

  #nameOnce(kind: "services" | "routes", name: string | undefined, place: Place): void {
    if (name === undefined) return;
    const key = `${kind} ${name}`;
    if (this.#names.has(key)) this.problems.push({ place, message: `uniqueness violation: '${kind}' entity with name set to '${name}' already declared` });
    this.#names.add(key);
  }

  #placed(isWanted: (plugin: DeclaredPlugin) => boolean): Placed[] {
    return this.declared.plugins.flatMap((plugin, index) => (isWanted(plugin) ? [{ plugin, place: ["plugins", index] }] : []));
  }

  #route(route: DeclaredRoute, service: DeclaredService | undefined, general: Plugins, place: Place): Route[] {
    const name = route.name ?? route.paths?.[0] ?? route.expression ?? "";
    this.#nameOnce("routes", route.name, place);
    const own = (plugins: readonly DeclaredPlugin[], at: Place): Placed[] => plugins.map((plugin, index) => ({ plugin, place: [...at, "plugins", index] }));
    const ofService = service === undefined ? [] : own(service.plugins, ["services", this.declared.services.indexOf(service)]);
    const plugins = {
      ...general,
      ...this.#plugins([...ofService, ...this.#placed((plugin) => plugin.service !== undefined && plugin.service === service?.name)]),
      ...this.#plugins([...own(route.plugins, place), ...this.#placed((plugin) => plugin.route !== undefined && plugin.route === route.name)]),
    };
    try {
      return [{ name, matcher: matcherOf(route, this.options.flavor), stripsPath: route.strip_path, preservesHost: route.preserve_host, upstream: service === undefined ? undefined : upstreamOf(service), plugins }];
    } catch (error) {
      this.problems.push({ place: [...place, "@entity", 0], message: `Router Expression failed validation: ${error instanceof Error ? error.message : String(error)}` });
      return [];
    }
  }

  #plugins(declared: readonly Placed[]): Plugins {
    const plugins: Record<string, unknown> = {};
    for (const { plugin: { name, config, enabled }, place } of declared) {
      if (!isPluginName(name) || !this.options.enabledPlugins.includes(name)) this.problems.push({ place: [...place, "name"], message: `plugin '${name}' not enabled; add it to the 'plugins' configuration property` });
      else if (Object.hasOwn(plugins, name)) this.problems.push({ place, message: `uniqueness violation: 'plugins' entity of '${name}' already declared` });
      else {
        const parsed = pluginSchemas[name].safeParse(config);
        if (!parsed.success) this.problems.push(...schemaProblems(parsed.error.issues, config, [...place, "config"]));
        else if (enabled) plugins[name] = parsed.data;
      }
    }
    return plugins as Plugins;
  }
}

type Placed = { plugin: DeclaredPlugin; place: Place };

function upstreamOf(service: DeclaredService): Upstream {
  const url = service.url === undefined ? undefined : new URL(service.url);
  const scheme = service.protocol ?? url?.protocol.replace(":", "") ?? "http";
  const protocol = scheme === "https" || scheme === "wss" ? "https" : "http";
  const port = service.port ?? (url === undefined || url.port === "" ? (protocol === "https" ? 443 : 80) : Number(url.port));
  return {
    name: service.name ?? "", protocol, host: url?.hostname ?? service.host ?? "", port, path: service.path ?? url?.pathname ?? "/", retries: service.retries,
    connectTimeoutMs: service.connect_timeout, readTimeoutMs: service.read_timeout, isVerified: service.tls_verify,
  };
}
