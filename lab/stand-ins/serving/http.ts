import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";

/** One request as a handler sees it: path values decoded, body still unread. */
export interface Call {
  method: string;
  /** The path without its query, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  values: Record<string, string>;
  message: IncomingMessage;
}

/** What a handler answers; at most one of `json`, `text` and `stream`. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  stream?: Readable;
}

export type Handler = (call: Call) => Promise<Reply> | Reply;

interface Route {
  methods: readonly string[];
  segments: readonly string[];
  handler: Handler;
}

/** Routes by method and pattern: `/users/:id` takes a segment, `/object/:path*` takes the rest. */
export class Router {
  private readonly routes: Route[] = [];

  on(methods: string, pattern: string, handler: Handler): this {
    this.routes.push({ methods: methods.split(","), segments: segmentsOf(pattern), handler });
    return this;
  }

  /** The first route that fits; `methodRefused` when only the method did not. */
  find(method: string, path: string): { handler: Handler; values: Record<string, string> } | { methodRefused: boolean } {
    const segments = segmentsOf(path);
    let methodRefused = false;
    for (const route of this.routes) {
      const values = matchSegments(route.segments, segments);
      if (values === undefined) continue;
      if (route.methods.includes(method)) return { handler: route.handler, values };
      methodRefused = true;
    }
    return { methodRefused };
  }
}

function segmentsOf(path: string): string[] {
  const trimmed = path.replace(/^\/+/, "").replace(/\/+$/, "");
  return trimmed === "" ? [] : trimmed.split("/");
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(":") && part.endsWith("*")) {
      const rest = segments.slice(index);
      if (rest.length === 0) return undefined;
      values[part.slice(1, -1)] = rest.map(decodeSegment).join("/");
      return values;
    }
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (part.startsWith(":")) values[part.slice(1)] = decodeSegment(segment);
    else if (part !== segment) return undefined;
  }
  return pattern.length === segments.length ? values : undefined;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Thrown by `readBody` when a body is larger than its limit. */
export class BodyTooLarge extends Error {}

/** Reads a whole body of at most `limitBytes`. */
export async function readBody(message: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of message) {
    const chunk = part as Buffer;
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new BodyTooLarge(`body is larger than ${String(limitBytes)} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** A value as a record, or an empty one: the fields of a JSON body are read one by one after this. */
export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export interface ServeOptions {
  onError(error: unknown, call: Call): Reply;
  onUnknown(call: Call, methodRefused: boolean): Reply;
  /** Called before routing; an answer ends the request there. */
  before?(call: Call): Reply | undefined;
}

/** An HTTP server over a router; the caller listens. */
export function serveRouter(router: Router, options: ServeOptions): Server {
  return createServer((message, response) => {
    const url = new URL(message.url ?? "/", "http://stand-in");
    const call: Call = {
      method: message.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      headers: message.headers,
      values: {},
      message,
    };
    void answer(router, options, call)
      .then((reply) => sendReply(call, response, reply))
      .catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end();
        logLine("error", `answer could not be sent: ${describeError(error)}`);
      });
  });
}

async function answer(router: Router, options: ServeOptions, call: Call): Promise<Reply> {
  try {
    const early = options.before?.(call);
    if (early !== undefined) return early;
    const method = call.method === "HEAD" ? "GET" : call.method;
    // HEAD has routes of its own in some components: they come first, GET answers otherwise.
    const own = call.method === "HEAD" ? router.find("HEAD", call.path) : undefined;
    const found = own !== undefined && "handler" in own ? own : router.find(method, call.path);
    if (!("handler" in found)) return options.onUnknown(call, found.methodRefused);
    call.values = found.values;
    return await found.handler(call);
  } catch (error) {
    return options.onError(error, call);
  }
}

async function sendReply(call: Call, response: ServerResponse, reply: Reply): Promise<void> {
  const headers: Record<string, string> = { ...reply.headers };
  let body: string | undefined;
  if (reply.json !== undefined) {
    headers["content-type"] ??= "application/json";
    body = JSON.stringify(reply.json);
  } else if (reply.text !== undefined) {
    headers["content-type"] ??= "text/plain; charset=utf-8";
    body = reply.text;
  }
  if (body !== undefined && headers["content-length"] === undefined) headers["content-length"] = String(Buffer.byteLength(body));
  // An unread body on a kept connection would be taken for the next request.
  if (!call.message.readableEnded) call.message.resume();
  response.writeHead(reply.status, headers);
  if (call.method === "HEAD") {
    reply.stream?.destroy();
    response.end();
    return;
  }
  if (reply.stream !== undefined) {
    await pipeline(reply.stream, response).catch(() => response.destroy());
    return;
  }
  response.end(body);
}

/** One log line as JSON on stdout, as the real components write them. */
export function logLine(level: "info" | "warning" | "error", msg: string, fields: Record<string, unknown> = {}): void {
  process.stdout.write(`${JSON.stringify({ level, msg, time: new Date().toISOString(), ...fields })}\n`);
}

/** The message of anything that was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describeError).join("; ");
  return error instanceof Error ? error.message : String(error);
}

/** Listens and ends the process on SIGTERM or SIGINT after `close`, as containers expect of process 1. */
export function listenUntilSignal(server: Server, port: number, host: string, close: () => Promise<void>): void {
  server.listen(port, host, () => {
    logLine("info", `listening on ${host}:${String(port)}`);
  });
  server.on("error", (error) => {
    logLine("error", describeError(error));
    process.exit(1);
  });
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
    void close().finally(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

/** Ends the process at once on SIGTERM or SIGINT, for the time before it listens. */
export function exitOnSignal(): { disarm(): void } {
  const exit = (): void => process.exit(0);
  process.on("SIGTERM", exit);
  process.on("SIGINT", exit);
  return {
    disarm: () => {
      process.off("SIGTERM", exit);
      process.off("SIGINT", exit);
    },
  };
}
