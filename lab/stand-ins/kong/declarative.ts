import { createHash } from "node:crypto";
import { parse } from "yaml";
import { credentialsOf, type Credentials } from "./credentials";
import { isPluginName, pluginSchemas, type Plugins } from "./plugin-schemas";
import { matcherOf, type Matcher } from "./matcher";
import { declarativeSchema, type Declarative, type DeclaredPlugin, type DeclaredRoute, type DeclaredService } from "./schema";

export type Upstream = { name: string; protocol: "http" | "https"; host: string; port: number; path: string; retries: number; connectTimeoutMs: number; readTimeoutMs: number; isVerified: boolean };

export type Route = { name: string; matcher: Matcher; stripsPath: boolean; preservesHost: boolean; upstream: Upstream | undefined; plugins: Plugins };

/** A whole configuration, ready to serve. Never changed once it is there. */
export type Configuration = { hash: string; /** As the router tries them. */ routes: readonly Route[]; credentials: Credentials };

export type ParseOptions = { enabledPlugins: readonly string[]; flavor: "expressions" | "traditional_compatible" };

/** Why a file is refused; the message names every place in it. */
export class DeclarativeError extends Error {}

/** @throws DeclarativeError for a file that Kong would refuse, and for what the stand-in does not have. */
export function parseDeclarative(text: string, options: ParseOptions): Configuration {
  const parsed = declarativeSchema.safeParse(readText(text));
  if (!parsed.success) throw new DeclarativeError(parsed.error.issues.map(({ path, message }) => `in '${path.join(".")}': ${message}`).join("\n"));
  const builder = new Builder(parsed.data, options);
  const routes = builder.routes();
  if (builder.problems.length > 0) throw new DeclarativeError(builder.problems.join("\n"));
  // Kong's is the MD5 of the text too.
  return { hash: createHash("md5").update(text).digest("hex"), routes, credentials: credentialsOf(parsed.data) };
}

function readText(text: string): unknown {
  try {
    return text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw new DeclarativeError(`failed parsing declarative configuration: ${error instanceof Error ? error.message : String(error)}`);
  }
}

class Builder {
  readonly problems: string[] = [];
  readonly #names = new Set<string>();

  constructor(private readonly declared: Declarative, private readonly options: ParseOptions) {}

  routes(): Route[] {
    const { declared } = this;
    const general = this.#plugins(declared.plugins.filter((plugin) => plugin.service === undefined && plugin.route === undefined), "plugins");
    const nested = declared.services.flatMap((service) => service.routes.map((route) => ({ route, service })));
    const loose = declared.routes.map((route) => ({ route, service: route.service === undefined ? undefined : this.#serviceNamed(route.service, `route ${route.name ?? ""}`) }));
    for (const service of declared.services) this.#nameOnce("service", service.name);
    const built = [...nested, ...loose].map(({ route, service }) => this.#route(route, service, general));
    return built.flat().sort((one, other) => one.matcher.compare(other.matcher));
  }

  #serviceNamed(name: string, by: string): DeclaredService | undefined {
    const found = this.declared.services.find((service) => service.name === name || service.id === name);
    if (found === undefined) this.problems.push(`in '${by}': invalid reference 'services:${name}'`);
    return found;
  }

  #nameOnce(kind: string, name: string | undefined): void {
    if (name === undefined) return;
    const key = `${kind} ${name}`;
    if (this.#names.has(key)) this.problems.push(`in '${kind}': uniqueness violation: '${name}' is there twice`);
    this.#names.add(key);
  }

  #route(route: DeclaredRoute, service: DeclaredService | undefined, general: Plugins): Route[] {
    const name = route.name ?? route.paths?.[0] ?? route.expression ?? "";
    this.#nameOnce("route", route.name);
    const at = `routes.${name}`;
    const serviceName = service?.name;
    const placed = (kind: "service" | "route", wanted: string | undefined) => this.declared.plugins.filter((plugin) => wanted !== undefined && plugin[kind] === wanted);
    const plugins = {
      ...general,
      ...this.#plugins([...(service?.plugins ?? []), ...placed("service", serviceName)], `services.${serviceName ?? ""}`),
      ...this.#plugins([...route.plugins, ...placed("route", route.name)], at),
    };
    try {
      return [{ name, matcher: matcherOf(route, this.options.flavor), stripsPath: route.strip_path, preservesHost: route.preserve_host, upstream: service === undefined ? undefined : upstreamOf(service), plugins }];
    } catch (error) {
      this.problems.push(`in '${at}': Router Expression failed validation: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }

  #plugins(declared: readonly DeclaredPlugin[], at: string): Plugins {
    const plugins: Record<string, unknown> = {};
    for (const { name, config, enabled } of declared) {
      const place = `in '${at}.plugins.${name}'`;
      if (!isPluginName(name)) this.problems.push(`${place}: plugin '${name}' not enabled; add it to the 'plugins' configuration property (the lab stand-in does not have it)`);
      else if (!this.options.enabledPlugins.includes(name)) this.problems.push(`${place}: plugin '${name}' not enabled; add it to the 'plugins' configuration property`);
      else if (Object.hasOwn(plugins, name)) this.problems.push(`${place}: uniqueness violation`);
      else {
        const parsed = pluginSchemas[name].safeParse(config);
        if (!parsed.success) this.problems.push(...parsed.error.issues.map(({ path, message }) => `${place}: config.${path.join(".")}: ${message}`));
        else if (enabled) plugins[name] = parsed.data;
      }
    }
    return plugins as Plugins;
  }
}

function upstreamOf(service: DeclaredService): Upstream {
  const url = service.url === undefined ? undefined : new URL(service.url);
  const scheme = service.protocol ?? url?.protocol.replace(":", "") ?? "http";
  const protocol = scheme === "https" || scheme === "wss" ? "https" : "http";
  const port = service.port ?? (url === undefined || url.port === "" ? (protocol === "https" ? 443 : 80) : Number(url.port));
  return {
    name: service.name ?? "", protocol, host: url?.hostname ?? service.host ?? "", port, path: service.path ?? url?.pathname ?? "/", retries: service.retries,
    connectTimeoutMs: service.connect_timeout, readTimeoutMs: service.read_timeout, isVerified: service.tls_verify ?? false,
  };
}
