import type { EdgeInForce } from "@/lib/gateway/edge-port";
import { edgeVersion } from "@/lib/gateway/edge-version";

/** What the edge's volume holds: every file that was read, and what of it is in force. */
export type Saved = { files: ReadonlyMap<string, string>; inForce: EdgeInForce };

export const documentVersion = (document: unknown) => edgeVersion({ document, liveFiles: {} });

/** From lines of `path:content`; one that is empty has none. The document decides which live files count: those of removed projects stay behind. */
export function parseSaved(lines: string, autosaveFile: string): Saved {
  const files = new Map(lines.split("\n").flatMap((line): [string, string][] => {
    const colon = line.indexOf(":");
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
  }));
  const text = files.get(autosaveFile);
  const document = text === undefined ? undefined : parseJson(text);
  if (text === undefined || document === undefined) return { files, inForce: null };
  // In an expression a file stands in quotes, and those are escaped in what was saved.
  const named = [...text.matchAll(/(?:\{|\\")file\.(\/[^}"\\]+)/g)].map(([, path = ""]) => path);
  const liveFiles = Object.fromEntries(named.map((path) => [path, files.get(path) ?? ""]));
  return { files, inForce: { version: edgeVersion({ document, liveFiles }), document, liveFiles } };
}

/** undefined for a text that was cut short: a kill while it was written. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const listening = "0A";
const anyAddress = /^0+$/;

type Socket = { addressHex: string; port: number };

/** Listening TCP sockets of `/proc/net/tcp` and `tcp6`. */
function parseListening(text: string): Socket[] {
  return [...text.matchAll(/^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm)].flatMap(([, addressHex = "", port = "", state]) => (state === listening ? [{ addressHex, port: Number.parseInt(port, 16) }] : []));
}

/** An IPv4 address as the kernel prints it: its bytes in the processor's order. */
function toKernelHex(address: string): string | null {
  const bytes = address.split(".").map(Number);
  return bytes.length === 4 ? bytes.reverse().map((byte) => byte.toString(16).padStart(2, "0")).join("").toUpperCase() : null;
}

function clashes(address: string, { addressHex, port }: Socket): boolean {
  const colon = address.lastIndexOf(":");
  if (Number(address.slice(colon + 1)) !== port) return false;
  const host = address.slice(0, colon);
  if (host === "" || host === "0.0.0.0" || host.startsWith("[") || anyAddress.test(addressHex)) return true;
  const wanted = toKernelHex(host);
  return wanted !== null && addressHex.endsWith(wanted);
}

/** Which of the addresses (`127.0.0.1:8001`, `:443`) somebody already listens on, by what the kernel says. */
export function findTaken(addresses: readonly string[], procNetTcp: string): string[] {
  const sockets = parseListening(procNetTcp);
  return addresses.filter((address) => sockets.some((socket) => clashes(address, socket)));
}

/** Whether somebody listens on the unix socket, by `/proc/net/unix`. A file that a dead process left behind is not in there. */
export function isSocketServed(procNetUnix: string, path: string): boolean {
  const acceptsConnections = "00010000";
  return procNetUnix.split("\n").some((line) => line.endsWith(` ${path}`) && line.split(/\s+/)[3] === acceptsConnections);
}
