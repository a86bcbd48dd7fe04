import type { OwnAccess, OwnRoute } from "./route-model";
import type { CorsRule, RateLimit } from "./routes";

/**
 * What a route takes, as short as it can be said: `/hooks/`, `GET, POST /hooks/`, `/hooks/ with the header x-tenant`. A prefix without a slash at its end
 * takes more than a reader would think (`/x-b` also `/x-body`), so it is called one.
 */
export function matchWords({ match: { path, methods, headers } }: Pick<OwnRoute, "match">): string {
  const where = path.kind === "regex" ? `the expression ${path.value}` : path.kind === "prefix" && !path.value.endsWith("/") ? `what starts with ${path.value}` : path.value;
  const conditions = headers.length === 0 ? "" : ` with the header${headers.length === 1 ? "" : "s"} ${headers.map(({ name }) => name).join(", ")}`;
  return `${methods.length === 0 ? "" : `${methods.join(", ")} `}${where}${conditions}`;
}

/** Where a route sends requests. */
export function upstreamWords({ upstream }: Pick<OwnRoute, "upstream">): string {
  if (upstream.kind === "service") return upstream.service;
  if (upstream.kind === "none") return "nobody";
  return upstream.forwardsCredentials ? `${upstream.origin}, with keys, tokens and cookies of the caller` : upstream.origin;
}

const accessSentence: Record<OwnAccess, (at: string) => string> = {
  open: (at) => `opens ${at} to everyone`,
  "any-key": (at) => `lets every API key pass at ${at}`,
  "opaque-key": (at) => `lets the publishable and the secret key alone pass at ${at}`,
  "service-key": (at) => `lets the service role's key alone pass at ${at}`,
  dashboard: (at) => `asks at ${at} for the dashboard's login`,
  "user-jwt": (at) => `lets signed-in users alone pass at ${at}`,
  denied: (at) => `closes ${at} to everyone`,
};

/** Who may pass from now on. */
export function accessWords(route: Pick<OwnRoute, "match" | "access">): string {
  return accessSentence[route.access](matchWords(route));
}

const sideWords = { above: "above the built-in routes", below: "below the built-in routes" };

/** Where a route went in the order. */
export function positionWords(at: string, old: OwnRoute, now: OwnRoute): string {
  if (old.position.side !== now.position.side) return `moves ${at} ${sideWords[now.position.side]}`;
  return `moves ${at} ${now.position.order < old.position.order ? "up" : "down"} among the routes ${sideWords[now.position.side]}`;
}

/** What the upstream sees of the path. */
export function rewriteWords(at: string, rewrite: string | null): string {
  return rewrite === null ? `passes ${at} on with its path as it is` : `passes ${at} on as ${rewrite}`;
}

/** From where one may ask. */
export function ipWords(at: string, ipAllow: readonly string[]): string {
  return ipAllow.length === 0 ? `lets every address ask for ${at}` : `lets only ${ipAllow.join(", ")} ask for ${at}`;
}

/** How often one may ask. */
export function limitWords(at: string, limit: RateLimit | null): string {
  if (limit === null) return `no longer limits how often ${at} is asked`;
  return `limits ${at} to ${limit.requestsPerSecond} requests/s per ${limit.per === "ip" ? "IP" : "key"}, ${limit.burst} at once`;
}

/** Which pages may read answers. */
export function corsWords(at: string, cors: CorsRule | null): string {
  if (cors === null) return `takes CORS of ${at} back to the project's`;
  const credentials = cors.allowsCredentials ? ", with cookies" : "";
  if (cors.origins.length === 0) return `lets no page of another origin read ${at}`;
  return `lets ${cors.origins.includes("*") ? "every page" : `pages of ${cors.origins.join(", ")}`} read ${at}${credentials}`;
}

/** Headers that are written or taken off. Values stay out: they may be secrets. */
export function headerWords(at: string, old: OwnRoute["requestHeaders"], now: OwnRoute["requestHeaders"], which: "request" | "response"): string[] {
  // A route that was stored with one header twice has not changed for that.
  if (JSON.stringify(old) === JSON.stringify(now)) return [];
  const before = new Map(old.set.map(({ name, value }) => [name, value]));
  const after = new Set(now.set.map(({ name }) => name));
  return [
    ...now.set.filter(({ name, value }) => before.get(name) !== value).map(({ name }) => `${before.has(name) ? "changes" : "sets"} the ${which} header ${name} on ${at}`),
    ...old.set.filter(({ name }) => !after.has(name)).map(({ name }) => `no longer sets the ${which} header ${name} on ${at}`),
    ...now.remove.filter((name) => !old.remove.includes(name)).map((name) => `takes the ${which} header ${name} off ${at}`),
    ...old.remove.filter((name) => !now.remove.includes(name)).map((name) => `lets the ${which} header ${name} pass on ${at} again`),
  ];
}

const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;

/** When an answer is cut off. */
export function timeoutWords(at: string, timeoutMs: number | null): string {
  return timeoutMs === null ? `lets answers of ${at} take as long as they need` : `ends answers of ${at} after ${seconds(timeoutMs)}`;
}

/** When silence ends a stream. */
export function idleWords(at: string, idleTimeoutMs: number | null): string {
  if (idleTimeoutMs === 0) return `never ends ${at} for silence`;
  return `ends ${at} after ${seconds(idleTimeoutMs ?? 300_000)} of silence`;
}

/** How often it is tried again. */
export function retryWords(at: string, attempts: number): string {
  return attempts === 0 ? `never tries ${at} again` : `tries ${at} again up to ${attempts} times`;
}

/** How large a request may be. */
export function bodyWords(at: string, maxBodyBytes: number | null): string {
  return maxBodyBytes === null ? `no longer limits the size of requests to ${at}` : `refuses requests to ${at} that are larger than ${maxBodyBytes} bytes`;
}
