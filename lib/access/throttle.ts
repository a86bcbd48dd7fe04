import type { Db, Store } from "@/lib/adapters/store/types";
import { LimitExceededError } from "./errors";
import { hashSecretText } from "./secret-text";

/**
 * Slows down who guesses. Each attempt is counted in up to three buckets before it is judged, so that a burst of parallel
 * attempts cannot slip through: the network it comes from, the account from that network, and the account from anywhere.
 * The last one never refuses a network that has not failed on this account yet: nobody locks a person out by guessing.
 */

/** Attempts in a row that cost no waiting, by bucket; then 1 s, doubling up to 15 minutes. */
const freeAttempts = { network: 20, accountFromNetwork: 5, account: 10, proof: 5 } as const;
const longestWaitSeconds = 15 * 60;
/** A bucket without an attempt for this long starts over. */
const windowMs = 60 * 60_000;

type BucketKind = keyof typeof freeAttempts;
type Bucket = { key: string; failures: number; windowStartedAt: Date; blockedUntil: Date | null };
type Keyed = { kind: BucketKind; key: string };

/** Seconds to wait after `failures` attempts in a row when `free` of them cost nothing. */
export function waitAfter(failures: number, free: number): number {
  if (failures < free) return 0;
  return Math.min(longestWaitSeconds, 2 ** Math.min(failures - free, 20));
}

/** The network of an address as far as one person can usually choose within it: /24 of IPv4, /64 of IPv6. */
export function networkOf(ip: string | null): string {
  if (ip === null) return "unknown";
  if (ip.includes(".") && !ip.includes(":")) return `${ip.split(".").slice(0, 3).join(".")}.0/24`;
  return `${expandIpv6(ip).slice(0, 4).join(":")}::/64`;
}

function expandIpv6(ip: string): string[] {
  const [head = "", tail] = ip.toLowerCase().split("%")[0]?.split("::") ?? [];
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  return [...left, ...gap, ...right].map((part) => part.replace(/^0+(?=.)/, ""));
}

export type Attempt = {
  /** The guess was right: what it cost is given back. */
  succeed(tx: Db): Promise<void>;
};

/**
 * Counts an attempt to sign in.
 * @throws LimitExceededError with the seconds to wait; a refused attempt is not counted, so waiting always ends.
 */
export async function beginSignInAttempt(store: Store, input: { email: string; ip: string | null; now: Date }): Promise<Attempt> {
  const account = (await hashSecretText(input.email)).slice(0, 32);
  const network = networkOf(input.ip);
  const own = { kind: "accountFromNetwork", key: `sign-in:account-network:${account}:${network}` } as const;
  const keys: Keyed[] = [{ kind: "network", key: `sign-in:network:${network}` }, own, { kind: "account", key: `sign-in:account:${account}` }];
  await store.transaction(async (tx) => {
    const buckets = await readBuckets(tx, keys, input.now);
    const isNewHere = (buckets.get(own.key)?.failures ?? 0) === 0;
    refuseWhileBlocked([...buckets.values()].filter((bucket) => !(isNewHere && bucket.key.startsWith("sign-in:account:"))), input.now);
    await count(tx, keys, buckets, input.now);
  });
  return {
    async succeed(tx) {
      await tx.throttleBucket.deleteMany({ where: { key: { in: keys.slice(1).map((entry) => entry.key) } } });
      await tx.throttleBucket.updateMany({ where: { key: `sign-in:network:${network}`, failures: { gt: 0 } }, data: { failures: { decrement: 1 }, blockedUntil: null } });
      await tx.throttleBucket.deleteMany({ where: { windowStartedAt: { lt: new Date(input.now.getTime() - 24 * windowMs) } } });
    },
  };
}

/**
 * Counts an attempt to confirm a password inside a session, or at another door that is opened by one.
 * @throws LimitExceededError with the seconds to wait.
 */
export async function beginProofAttempt(store: Store, input: { subject: string; now: Date }): Promise<Attempt> {
  const keys: Keyed[] = [{ kind: "proof", key: `proof:${input.subject}` }];
  await store.transaction(async (tx) => {
    const buckets = await readBuckets(tx, keys, input.now);
    refuseWhileBlocked([...buckets.values()], input.now);
    await count(tx, keys, buckets, input.now);
  });
  return {
    async succeed(tx) {
      await tx.throttleBucket.deleteMany({ where: { key: { in: keys.map((entry) => entry.key) } } });
    },
  };
}

async function readBuckets(tx: Db, keys: readonly Keyed[], now: Date): Promise<Map<string, Bucket>> {
  const rows = await tx.throttleBucket.findMany({ where: { key: { in: keys.map((entry) => entry.key) } } });
  return new Map(rows.filter((row) => isCurrent(row, now)).map((row) => [row.key, row]));
}

function isCurrent(bucket: Bucket, now: Date): boolean {
  if (bucket.blockedUntil !== null && bucket.blockedUntil > now) return true;
  return now.getTime() - bucket.windowStartedAt.getTime() < windowMs;
}

function refuseWhileBlocked(buckets: readonly Bucket[], now: Date): void {
  const waits = buckets.map((bucket) => (bucket.blockedUntil === null ? 0 : bucket.blockedUntil.getTime() - now.getTime()));
  const longestMs = Math.max(0, ...waits);
  if (longestMs > 0) throw new LimitExceededError(Math.ceil(longestMs / 1000));
}

async function count(tx: Db, keys: readonly Keyed[], buckets: ReadonlyMap<string, Bucket>, now: Date): Promise<void> {
  for (const { kind, key } of keys) {
    const failures = (buckets.get(key)?.failures ?? 0) + 1;
    const waitSeconds = waitAfter(failures, freeAttempts[kind]);
    const blockedUntil = waitSeconds === 0 ? null : new Date(now.getTime() + waitSeconds * 1000);
    const data = { failures, windowStartedAt: now, blockedUntil };
    await tx.throttleBucket.upsert({ where: { key }, create: { key, ...data }, update: data });
  }
}
