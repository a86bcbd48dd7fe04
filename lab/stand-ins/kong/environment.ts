import { isPluginName, pluginSchemas } from "./plugin-schemas";

export type Address = { host: string; port: number };

/** What the container's environment says, as Kong names it. */
export type Environment = {
  configFile: string;
  flavor: "expressions" | "traditional_compatible";
  enabledPlugins: readonly string[];
  proxy: Address;
  /** null: off. */
  admin: Address | null;
  status: Address | null;
  /** Port that clients use → port listened on, turned round. */
  portMap: ReadonlyMap<number, number>;
  trustedIps: readonly string[];
  /** Answers name their route to whoever sends `Kong-Debug: 1`. */
  hasDebugHeader: boolean;
  prefix: string;
};

type Variables = Readonly<Record<string, string | undefined>>;

const listOf = (text: string | undefined) => (text ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");

function addressOf(name: string, text: string): Address | null {
  if (text === "off") return null;
  const [first = ""] = listOf(text);
  const found = /^\[?([^\]\s]+?)\]?:(\d+)(\s|$)/.exec(first);
  if (found === null) throw new Error(`${name}: must be of form: [off] | <ip>:<port> […], not ${text}`);
  return { host: found[1] ?? "", port: Number(found[2]) };
}

function pluginsOf(text: string | undefined): string[] {
  const bundled = Object.keys(pluginSchemas);
  const names = listOf(text ?? "bundled").flatMap((name) => (name === "bundled" ? bundled : [name]));
  const unknown = names.find((name) => !isPluginName(name));
  if (unknown !== undefined) throw new Error(`error loading plugin schemas: on plugin '${unknown}': module not found (the lab stand-in has ${bundled.join(", ")})`);
  return names;
}

/** Reads the environment. Throws for what Kong refuses, and for what the stand-in does not do. */
export function readEnvironment(variables: Variables): Environment {
  if (variables.KONG_DATABASE !== "off") throw new Error("KONG_DATABASE: the lab stand-in runs without a database only (off)");
  const flavor = variables.KONG_ROUTER_FLAVOR ?? "traditional_compatible";
  if (flavor !== "expressions" && flavor !== "traditional_compatible") throw new Error(`KONG_ROUTER_FLAVOR: the lab stand-in has expressions and traditional_compatible, not ${flavor}`);
  const proxy = addressOf("KONG_PROXY_LISTEN", variables.KONG_PROXY_LISTEN ?? "0.0.0.0:8000");
  if (proxy === null) throw new Error("KONG_PROXY_LISTEN: the lab stand-in serves nothing else");
  return {
    configFile: variables.KONG_DECLARATIVE_CONFIG ?? "",
    flavor,
    enabledPlugins: pluginsOf(variables.KONG_PLUGINS),
    proxy,
    admin: addressOf("KONG_ADMIN_LISTEN", variables.KONG_ADMIN_LISTEN ?? "127.0.0.1:8001"),
    status: addressOf("KONG_STATUS_LISTEN", variables.KONG_STATUS_LISTEN ?? "off"),
    portMap: new Map(listOf(variables.KONG_PORT_MAPS).map((pair) => pair.split(":").map(Number) as [number, number]).map(([outer, inner]) => [inner, outer])),
    trustedIps: listOf(variables.KONG_TRUSTED_IPS),
    hasDebugHeader: variables.KONG_ALLOW_DEBUG_HEADER === "on",
    prefix: variables.KONG_PREFIX ?? "/usr/local/kong",
  };
}
