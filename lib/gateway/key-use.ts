import type { AccessLogEntry, KeyKind } from "./access-log";
import { checkUserAgent } from "./contract";
import { openMcpRouteId } from "./precedence";

/** One line of the count: how often a key of a kind was used on a route, within an hour, from one network by one program. */
export type KeyUseCount = { hourMs: number; key: KeyKind; routeId: string; network: string; userAgent: string; count: number; lastAtMs: number };

const hourMs = 3_600_000;
/** Different programs and networks per project and hour that are kept apart; beyond it they count as `other`, so that a scanner fills no store. */
const keptApartMax = 200;

/** Under it stands what an opened MCP route refused, in the place of its id: who was kept out used nothing. */
export const refusedMcpRouteId = "mcp-refused";
const refusals = [401, 403, 429];

/**
 * Counts the requests that carry a legacy key, and every request to an opened MCP route, without those with which the panel proves a
 * project: with them, every key would be in use for ever. Whoever names the panel's program hides no more than their own use of a key that
 * they hold anyway; at the MCP route only what the panel itself sends is passed over, which runs no SQL.
 */
export class KeyUseCounter {
  #counts = new Map<string, KeyUseCount>();

  add(entry: AccessLogEntry): void {
    const isLegacy = entry.key === "legacy-anon" || entry.key === "legacy-service";
    if (!isLegacy && entry.routeId !== openMcpRouteId) return;
    if (isOwnCheck(entry)) return;
    const about = { hourMs: Math.floor(entry.atMs / hourMs) * hourMs, key: entry.key, routeId: countedRouteId(entry.routeId ?? "", entry.status) };
    const own = { ...about, network: networkOf(entry.client), userAgent: entry.userAgent };
    // Whoever is kept out must not take the lines of those who use it.
    const isKeptApart = isLegacy || about.routeId !== refusedMcpRouteId;
    const hasPlace = this.#counts.has(keyOf(own)) || this.#counts.size < keptApartMax;
    this.#count(isKeptApart && hasPlace ? own : { ...about, network: "other", userAgent: "other" }, 1, entry.atMs);
  }

  /**
   * Takes requests with a legacy key that a gateway counted by itself, as Kong does: it tells neither who sent them nor with which program. The panel's checks
   * it counts for no key (`uncountedCheckLua`); at the MCP route nothing tells them from anybody else's without one.
   */
  addCounted({ atMs, key, routeId, status, count }: { atMs: number; key: KeyKind; routeId: string; status: number; count: number }): void {
    if (count <= 0 || (key !== "legacy-anon" && key !== "legacy-service")) return;
    this.#count({ hourMs: Math.floor(atMs / hourMs) * hourMs, key, routeId: countedRouteId(routeId, status), network: "unknown", userAgent: "" }, count, atMs);
  }

  #count(use: Omit<KeyUseCount, "count" | "lastAtMs">, count: number, atMs: number): void {
    const known = this.#counts.get(keyOf(use));
    if (known === undefined) this.#counts.set(keyOf(use), { ...use, count, lastAtMs: atMs });
    else Object.assign(known, { count: known.count + count, lastAtMs: Math.max(known.lastAtMs, atMs) });
  }

  /** Gives what was counted since the last call and starts anew. */
  take(): KeyUseCount[] {
    const taken = [...this.#counts.values()];
    this.#counts = new Map();
    return taken;
  }
}

/** At the MCP route the panel asks with GET alone, and only what comes with POST runs SQL. */
function isOwnCheck({ userAgent, routeId, method }: AccessLogEntry): boolean {
  return userAgent === checkUserAgent && (routeId !== openMcpRouteId || method === "GET");
}

function countedRouteId(routeId: string, status: number): string {
  return routeId === openMcpRouteId && refusals.includes(status) ? refusedMcpRouteId : routeId;
}

function keyOf({ hourMs: hour, key, routeId, network, userAgent }: Omit<KeyUseCount, "count" | "lastAtMs">): string {
  return JSON.stringify([hour, key, routeId, network, userAgent]);
}

/** The network that an address belongs to, wide enough to tell offices apart and not people: /24 of IPv4, /48 of IPv6. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const v4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(mapped)?.[1];
  if (v4 !== undefined) return `${v4}.0/24`;
  if (!mapped.includes(":")) return "unknown";
  const head = mapped.split("::")[0] ?? "";
  const groups = [...head.split(":").filter((group) => group !== ""), "0", "0", "0"].slice(0, 3);
  return `${groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, "")).join(":")}::/48`;
}
