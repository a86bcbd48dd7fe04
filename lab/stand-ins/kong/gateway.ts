import { randomBytes } from "node:crypto";
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { PassThrough, type Duplex, type Readable } from "node:stream";
import type { Configuration } from "./declarative";
import { readAsked, type Reading } from "./asked";
import { message, route, type Answer, type Exchange, type ExchangeSettings, type Headers } from "./exchange";
import { bodyLimitBytes, RateCounters } from "./limits";
import { Metrics } from "./metrics";
import { isUnescaped, refusalOf, type HeaderBuffers } from "./nginx";
import { runAccess, runHeaderFilter } from "./plugins";
import { answerHeaders, mayRepeat, reach, type Reaching } from "./upstream";

export type GatewayOptions = ExchangeSettings & { reading: Reading; buffers: HeaderBuffers; refusesUnescaped: boolean; reaching: Reaching; hasDebugHeader: boolean; spreadMs: number; inForce?(): void; writeLog(line: string): void; nowMs(): number };

/** More than Kong's settings can ask for: what is too large is judged as nginx does, not by Node. */
const nodeHeaderBytes = 8 * 1_048_576;

type Sent = { status: number; headers: Headers; body: string | Readable; isUpstreams: boolean };
type Seen = { exchange: Exchange | undefined; begunMs: number; requestId: string };

/** The proxy: each request is served whole by the configuration that was in force when it came. */
export class Gateway {
  #taken: Configuration | undefined;
  #served: Configuration | undefined;
  #spreading: NodeJS.Timeout | undefined;
  readonly metrics = new Metrics();
  readonly server: Server;
  readonly #counters = new RateCounters();

