import { ConflictError } from "@/lib/access/errors";

/**
 * Host ports and subnets are allocated in the store, under unique indexes, before anything touches the engine.
 * These functions only choose; the insert decides, and a lost race is tried again by the caller.
 */

export type PortPurpose = "gateway" | "gateway-inner" | "gateway-beside" | "pooler-session" | "pooler-transaction" | "database";

const portRange: Record<PortPurpose, { first: number; last: number }> = {
  gateway: { first: 8100, last: 8999 },
  "pooler-session": { first: 15432, last: 16431 },
  "pooler-transaction": { first: 16543, last: 17542 },
  database: { first: 25432, last: 26431 },
  /** On loopback, behind the edge. */
  "gateway-inner": { first: 27100, last: 27999 },
  /** On loopback, beside the gateway that serves. The range is shared: the two exchange their purposes when the gateways do. */
  "gateway-beside": { first: 27100, last: 27999 },
};

/**
 * First port of the purpose's range that is neither taken nor avoided.
 * @throws ConflictError when the whole range is taken.
 */
export function choosePort(purpose: PortPurpose, taken: ReadonlySet<number>): number {
  const { first, last } = portRange[purpose];
  for (let port = first; port <= last; port++) if (!taken.has(port)) return port;
  throw new ConflictError("no-port-left", `All ports from ${first} to ${last} belong to projects. Purge one from the trash, or choose a port yourself under Options.`);
}

/**
 * Subnets of one installation: 1,024 /26 blocks of `10.<200..249>.0.0/16` (RFC 1918, as the database image's pg_hba accepts),
 * the second octet drawn from the installation's id so that two installations on one host rarely meet.
 */
export function subnetPool(instanceId: string): string {
  let sum = 0;
  for (const character of instanceId) sum = (sum * 31 + character.charCodeAt(0)) % 50;
  return `10.${200 + sum}`;
}

const blocksPerPool = 1024;

/** The n-th /26 of the pool, n from 0 to 1023. */
function subnetAt(pool: string, index: number): string {
  return `${pool}.${Math.floor(index / 4)}.${(index % 4) * 64}/26`;
}

/**
 * First free /26 of the pool that overlaps none of `taken` (CIDRs of other projects, of the host's routes and of foreign networks).
 * @throws ConflictError when none is left.
 */
export function chooseSubnet(pool: string, taken: readonly string[]): string {
  for (let index = 0; index < blocksPerPool; index++) {
    const subnet = subnetAt(pool, index);
    if (!overlapsAny(subnet, taken)) return subnet;
  }
  throw new ConflictError("no-subnet-left", `No /26 subnet is left in ${pool}.0.0/16. Purge a project from the trash first.`);
}

/** Whether a CIDR shares an address with any of `others`; what is not an IPv4 CIDR is passed over. */
export function overlapsAny(cidr: string, others: readonly string[]): boolean {
  const range = parseCidr(cidr);
  if (range === null) return false;
  return others.some((text) => {
    const other = parseCidr(text);
    return other !== null && range.first <= other.last && other.first <= range.last;
  });
}

/** First and last address of an IPv4 CIDR as numbers; null when it is not one. */
export function parseCidr(cidr: string): { first: number; last: number } | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return null;
  const [a, b, c, d, bits] = match.slice(1).map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined || bits === undefined) return null;
  if ([a, b, c, d].some((octet) => octet > 255) || bits > 32) return null;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - bits);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}
