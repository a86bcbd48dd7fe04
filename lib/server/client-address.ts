import { BlockList, isIP } from "node:net";
import http from "node:http";

/** Header in which this process itself writes who is at the other end. What a client sends under this name is thrown away. */
export const addressHeader = "x-basehold-client-address";

const slot = Symbol.for("basehold.web.client-address");
type Holder = { [slot]?: true };

/**
 * Who is at the other end: the socket's address, or, when that is a trusted proxy, the last address in `X-Forwarded-For`
 * that is not one. Anyone can send that header, so an untrusted peer is never believed.
 */
export function chooseClientAddress(peer: string | undefined, forwardedFor: string | undefined, isTrusted: (address: string) => boolean): string | null {
  const hops = (forwardedFor ?? "").split(",").map((hop) => normaliseAddress(hop.trim())).filter((hop) => hop !== null);
  let address = normaliseAddress(peer ?? "");
  while (address !== null && isTrusted(address)) {
    const before = hops.pop();
    if (before === undefined) break;
    address = before;
  }
  return address;
}

function normaliseAddress(text: string): string | null {
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(plain) === 0 ? null : plain;
}

/** A predicate for a list of addresses and CIDRs. Throws, naming the entry, when one is neither. */
export function trustedProxies(list: readonly string[]): (address: string) => boolean {
  const blocks = new BlockList();
  for (const entry of list) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (isIP(address) === 0) throw new Error(`BASEHOLD_TRUSTED_PROXIES holds ${entry}, which is neither an address nor a CIDR.`);
    if (prefix === undefined) blocks.addAddress(address, family);
    else blocks.addSubnet(address, Number(prefix), family);
  }
  return (address) => blocks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** Makes every HTTP server of this process write the client's address into its own header before anything reads the request. */
export function installClientAddress(isTrusted: (address: string) => boolean): void {
  const holder = globalThis as Holder;
  if (holder[slot]) return;
  holder[slot] = true;
  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (this: http.Server, event: string | symbol, ...args: unknown[]): boolean {
    const [request] = args;
    if (event === "request" && request instanceof http.IncomingMessage) markAddress(request, isTrusted);
    return Reflect.apply(emit, this, [event, ...args]);
  };
}

function markAddress(request: http.IncomingMessage, isTrusted: (address: string) => boolean): void {
  const forwarded = request.headers["x-forwarded-for"];
  const address = chooseClientAddress(request.socket.remoteAddress, Array.isArray(forwarded) ? forwarded.join(",") : forwarded, isTrusted);
  if (address === null) delete request.headers[addressHeader];
  else request.headers[addressHeader] = address;
}

/** The client's address of a request; null when this process does not mark its requests. */
export function clientAddress(headers: Pick<Headers, "get">): string | null {
  return (globalThis as Holder)[slot] ? headers.get(addressHeader) : null;
}
