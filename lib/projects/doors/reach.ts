import ipaddr from "ipaddr.js";
import type { Reach } from "@/lib/access/doors-protocol";

/** RFC 1918, RFC 6598 (carrier-grade NAT, also what VPN meshes use), RFC 4193 and link-local: not routed on the internet. */
const networkRanges = new Set(["private", "carrierGradeNat", "uniqueLocal", "linkLocal"]);

/** Who gets to a port on this address of a host. Whatever is not known to be narrower counts as open to everyone. */
export function reachOf(address: string): Reach {
  const bare = address.replace(/%.*$/, "");
  if (!ipaddr.isValid(bare)) return "everyone";
  const range = ipaddr.process(bare).range();
  if (range === "loopback") return "loopback";
  return networkRanges.has(range) ? "network" : "everyone";
}

/** Whether the address stands for every address of its family. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}
