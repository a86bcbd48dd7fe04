import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
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

/** What nginx does where an upstream fails, and whom it believes. */
export type Reaching = { retriesErrors: boolean; retriesTimeouts: boolean; /** undefined: nothing to verify by. */ verifying: { authorities: string[] | undefined } | undefined };

/** `signal` ends the request when the client has gone. */
export type Sending = { body: Readable | Buffer; isUpgrade: boolean; signal: AbortSignal };

type Failure = { kind: "failed"; answer: Answer; isTimeout: boolean; hasBegun: boolean };

/** Methods that nginx repeats after the request has begun to travel: all but these. Source: NGX_HTTP_UPSTREAM_FT_NON_IDEMPOTENT of `src/http/ngx_http_upstream.c`. */
const nonIdempotent = new Set(["POST", "PATCH", "LOCK"]);

/** Whether a body is needed again when the first attempt breaks. */
export const mayRepeat = ({ asked }: Exchange, { retries }: Upstream) => retries > 0 && !nonIdempotent.has(asked.method);

/** Sends the request on: again while nothing was answered, up to the service's retries. A body that only streams goes once. */
export async function reach(exchange: Exchange, upstream: Upstream, reaching: Reaching, sent: Sending): Promise<Reached> {
  if (upstream.isVerified === true && upstream.protocol === "https" && reaching.verifying === undefined) return { kind: "failed", answer: failures.refused };
  for (let tried = 0; ; tried++) {
    const attempt = await once(exchange, upstream, reaching, sent);
    if (attempt.kind !== "failed") return attempt;
    const isWanted = (attempt.isTimeout ? reaching.retriesTimeouts : reaching.retriesErrors) && (!attempt.hasBegun || (mayRepeat(exchange, upstream) && Buffer.isBuffer(sent.body)));
    if (!isWanted || tried >= upstream.retries || sent.signal.aborted || attempt.answer === failures.unresolved) return { kind: "failed", answer: attempt.answer };
  }
}

function tlsOf({ host, isVerified }: Upstream, { verifying }: Reaching) {
  return { servername: isIP(host) === 0 ? host : "", rejectUnauthorized: isVerified ?? verifying !== undefined, ...(verifying?.authorities === undefined ? {} : { ca: verifying.authorities }) };
}

function once(exchange: Exchange, upstream: Upstream, reaching: Reaching, { body, isUpgrade, signal }: Sending): Promise<Exclude<Reached, { kind: "failed" }> | Failure> {
  return new Promise((resolve) => {
    const { path, query } = exchange.upstream;
    const mark = query !== "" || exchange.asked.endsWithMark ? "?" : "";
    const send = upstream.protocol === "https" ? httpsRequest : httpRequest;
    const outgoing = send({
      host: upstream.host, port: upstream.port, method: exchange.asked.method, path: `${path}${mark}${query}`, headers: outgoingHeaders(exchange, isUpgrade),
      agent: false, signal, ...(upstream.protocol === "https" ? tlsOf(upstream, reaching) : {}),
    });
    let hasBegun = false;
    outgoing.on("response", (answer) => resolve({ kind: "answer", message: answer }));
    outgoing.on("upgrade", (answer, socket, head) => resolve({ kind: "upgrade", message: answer, socket, head }));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const isTimeout = error.message === "silent";
      const answer = error.code === "ENOTFOUND" || error.code === "EAI_AGAIN" ? failures.unresolved : isTimeout ? failures.silent : failures.refused;
      resolve({ kind: "failed", answer, isTimeout, hasBegun });
    });
    watchSilence(outgoing, upstream, () => {
      hasBegun = true;
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
