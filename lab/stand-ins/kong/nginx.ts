import type { IncomingMessage } from "node:http";
import { toText } from "./query";

/** Buffers of `large_client_header_buffers`. */
export type HeaderBuffers = { count: number; bytes: number };

const firstBufferBytes = 1024;
const mostHeaders = 1000;
const tooLarge = { status: 400, text: "Request header or cookie too large" };

export type Refusal = { status: number; text: string };

/** What nginx refuses before Kong sees it. */
export function refusalOf(message: Pick<IncomingMessage, "method" | "url" | "httpVersion" | "rawHeaders">, buffers: HeaderBuffers): Refusal | undefined {
  const { method = "", url = "", httpVersion, rawHeaders } = message;
  const requestLine = `${method} ${url} HTTP/${httpVersion}\r\n`.length;
  if (requestLine > buffers.bytes) return { status: 414, text: "URI too long" };
  if (isMalformed(url)) return { status: 400, text: "Bad request" };
  const lines = rawHeaders.flatMap((name, at) => (at % 2 === 1 ? [] : [name.length + (rawHeaders[at + 1] ?? "").length + ": \r\n".length]));
  // A name with an underscore is dropped before it is counted.
  const headers = rawHeaders.filter((name, at) => at % 2 === 0 && !name.includes("_")).length;
  if (headers > mostHeaders || !fits([requestLine, ...lines], buffers)) return tooLarge;
  return method === "TRACE" ? { status: 405, text: "Method not allowed" } : undefined;
}

/** A line that the buffer has no room for begins the next one. Source: ngx_http_alloc_large_header_buffer of `src/http/ngx_http_request.c`. */
function fits(lines: readonly number[], { count, bytes }: HeaderBuffers): boolean {
  let [room, used] = [firstBufferBytes, 0];
  for (const line of lines) {
    if (line > room) {
      if (line > bytes || ++used > count) return false;
      room = bytes;
    }
    room -= line;
  }
  return true;
}

/** No path at all, a null, an escape that is none, a path above the root; nothing behind a `#` counts. */
function isMalformed(target: string): boolean {
  if (!target.startsWith("/") || /[\x00-\x20\x7f]/.test(target)) return true;
  const path = target.split(/[?#]/, 1)[0] ?? "";
  if (/%00|%(?![0-9a-f]{2})/i.test(path)) return true;
  let depth = 0;
  for (const segment of path.replaceAll(/%2e/gi, ".").replaceAll(/%2f/gi, "/").split("/").filter((part) => part !== "" && part !== ".")) {
    depth += segment === ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Whether a path holds letters that are not escaped, or escapes that are no UTF-8. */
export function isUnescaped(target: string): boolean {
  const path = target.split("?", 1)[0] ?? "";
  const bytes = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return !/^[\x21-\x7e]*$/.test(path) || toText(bytes) === undefined;
}
