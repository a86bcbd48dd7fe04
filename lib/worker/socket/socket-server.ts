import http from "node:http";
import { toWireError } from "@/lib/access/error-wire";
import { InternalError, InvalidError, NotFoundError, PanelError, UnauthenticatedError, UnavailableError } from "@/lib/access/errors";
import { loadClaimActor } from "@/lib/access/load-actor";
import type { VerbContext } from "@/lib/access/verb-context";
import { claimFromHeader, clientAddressHeader, workerRoutes } from "@/lib/access/worker-protocol";
import { EngineError } from "@/lib/engine/port";
import type { Log } from "../log";
import { answerRoutes } from "./answer-routes";
import type { SocketTools } from "./socket-tools";
import { streamExport } from "./stream-export";
import { streamLogs } from "./stream-logs";
import { answerStudioAccess } from "./studio-access";

const maxBodyBytes = 1024 * 1024;

type Call = { tools: SocketTools; request: http.IncomingMessage; response: http.ServerResponse; url: URL; signal: AbortSignal };

/**
 * Serves what web asks of the worker. Each request is judged by the claim that it shows, which is looked up here: web cannot ask
 * in the name of somebody whose cookie or token it was not shown.
 */
export function createSocketServer(tools: SocketTools, log: Log): http.Server {
  return http.createServer((request, response) => {
    const stop = new AbortController();
    response.once("close", () => stop.abort());
    const url = new URL(request.url ?? "/", "http://worker");
    answer({ tools, request, response, url, signal: stop.signal }).catch((error: unknown) => sendError(response, error, { log, route: url.pathname }));
  });
}

async function answer(call: Call): Promise<void> {
  const { request, response, tools, url, signal } = call;
  const route = findRoute(request.method ?? "", url.pathname);
  if (route === "health") return sendJson(response, { ok: true });
  const query = Object.fromEntries(url.searchParams);
  if (route === "studioAccess") return sendJson(response, await answerStudioAccess(tools, { claim: request.headers.authorization, query }));
  const reload = () => openContext(call);
  const ctx = await reload();
  if (route === "logs") return streamLogs({ ctx, reload, tools, query, response, signal });
  if (route === "export") return streamExport({ ctx, tools, query, response, signal });
  const body = request.method === "POST" ? await readJson(request) : undefined;
  sendJson(response, await answerRoutes[route]({ ctx, tools, query, body, signal }));
}

function findRoute(method: string, path: string): keyof typeof workerRoutes {
  for (const name of Object.keys(workerRoutes) as (keyof typeof workerRoutes)[]) {
    if (workerRoutes[name].path === path && workerRoutes[name].method === method) return name;
  }
  throw new NotFoundError();
}

/** Who asks, loaded anew from the store. @throws UnauthenticatedError */
async function openContext({ tools, request }: Call): Promise<VerbContext> {
  const claim = claimFromHeader(request.headers.authorization);
  if (claim === null) throw new UnauthenticatedError();
  const address = request.headers[clientAddressHeader];
  const actor = await loadClaimActor(tools.store.db, claim, { now: tools.now(), ip: typeof address === "string" ? address : null });
  if (actor === null) throw new UnauthenticatedError();
  const seal = () => Promise.reject(new Error("The worker seals nothing: it is whom things are sealed to."));
  return { store: tools.store, actor, now: tools.now, newId: tools.newId, seal };
}

async function readJson(request: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) throw new InvalidError({ input: "The request is larger than 1 MiB." });
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new InvalidError({ input: "The request is not JSON." });
  }
}

function sendJson(response: http.ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(value));
}

function sendError(response: http.ServerResponse, thrown: unknown, { log, route }: { log: Log; route: string }): void {
  const error = toShown(thrown);
  if (error.status >= 500) log.error({ err: thrown, route }, error.publicMessage);
  // A stream that has begun cannot change its status; its reader sees that it was cut.
  if (response.headersSent) response.destroy();
  else sendJson(response, { error: toWireError(error) }, error.status);
}

function toShown(error: unknown): PanelError {
  if (error instanceof PanelError) return error;
  if (error instanceof EngineError) return new UnavailableError(error.message, { cause: error });
  return new InternalError(undefined, { cause: error });
}
