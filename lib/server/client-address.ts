import { BlockList, isIP } from "node:net";
import http from "node:http";
import { isEdgeProof } from "@/lib/access/edge-proof";
import { edgeClientHeader, edgePanelUrlHeader, edgeProjectHeader, edgeProofHeader } from "@/lib/gateway/edge-panel";

/** Header in which this process itself writes who is at the other end. What anyone but the edge sends under this name is thrown away. */
const addressHeader = edgeClientHeader;

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

/** Makes every HTTP server of this process write into its own headers who asks and by which way, before anything reads the request. */
export function installClientAddress(isTrusted: (address: string) => boolean, proof: string): void {
  const holder = globalThis as Holder;
  if (holder[slot]) return;
  holder[slot] = true;
  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (this: http.Server, event: string | symbol, ...args: unknown[]): boolean {
    const [request] = args;
    if (event === "request" && request instanceof http.IncomingMessage) markRequest(request.headers, { peer: request.socket.remoteAddress, isTrusted, proof });
    return Reflect.apply(emit, this, [event, ...args]);
  };
}

type Mark = { peer: string | undefined; isTrusted: (address: string) => boolean; proof: string };

/** What only the edge may say is kept when it shows the proof, and thrown away otherwise. The proof itself goes no further. */
export function markRequest(headers: http.IncomingHttpHeaders, { peer, isTrusted, proof }: Mark): void {
  const isFromEdge = isEdgeProof(headers[edgeProofHeader], proof);
  delete headers[edgeProofHeader];
  if (!isFromEdge) for (const name of [edgePanelUrlHeader, edgeProjectHeader]) delete headers[name];
  const told = headers[addressHeader];
  const forwarded = headers["x-forwarded-for"];
  const address = isFromEdge && typeof told === "string" ? normaliseAddress(told) : chooseClientAddress(peer, Array.isArray(forwarded) ? forwarded.join(",") : forwarded, isTrusted);
  if (address === null) delete headers[addressHeader];
  else headers[addressHeader] = address;
}

/** The client's address of a request; null when this process does not mark its requests. */
export function clientAddress(headers: Pick<Headers, "get">): string | null {
  return (globalThis as Holder)[slot] ? headers.get(addressHeader) : null;
}

/** Id of the project for whose Studio the edge asks; null for whatever is no question of the edge. */
export function edgeProject(headers: Pick<Headers, "get">): string | null {
  return (globalThis as Holder)[slot] ? headers.get(edgeProjectHeader) : null;
}

/** The panel's origin under which a request came in through the edge; null for every other way. */
export function edgePanelUrl(headers: Pick<Headers, "get">): string | null {
  return (globalThis as Holder)[slot] ? headers.get(edgePanelUrlHeader) : null;
}
