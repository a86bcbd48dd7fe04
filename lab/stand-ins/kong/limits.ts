import { networkTest } from "./expression";
import { message, type Answer, type Exchange } from "./exchange";
import type { PluginConfig } from "./plugin-schemas";

export function ipRestriction({ asked: { clientAddress } }: Exchange, { allow, deny, status = 403, message: text }: PluginConfig<"ip-restriction">): Answer | undefined {
  const isIn = (networks: readonly string[]) => networks.some((network) => networkTest(network)(clientAddress));
  const isBlocked = (deny !== undefined && isIn(deny)) || (allow !== undefined && allow.length > 0 && !isIn(allow));
  return isBlocked ? message(status, text ?? `IP address not allowed: ${clientAddress}`) : undefined;
}

const unitBytes = { bytes: 1, kilobytes: 1024, megabytes: 1_048_576 };

/** The largest body that a route takes. */
export const bodyLimitBytes = ({ allowed_payload_size, size_unit }: PluginConfig<"request-size-limiting">) => allowed_payload_size * unitBytes[size_unit];

/** What the length that a request tells says; a body without one is counted where it is read. */
export function requestSizeLimiting({ asked: { headers } }: Exchange, config: PluginConfig<"request-size-limiting">): Answer | undefined {
  const length = headers.get("content-length")?.[0];
  if (length === undefined) return config.require_content_length && headers.get("transfer-encoding")?.[0] !== "chunked" ? message(411, "A valid Content-Length header is required") : undefined;
  if (Number(length) <= bodyLimitBytes(config)) return undefined;
  return message(headers.get("expect")?.[0]?.toLowerCase() === "100-continue" ? 417 : 413, "Request size limit exceeded");
}

const periodS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
type Period = keyof typeof periodS;

/** Counters of Kong's `local` policy: fixed windows that begin with the clock's second, minute, hour or day. */
export class RateCounters {
  readonly #counts = new Map<string, { count: number; endsAtS: number }>();

  limit(exchange: Exchange, config: PluginConfig<"rate-limiting">, nowS: number): Answer | undefined {
    const who = `${exchange.route.name}\n${identifierOf(exchange, config)}`;
    const windows = (Object.keys(periodS) as Period[]).flatMap((period) => {
      const limit = config[period];
      const start = Math.floor(nowS / periodS[period]) * periodS[period];
      return limit === undefined ? [] : [{ limit, key: `${period}\n${String(start)}\n${who}`, endsAtS: start + periodS[period] }];
    });
    if (windows.some(({ key, limit }) => (this.#counts.get(key)?.count ?? 0) >= limit)) return message(config.error_code, config.error_message);
    // Not before others are judged: requests at once all pass. Source: the timer in `kong/plugins/rate-limiting/handler.lua`.
    setImmediate(() => this.#count(windows, nowS));
    return undefined;
  }

  #count(windows: readonly { key: string; endsAtS: number }[], nowS: number): void {
    for (const { key, endsAtS } of windows) this.#counts.set(key, { count: (this.#counts.get(key)?.count ?? 0) + 1, endsAtS });
    if (this.#counts.size > 10_000) for (const [key, { endsAtS }] of this.#counts) if (endsAtS <= nowS) this.#counts.delete(key);
  }
}

function identifierOf({ identity, asked, route }: Exchange, config: PluginConfig<"rate-limiting">): string {
  const of: Record<typeof config.limit_by, string | undefined> = {
    consumer: identity?.consumer.id, credential: identity?.credentialId, ip: undefined, service: route.upstream?.name,
    header: asked.headers.get(config.header_name?.toLowerCase() ?? "")?.[0], path: config.path === asked.path ? asked.path : undefined,
  };
  return of[config.limit_by] ?? asked.clientAddress;
}