  constructor(private readonly options: GatewayOptions) {
    this.server = createServer({ maxHeaderSize: nodeHeaderBytes }, (request, response) => void this.#serve(request, response));
    this.server.maxHeadersCount = 0;
    this.server.on("upgrade", (request, socket, head) => void this.#upgrade(request, socket, head));
    this.server.keepAliveTimeout = 65_000;
    this.server.requestTimeout = 0;
  }

  /** What the status tells. */
  get configuration(): Configuration | undefined {
    return this.#taken;
  }

  /** In force at once, as after a start. */
  set configuration(configuration: Configuration | undefined) {
    this.#taken = configuration;
    this.spread();
  }

  /** Told at once and served a little later: the worker that took it answers before the others have heard of it. Source: load_into_cache_with_events of `kong/db/declarative/import.lua`. */
  take(configuration: Configuration): void {
    this.#taken = configuration;
    clearTimeout(this.#spreading);
    this.#spreading = setTimeout(() => this.spread(), this.options.spreadMs);
  }

  spread(): void {
    clearTimeout(this.#spreading);
    this.#served = this.#taken;
    this.options.inForce?.();
  }

  connections(): Promise<number> {
    return new Promise((resolve) => this.server.getConnections((_, count) => resolve(count)));
  }

  /** The exchange and, when it ends here, the gateway's own answer. */
  #judge(request: IncomingMessage, seen: Seen): Answer | undefined {
    const refusal = refusalOf(request, this.options.buffers);
    if (refusal !== undefined) return { status: refusal.status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${refusal.text}\nrequest_id: ${seen.requestId}\n` };
    if (this.options.refusesUnescaped && isUnescaped(request.url ?? "")) return { status: 400, headers: { "content-type": "text/plain" }, body: "The path is not escaped as UTF-8." };
    const configuration = this.#served;
    if (configuration === undefined) return message(404, "no Route matched with those values");
    seen.exchange = route(configuration, readAsked(request, this.options.reading), this.options, seen.requestId);
    if (seen.exchange === undefined) return message(404, "no Route matched with those values");
    const answer = runAccess(seen.exchange, { configuration, counters: this.#counters, nowS: Math.floor(this.options.nowMs() / 1000) });
    return answer ?? (seen.exchange.route.upstream === undefined ? message(503, "no Service found with those values") : undefined);
  }

  #filter(request: IncomingMessage, { exchange }: Seen, headers: Headers): void {
    if (exchange === undefined) return;
    runHeaderFilter(exchange, headers);
    if (this.options.hasDebugHeader && request.headers["kong-debug"] !== undefined) headers.set("kong-route-name", [exchange.route.name]);
  }

  #begin(): Seen {
    return { exchange: undefined, begunMs: this.options.nowMs(), requestId: randomBytes(16).toString("hex") };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = this.#begin();
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    // Whatever fails here, a client that left in the middle of its body most of all, ends this request and no other.
    const sent = await this.#answer(request, seen, gone.signal).catch(() => undefined) ?? fromAnswer(message(500, "An unexpected error occurred"));
    this.#filter(request, seen, sent.headers);
    response.on("close", () => this.#finish(request, seen, sent, response.socket?.bytesWritten ?? 0));
    response.writeHead(sent.status, Object.fromEntries(sent.headers));
    if (typeof sent.body === "string") {
      // What is left of the request is read, so that the next one on this connection is not taken for it.
      request.resume();
      response.end(request.method === "HEAD" ? undefined : sent.body);
      return;
    }
    sent.body.on("error", () => response.destroy());
    response.on("close", () => (sent.body as Readable).destroy());
    sent.body.pipe(response);
  }

  async #answer(request: IncomingMessage, seen: Seen, signal: AbortSignal): Promise<Sent | undefined> {
    const own = this.#judge(request, seen);
    if (own !== undefined) return fromAnswer(own);
    const { exchange } = seen;
    const upstream = exchange?.route.upstream;
    if (exchange === undefined || upstream === undefined) return undefined;
    const body = await readBody(request, exchange);
    if ("status" in body) return fromAnswer(body);
    const reached = await reach(exchange, upstream, this.options.reaching, { body, isUpgrade: false, signal });
    if (reached.kind === "failed") return fromAnswer(reached.answer);
    if (reached.kind === "upgrade") {
      reached.socket.destroy();
      return fromAnswer(message(502, "An invalid response was received from the upstream server"));
    }
    return { status: reached.message.statusCode ?? 502, headers: answerHeaders(reached.message, false), body: reached.message, isUpstreams: true };
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const seen = this.#begin();
    const gone = new AbortController();
    socket.on("error", () => socket.destroy());
    socket.on("close", () => gone.abort());
    const own = this.#judge(request, seen);
    const upstream = seen.exchange?.route.upstream;
    if (own !== undefined || seen.exchange === undefined || upstream === undefined) {
      this.#refuseUpgrade(request, socket, seen, fromAnswer(own ?? message(500, undefined)));
      return;
    }
    const reached = await reach(seen.exchange, upstream, this.options.reaching, { body: Buffer.alloc(0), isUpgrade: true, signal: gone.signal });
    if (reached.kind !== "upgrade") {
      this.#refuseUpgrade(request, socket, seen, reached.kind === "failed" ? fromAnswer(reached.answer) : { status: reached.message.statusCode ?? 502, headers: answerHeaders(reached.message, false), body: "", isUpstreams: true });
      return;
    }
    const sent: Sent = { status: 101, headers: answerHeaders(reached.message, true), body: "", isUpstreams: true };
    runHeaderFilter(seen.exchange, sent.headers);
    socket.write(headText(sent));
    if (reached.head.length > 0) socket.write(reached.head);
    if (head.length > 0) reached.socket.write(head);
    socket.pipe(reached.socket).pipe(socket);
    reached.socket.on("error", () => socket.destroy());
    reached.socket.on("close", () => socket.destroy());
    socket.on("close", () => {
      reached.socket.destroy();
      this.#finish(request, seen, sent, 0);
    });
  }

  #refuseUpgrade(request: IncomingMessage, socket: Duplex, seen: Seen, sent: Sent): void {
    if (seen.exchange !== undefined) runHeaderFilter(seen.exchange, sent.headers);
    const body = typeof sent.body === "string" ? sent.body : "";
    sent.headers.set("content-length", [String(Buffer.byteLength(body))]);
    sent.headers.set("connection", ["close"]);
    socket.end(headText(sent) + body);
    this.#finish(request, seen, sent, body.length);
  }

  /** Named fields only and the path without its query, as the product's own log format has them. */
  #finish(request: IncomingMessage, { exchange, begunMs, requestId }: Seen, { status, isUpstreams }: Sent, bytesSent: number): void {
    const durationMs = this.options.nowMs() - begunMs;
    const bytesIn = Number(request.headers["content-length"] ?? 0);
    this.metrics.record(exchange, { status, isUpstreams, durationMs, bytesIn, bytesOut: bytesSent });
    const path = exchange?.asked.path ?? (request.url ?? "").split("?", 1)[0];
    this.options.writeLog(JSON.stringify({ time: new Date(begunMs).toISOString(), method: request.method, path, protocol: `HTTP/${request.httpVersion}`, status, durationMs, bytesReceived: bytesIn, bytesSent, client: exchange?.asked.clientAddress ?? "", requestId, userAgent: request.headers["user-agent"] ?? "" }));
  }
}

function fromAnswer({ status, headers, body }: Answer): Sent {
  return { status, headers: new Map([...Object.entries(headers), ["content-length", String(Buffer.byteLength(body))]].map(([name, value]) => [name ?? "", [value ?? ""]])), body, isUpstreams: false };
}

function headText({ status, headers }: Sent): string {
  const lines = [...headers].flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
  return [`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ""}`, ...lines, "", ""].join("\r\n");
}

/** The body as it goes on; whole where it may go twice, and counted where the route limits it and the request does not tell its length. */
async function readBody(request: IncomingMessage, exchange: Exchange): Promise<Readable | Buffer | Answer> {
  const { plugins, upstream } = exchange.route;
  const limit = request.headers["content-length"] === undefined ? plugins["request-size-limiting"] : undefined;
  if (limit === undefined && (upstream === undefined || !mayRepeat(exchange, upstream))) return request.pipe(new PassThrough());
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  // Left open when it ends early: the answer still has to go back on this connection.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    sizeBytes += (part as Buffer).length;
    if (limit !== undefined && sizeBytes > bodyLimitBytes(limit)) return message(413, "Request size limit exceeded");
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
