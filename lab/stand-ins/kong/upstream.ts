import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex, Readable } from "node:stream";
import type { Upstream } from "./declarative";
import { message, type Answer, type Exchange, type Headers } from "./exchange";

const hopByHop = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

function outgoingHeaders({ upstream: { headers }, asked }: Exchange, isUpgrade: boolean): Record<string, string | string[]> {
  const kept = [...headers].filter(([name]) => !hopByHop.includes(name));
  const hasLength = headers.has("content-length");
  const isChunked = asked.headers.has("transfer-encoding");
  return {
    ...Object.fromEntries(kept.map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values])),
    ...(isUpgrade ? { connection: "Upgrade", upgrade: headers.get("upgrade")?.[0] ?? "websocket" } : { connection: "close" }),
    ...(!hasLength && isChunked ? { "transfer-encoding": "chunked" } : {}),
  };
}

export type Reached = { kind: "answer"; message: IncomingMessage } | { kind: "upgrade"; message: IncomingMessage; socket: Duplex; head: Buffer } | { kind: "failed"; answer: Answer };

const failures = {
  unresolved: message(503, "name resolution failed"),
  refused: message(502, "An invalid response was received from the upstream server"),
  silent: message(504, "The upstream server is timing out"),
};

type Attempt = Reached | { kind: "retry" };
/** `signal` ends the request when the client has gone. */
export type Sending = { body: Readable | Buffer; isUpgrade: boolean; signal: AbortSignal };

/**
 * Sends the request on. A connection that was never made is tried again, up to the service's retries; once the request has begun to travel
 * the body is gone with it, so nothing else is.
 */
export async function reach(exchange: Exchange, upstream: Upstream, sent: Sending): Promise<Reached> {
  for (let tried = 0; ; tried++) {
    const attempt = await once(exchange, upstream, sent, tried < upstream.retries && !sent.signal.aborted);
    if (attempt.kind !== "retry") return attempt;
  }
}

function once(exchange: Exchange, upstream: Upstream, { body, isUpgrade, signal }: Sending, mayRetry: boolean): Promise<Attempt> {
  return new Promise((resolve) => {
    const { path, query } = exchange.upstream;
    const send = upstream.protocol === "https" ? httpsRequest : httpRequest;
    const outgoing = send({
      host: upstream.host, port: upstream.port, method: exchange.asked.method, path: query === "" ? path : `${path}?${query}`, headers: outgoingHeaders(exchange, isUpgrade),
      agent: false, signal, ...(upstream.protocol === "https" ? { servername: upstream.host, rejectUnauthorized: upstream.isVerified } : {}),
    });
    let isConnected = false;
    outgoing.on("response", (answer) => resolve({ kind: "answer", message: answer }));
    outgoing.on("upgrade", (answer, socket, head) => resolve({ kind: "upgrade", message: answer, socket, head }));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      if (!isConnected && mayRetry && error.code !== "ENOTFOUND") resolve({ kind: "retry" });
      else resolve({ kind: "failed", answer: error.code === "ENOTFOUND" || error.code === "EAI_AGAIN" ? failures.unresolved : error.message === "silent" ? failures.silent : failures.refused });
    });
    watchSilence(outgoing, upstream, () => {
      isConnected = true;
      if (Buffer.isBuffer(body)) outgoing.end(body);
      else body.pipe(outgoing);
    });
  });
}

function watchSilence(outgoing: ClientRequest, upstream: Upstream, connected: () => void): void {
  outgoing.on("socket", (socket) => {
    socket.setTimeout(upstream.connectTimeoutMs, () => outgoing.destroy(new Error("silent")));
    socket.once(upstream.protocol === "https" ? "secureConnect" : "connect", () => {
      socket.setTimeout(upstream.readTimeoutMs);
      connected();
    });
  });
}

/** Headers of an upstream's answer that go back. */
export function answerHeaders(answer: IncomingMessage, keepsUpgrade: boolean): Headers {
  const headers: Headers = new Map();
  for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
    const name = (answer.rawHeaders[at] ?? "").toLowerCase();
    if (!keepsUpgrade && hopByHop.includes(name)) continue;
    headers.set(name, [...(headers.get(name) ?? []), answer.rawHeaders[at + 1] ?? ""]);
  }
  return headers;
}
