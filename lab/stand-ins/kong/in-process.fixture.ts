import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { parseDeclarative } from "./declarative";
import { readEnvironment, readNginx } from "./environment";
import { Gateway } from "./gateway";
import { adminServer } from "./listeners";

const listen = (server: Server): Promise<number> => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

/** What an upstream saw. */
export type Seen = { method: string; url: string; rawHeaders: string[]; body: string };

export type RawReply = { status: number; body: string };

/** A request exactly as these bytes (latin1), and the answer's. */
export function raw(port: number, text: string): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    let got = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    socket.on("data", (part: Buffer) => (got += part.toString("latin1")));
    socket.on("error", reject);
    socket.on("close", () => resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(got)?.[1] ?? 0), body: got.slice(got.indexOf("\r\n\r\n") + 4) }));
  });
}

const servers: Server[] = [];

/** Stops whatever was started here. */
export function stopAll(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}

/** An upstream that tells what it saw, or does something else. */
export async function startUpstream(handler?: RequestListener, tls?: ServerOptions): Promise<{ port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const listener = (request: IncomingMessage, response: Parameters<RequestListener>[1]): void => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    const { method = "", url = "", rawHeaders } = request;
    if (handler !== undefined) {
      seen.push({ method, url, rawHeaders, body });
      handler(request, response);
      return;
    }
    request.on("end", () => {
      seen.push({ method, url, rawHeaders, body });
      response.end("seen");
    });
  };
  const server: Server = tls === undefined ? createServer({ maxHeaderSize: 1_048_576 }, listener) : createTlsServer(tls, listener);
  server.maxHeadersCount = 0;
  servers.push(server);
  return { port: await listen(server), seen };
}

/** The stand-in inside of this process, with a document in force. */
export async function startInside(document: object, variables: Record<string, string> = {}, spreadMs = 0) {
  const settings = { KONG_DATABASE: "off", KONG_ROUTER_FLAVOR: "expressions", ...variables };
  const environment = readEnvironment(settings);
  const gateway = new Gateway({ ...environment, ...readNginx(settings, environment.prefix), spreadMs, writeLog: () => undefined, nowMs: () => Date.now() });
  gateway.configuration = parseDeclarative(JSON.stringify({ _format_version: "3.0", ...document }), environment);
  const admin = adminServer(gateway, environment);
  servers.push(gateway.server, admin);
  const [port, adminPort] = [await listen(gateway.server), await listen(admin)];
  return {
    gateway,
    /** Asks for a target with these header lines, all bytes as they are. */
    get: (target: string, headers: readonly string[] = [], method = "GET") => raw(port, [`${method} ${target} HTTP/1.1`, "Host: a.test", "Connection: close", ...headers, "", ""].join("\r\n")),
    post: (type: string | undefined, body: string, query = "") =>
      raw(adminPort, [`POST /config${query} HTTP/1.1`, "Host: a", "Connection: close", ...(type === undefined ? [] : [`Content-Type: ${type}`]), `Content-Length: ${String(Buffer.byteLength(body))}`, "", body].join("\r\n")),
  };
}
