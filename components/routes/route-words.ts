import { formatBytes } from "@/components/ui/format-units";
import type { GatewayRoute, HeaderMatch, RateLimit } from "@/lib/gateway/routes";

/** What the cells of the table of routes say. */

const accessNames: Record<GatewayRoute["access"], string> = {
  open: "Everyone",
  bypass: "Everyone",
  "any-key": "Any API key",
  "opaque-key": "Publishable or secret key",
  "service-key": "Service role key",
  "user-jwt": "Signed-in user",
  "basic-auth": "Dashboard login",
};

/** Who may pass. */
export function accessName(route: GatewayRoute): string {
  if (route.target.kind === "answer") return route.target.status === 403 ? "Nobody" : "Service is off";
  const isOpen = route.access === "open" || route.access === "bypass";
  return isOpen && route.ipAllow?.some((network) => network.endsWith("/0")) === false ? "Listed addresses" : accessNames[route.access];
}

/** Where requests go. */
export function upstreamName({ target }: GatewayRoute): string {
  if (target.kind === "service") return target.service;
  if (target.kind === "external") return target.origin;
  return `Answers ${target.status}`;
}

const seconds = (milliseconds: number) => (milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`);

/** When an answer is cut off, and when silence ends it. */
export function timeoutText({ target, timeoutMs, idleTimeoutMs }: GatewayRoute): string {
  if (target.kind === "answer") return "–";
  if (timeoutMs === undefined) return idleTimeoutMs === undefined || idleTimeoutMs === 0 ? "None" : `${seconds(idleTimeoutMs)} of silence`;
  return idleTimeoutMs === undefined || idleTimeoutMs === 0 ? seconds(timeoutMs) : `${seconds(timeoutMs)}, or ${seconds(idleTimeoutMs)} of silence`;
}

/** The same where no head of a column says what it is. */
export function timeoutSentence(route: GatewayRoute): string | null {
  const text = timeoutText(route);
  if (text === "–") return null;
  return text === "None" ? "No timeout" : `Timeout ${text}`;
}

/** Which pages may read answers in a browser. */
export function corsText({ target, cors }: GatewayRoute): string {
  if (target.kind === "answer") return "–";
  if (cors === undefined || cors === "any") return "Every page";
  if (cors === "project") return "The project's own pages";
  const [first, ...more] = cors.origins;
  if (first === undefined) return "No other page";
  const origins = cors.origins.includes("*") ? "Every page" : more.length === 0 ? first : `${first} and ${more.length} more`;
  return cors.allowsCredentials ? `${origins}, with cookies` : origins;
}

/** How often one may ask. */
export function rateText({ requestsPerSecond, burst, per }: RateLimit): string {
  return `${requestsPerSecond}/s per ${per === "ip" ? "IP" : "key"}, ${burst} at once`;
}

/** What else is limited at this moment: how often, from where, how much, until when. */
export function limitTexts({ rateLimit, ipAllow, maxBodyBytes, closesAtMs }: GatewayRoute, nowMs: number): string[] {
  const [first, ...more] = ipAllow ?? [];
  return [
    rateLimit === undefined ? null : rateText(rateLimit),
    first === undefined ? null : more.length === 0 ? `From ${first}` : `From ${first} and ${more.length} more`,
    maxBodyBytes === undefined ? null : `Bodies to ${formatBytes(maxBodyBytes)}`,
    closesAtMs === undefined ? null : `${closesAtMs <= nowMs ? "Closed since" : "Closes"} ${new Date(closesAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`,
  ].filter((text) => text !== null);
}

/** A condition on a header, as short as it can be said. */
export function headerText(condition: HeaderMatch): string {
  switch (condition.kind) {
    case "present":
      return `${condition.name} is there`;
    case "absent":
      return `no ${condition.name}`;
    case "exact":
      return `${condition.name}: ${condition.value}`;
    case "prefix":
      return `${condition.name}: ${condition.value}…`;
    case "regex":
      return `${condition.name} ~ ${condition.value}`;
  }
}

/** What stands before the path. A prefix is no folder: `/x-b` also takes `/x-body`. */
export const pathKindNames: Record<GatewayRoute["match"]["kind"], string> = { prefix: "starts with", exact: "is exactly", regex: "matches" };
