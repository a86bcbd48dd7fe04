import { z } from "zod";

/** Which key a request carried, as the gateway recognised it; never the key. `none`: no key, or one that it does not know. */
export const keyKinds = ["legacy-anon", "legacy-service", "publishable", "secret", "none"] as const;
export type KeyKind = (typeof keyKinds)[number];

/** One request as a gateway's access log tells of it. Holds no key, no query and no body. */
export type AccessLogEntry = {
  atMs: number;
  method: string;
  /** Without the query. */
  path: string;
  status: number;
  /** Id of the route that took it; null when none did. */
  routeId: string | null;
  durationMs: number;
  /** Address that the gateway counts as the client's. */
  client: string;
  key: KeyKind;
  userAgent: string;
};

const dash = (text: unknown) => (text === null || text === "-" ? "" : text);
const wholeNumber = z.preprocess((value) => Number(value), z.number().finite());

const line = z.object({
  time: z.string(),
  method: z.string().nullish(),
  path: z.string().nullish(),
  status: wholeNumber,
  route: z.preprocess(dash, z.string().default("")),
  durationMs: wholeNumber,
  client: z.string().nullish(),
  key: z.preprocess(dash, z.string().default("")),
  userAgent: z.preprocess(dash, z.string().default("")),
});

/** Reads a line of the gateway's JSON log; null for any other line (both gateways also write their own messages). */
export function parseAccessLog(text: string): AccessLogEntry | null {
  if (!text.startsWith("{")) return null;
  const parsed = line.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { time, method, path, status, route, durationMs, client, key, userAgent } = parsed.data;
  const atMs = Date.parse(time);
  if (Number.isNaN(atMs)) return null;
  const kind = keyKinds.find((known) => known === key) ?? "none";
  return { atMs, method: method ?? "", path: path ?? "", status, routeId: route === "" ? null : route, durationMs, client: client ?? "", key: kind, userAgent: userAgent.slice(0, 200) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
