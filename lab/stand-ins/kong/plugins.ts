import { acl, basicAuth, jwt, keyAuth } from "./authentication";
import { corsAnswer, corsPreflight } from "./cors";
import type { Configuration } from "./declarative";
import { message, type Answer, type Exchange, type Headers } from "./exchange";
import { ipRestriction, requestSizeLimiting, type RateCounters } from "./limits";
import type { Plugins } from "./plugin-schemas";
import { runAccessChunks, runAnswerChunks, transformAnswer, transformRequest } from "./transform";

export type PluginContext = { configuration: Configuration; counters: RateCounters; nowS: number };

type Step = (exchange: Exchange, plugins: Plugins, context: PluginContext) => Answer | undefined;

/** The plugins' access phases by Kong's priorities, the highest first; the number is Kong's own. */
const steps: readonly { priority: number; run: Step }[] = [
  { priority: 2000, run: (exchange, { cors }) => cors && corsPreflight(exchange, cors) },
  { priority: 1450, run: (exchange, plugins, { configuration, nowS }) => plugins.jwt && jwt(exchange, plugins.jwt, configuration.credentials, nowS) },
  { priority: 1250, run: (exchange, plugins, { configuration }) => plugins["key-auth"] && keyAuth(exchange, plugins["key-auth"], configuration.credentials) },
  { priority: 1100, run: (exchange, plugins, { configuration }) => plugins["basic-auth"] && basicAuth(exchange, plugins["basic-auth"], configuration.credentials) },
  { priority: 990, run: (exchange, plugins) => plugins["ip-restriction"] && ipRestriction(exchange, plugins["ip-restriction"]) },
  { priority: 951, run: (exchange, plugins) => plugins["request-size-limiting"] && requestSizeLimiting(exchange, plugins["request-size-limiting"]) },
  { priority: 950, run: (exchange, plugins) => plugins.acl && acl(exchange, plugins.acl) },
  { priority: 910, run: (exchange, plugins, { counters, nowS }) => plugins["rate-limiting"] && counters.limit(exchange, plugins["rate-limiting"], nowS) },
  { priority: 801, run: (exchange, plugins) => plugins["request-transformer"] && transformRequest(exchange, plugins["request-transformer"]) },
  { priority: 2, run: (_, plugins) => plugins["request-termination"] && terminate(plugins["request-termination"]) },
  { priority: -1000, run: (exchange, plugins, { nowS }) => plugins["post-function"] && runAccessChunks(exchange, plugins["post-function"], nowS) },
];

function terminate({ status_code, body, content_type, message: text }: NonNullable<Plugins["request-termination"]>): Answer {
  if (body === undefined) return message(status_code, text ?? (status_code === 503 ? "Service unavailable" : undefined));
  return { status: status_code, headers: content_type === undefined ? {} : { "content-type": content_type }, body };
}

/** What the plugins of the route answer themselves; undefined when the request goes on. */
export function runAccess(exchange: Exchange, context: PluginContext): Answer | undefined {
  for (const { run } of steps) {
    const answer = run(exchange, exchange.route.plugins, context);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** What the plugins change on an answer, the gateway's own as well as an upstream's. */
export function runHeaderFilter(exchange: Exchange, answer: Headers): void {
  const { cors, "response-transformer": transformer, "post-function": functions } = exchange.route.plugins;
  if (cors !== undefined) corsAnswer(exchange, cors, answer);
  if (transformer !== undefined) transformAnswer(transformer, answer);
  if (functions !== undefined) runAnswerChunks(exchange, functions, answer);
}
