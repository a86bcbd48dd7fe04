import type { Answer, Exchange, Headers } from "./exchange";
import type { PluginConfig } from "./plugin-schemas";

type Config = PluginConfig<"cors">;

const plainOrigin = /^[A-Za-z0-9.:/-]+$/;

/** `Access-Control-Allow-Origin` for a page; undefined when it may not read. Several origins are compared one by one, others than plain text as regular expressions. */
function allowedOrigin({ origins = [] }: Config, origin: string | undefined): string | undefined {
  const [only] = origins;
  if (only === undefined || (origins.length === 1 && only === "*")) return "*";
  if (origins.length === 1 && plainOrigin.test(only)) return only;
  if (origin === undefined) return undefined;
  for (const entry of origins) {
    if (entry === "*") return "*";
    const isFound = plainOrigin.test(entry) ? entry === origin : new RegExp(`^(?:${entry.replace(/^\^/, "").replace(/\$$/, "")})$`).test(origin);
    if (isFound) return origin;
  }
  return undefined;
}

function originHeaders(config: Config, origin: string | undefined): Record<string, string> {
  const allowed = allowedOrigin(config, origin);
  const vary: Record<string, string> = allowed === "*" && !config.credentials ? {} : { vary: "Origin" };
  if (allowed === undefined) return vary;
  if (!config.credentials) return { ...vary, "access-control-allow-origin": allowed };
  return { ...vary, "access-control-allow-origin": allowed === "*" ? (origin ?? "*") : allowed, "access-control-allow-credentials": "true" };
}

/** Answers a preflight, whoever asks. */
export function corsPreflight(exchange: Exchange, config: Config): Answer | undefined {
  const { headers, method } = exchange.asked;
  const origin = headers.get("origin")?.[0];
  if (method !== "OPTIONS" || origin === undefined || !headers.has("access-control-request-method")) return undefined;
  exchange.isCorsDone = true;
  if (config.preflight_continue) return undefined;
  const asked = headers.get("access-control-request-headers")?.[0];
  const allowedHeaders = config.headers !== undefined && config.headers.length > 0 ? config.headers.join(",") : asked;
  return {
    status: 200,
    headers: {
      ...originHeaders(config, origin),
      ...(allowedHeaders === undefined ? {} : { "access-control-allow-headers": allowedHeaders }),
      "access-control-allow-methods": config.methods.join(","),
      ...(config.max_age === undefined ? {} : { "access-control-max-age": String(config.max_age) }),
    },
    body: "",
  };
}

/** What an answer tells a browser, over whatever the upstream told it. */
export function corsAnswer(exchange: Exchange, config: Config, answer: Headers): void {
  const origin = exchange.asked.headers.get("origin")?.[0];
  if (exchange.isCorsDone) return;
  answer.delete("access-control-allow-origin");
  for (const [name, value] of Object.entries(originHeaders(config, origin))) answer.set(name, name === "vary" ? [...(answer.get("vary") ?? []), value] : [value]);
  if (config.exposed_headers !== undefined && config.exposed_headers.length > 0) answer.set("access-control-expose-headers", [config.exposed_headers.join(",")]);
}
