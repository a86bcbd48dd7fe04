import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { networkTest } from "./expression";
import { normalizeKongPath } from "./path";
import { readQuery, type Argument } from "./query";

/** Names in lower case, each with its values as they came, in order. */
export type Headers = Map<string, string[]>;

/** What a client asked for. Bytes are latin1 where nothing else is said. */
export type Asked = {
  method: string;
  /** Up to the `?`; a `#` and what follows it stays in. */
  rawPath: string;
  query: string;
  /** Whether the target ends with a `?` that nothing follows. */
  endsWithMark: boolean;
  /** The first arguments, as many as plugins see. */
  args: readonly Argument[];
  /** As the router compares it; undefined when its bytes are no UTF-8. */
  path: string | undefined;
  headers: Headers;
  headerCount: number;
  /** Of the first headers, as many as plugins see. */
  seenHeaders: Headers;
  clientAddress: string;
  isFromProxy: boolean;
  scheme: "http" | "https";
};

/** What of a request Kong looks at. */
export type Reading = {
  trustedIps: readonly string[];
  /** The header that names the client, and whether all addresses in it count or the last one only. */
  realIp: { header: string; isRecursive: boolean };
  maxHeaders: number;
  maxArgs: number;
};

type Line = readonly [name: string, value: string];

/** nginx drops a header whose name holds an underscore, where the server is told to. */
const linesOf = ({ rawHeaders }: Pick<IncomingMessage, "rawHeaders">): Line[] =>
  rawHeaders.flatMap((name, at) => (at % 2 === 1 || name.includes("_") ? [] : [[name.toLowerCase(), rawHeaders[at + 1] ?? ""] as const]));

function collect(lines: readonly Line[]): Headers {
  const headers: Headers = new Map();
  for (const [name, value] of lines) headers.set(name, [...(headers.get(name) ?? []), value]);
  return headers;
}

const bare = (address: string) => (ipaddr.isValid(address) ? ipaddr.process(address).toString() : address);

/** The client behind trusted proxies. Source: nginx's realip module, real_ip_header and real_ip_recursive. */
function clientOf(peer: string, told: readonly string[], { trustedIps, realIp }: Reading): { address: string; isFromProxy: boolean } {
  const isTrusted = (address: string) => trustedIps.some((network) => networkTest(network)(address));
  if (!isTrusted(peer)) return { address: peer, isFromProxy: false };
  const hops = told.join(",").split(",").map((part) => part.trim()).filter((part) => ipaddr.isValid(part)).reverse();
  const client = realIp.isRecursive ? (hops.find((address) => !isTrusted(address)) ?? hops.at(-1)) : hops[0];
  return { address: client ?? peer, isFromProxy: true };
}

/** nginx ends a path and a query at a `#`; the router compares the path as it came, without its query. Source: `get_req_data` of `kong/router/atc.lua`. */
function split(target: string): { rawPath: string; query: string } {
  const mark = target.indexOf("?");
  const hash = target.indexOf("#");
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  if (mark < 0 || (hash >= 0 && hash < mark)) return { rawPath, query: "" };
  return { rawPath, query: target.slice(mark + 1, hash < 0 ? undefined : hash) };
}

/** What of Node's message is read. */
export type Received = Pick<IncomingMessage, "method" | "url" | "rawHeaders"> & { socket: { remoteAddress?: string | undefined } };

export function readAsked(message: Received, reading: Reading): Asked {
  const target = message.url ?? "/";
  const { rawPath, query } = split(target);
  const lines = linesOf(message);
  const headers = collect(lines);
  const { address, isFromProxy } = clientOf(bare(message.socket.remoteAddress ?? ""), headers.get(reading.realIp.header) ?? [], reading);
  return {
    method: message.method ?? "GET", rawPath, query, endsWithMark: target.endsWith("?"), args: readQuery(query, reading.maxArgs), path: normalizeKongPath(rawPath),
    headers, headerCount: lines.length, seenHeaders: collect(lines.slice(0, reading.maxHeaders)), clientAddress: address, isFromProxy, scheme: "http",
  };
}
