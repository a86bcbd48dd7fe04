import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** A network in CIDR form, split for the gateways: `10.1.0.0/16` is `{ address: "10.1.0.0", prefixLength: 16 }`. */
export type Network = { address: string; prefixLength: number };

/** The network that a text names, an address alone being a network of one; undefined when it names none or has bits set beyond its prefix. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const bits = parsed.kind() === "ipv4" ? 32 : 128;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const prefixLength = length === undefined ? bits : Number(length);
  if (prefixLength > bits) return undefined;
  const network = { address: parsed.toString(), prefixLength };
  return firstAddress(parsed, prefixLength) === network.address ? network : undefined;
}

function firstAddress(address: Address, prefixLength: number): string {
  const bytes = address.toByteArray().map((byte, index) => byte & (0xff << Math.max(0, Math.min(8, 8 - (prefixLength - index * 8)))) & 0xff);
  return ipaddr.fromByteArray(bytes).toString();
}

/** Whether an address lies in one of the networks; false for a text that is no address. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  return networks.some((text) => {
    const network = parseNetwork(text);
    if (network === undefined) return false;
    const start = ipaddr.parse(network.address);
    return start.kind() === parsed.kind() && parsed.match(start, network.prefixLength);
  });
}

/** The networks that lie in both lists, in CIDR form. Two networks overlap only when one holds the other. */
export function networksWithin(some: readonly string[], others: readonly string[]): string[] {
  const isHeldBy = (text: string, holders: readonly string[]) => {
    const network = parseNetwork(text);
    return network !== undefined && holders.some((holder) => (parseNetwork(holder)?.prefixLength ?? 129) <= network.prefixLength && isInNetworks(network.address, [holder]));
  };
  return [...new Set([...some.filter((network) => isHeldBy(network, others)), ...others.filter((network) => isHeldBy(network, some))])];
}

/** Whether the text is an IP address in its usual form. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

/** Never an upstream, whoever lists them: Envoy's own admin port answers on loopback, cloud credentials on link-local. */
const forbiddenRanges = new Set(["loopback", "linkLocal", "unspecified", "broadcast", "multicast"]);

/**
 * Whether a gateway may connect to this address for an external route. Private, shared and reserved ranges pass only when an
 * owner listed a network that holds them; loopback, link-local (cloud metadata) and multicast never.
 */
export function isPermittedUpstreamAddress(address: string, allowedNetworks: readonly string[]): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  const range = parsed.range();
  if (forbiddenRanges.has(range)) return false;
  return range === "unicast" || isInNetworks(address, allowedNetworks);
}
