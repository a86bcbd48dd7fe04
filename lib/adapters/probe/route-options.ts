import { isIPv6, type LookupFunction } from "node:net";
import type { ContractRoute } from "@/lib/gateway/contract";

/** Options of a connection that goes to a fixed address under a name: DNS is not asked, and the certificate is judged as `trust` says. */
export function routeOptions({ host, trust }: ContractRoute): { lookup: LookupFunction; ca?: string; rejectUnauthorized?: boolean } {
  const found = { address: host, family: isIPv6(host) ? 6 : 4 };
  const lookup: LookupFunction = (_hostname, options, done) => (options.all === true ? done(null, [found]) : done(null, found.address, found.family));
  if (trust.kind === "root") return { lookup, ca: trust.pem };
  // Its names and dates were judged before: the authority alone is not known.
  return trust.kind === "names-only" ? { lookup, rejectUnauthorized: false } : { lookup };
}
