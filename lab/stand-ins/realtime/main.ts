import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import { Database } from "../serving/database";
import { describeError, listenUntilSignal, logLine, serveRouter } from "../serving/http";
import { checkClientToken, readEnvironment, tenantOfHost } from "./access";
import { Client } from "./client";
import { managementRoutes } from "./management";
import { seedTenant } from "./schema";
import { readVersion } from "./serializer";
import { Topics } from "./topics";

const expiryCheckMs = 5_000;
const silenceLimitMs = 60_000;
const frameLimitBytes = 3 * 1024 * 1024;

const environment = readEnvironment(process.env);
const database = new Database({ url: environment.databaseUrl, applicationName: "realtime", maxConnections: 2 });
const topics = new Topics();
const sockets = new WebSocketServer({ noServer: true, maxPayload: frameLimitBytes });

const server = serveRouter(managementRoutes({ environment, database, topics }), {
  onError: (error, call) => {
    logLine("error", describeError(error), { path: call.path });
    return { status: 500, json: { error: "internal server error" } };
  },
  onUnknown: () => ({ status: 404, json: { error: "not found" } }),
});

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}

async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
  const url = new URL(request.url ?? "/", "http://realtime");
  if (url.pathname !== "/socket/websocket") return refuse(stream, "404 Not Found");
  if (tenantOfHost(request.headers.host) !== environment.tenant) return refuse(stream, "403 Forbidden");
  const header = request.headers["x-api-key"];
  const socketToken = (typeof header === "string" ? header : undefined) ?? url.searchParams.get("apikey") ?? "";
  const access = await checkClientToken(environment.tenantKeyring, socketToken);
  if ("reason" in access) {
    logLine("warning", access.reason);
    return refuse(stream, "403 Forbidden");
  }
  sockets.handleUpgrade(request, stream, head, (socket) => {
    open(socket, socketToken, url.searchParams.get("vsn"));
  });
}

function open(socket: WebSocket, socketToken: string, vsn: string | null): void {
  const client = new Client({
    version: readVersion(vsn),
    socketToken,
    keyring: environment.tenantKeyring,
    topics,
    send: (frame) => {
      socket.send(frame);
    },
    nowS: () => Date.now() / 1000,
  });
  let lastHeardMs = Date.now();
  const timer = setInterval(() => {
    client.dropExpired();
    if (Date.now() - lastHeardMs > silenceLimitMs) socket.terminate();
  }, expiryCheckMs);
  socket.on("message", (data: RawData, isBinary: boolean) => {
    lastHeardMs = Date.now();
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    client.receive(isBinary ? bytes : bytes.toString("utf8")).catch((error: unknown) => {
      logLine("error", describeError(error));
      socket.close(1011);
    });
  });
  socket.on("error", (error) => {
    logLine("warning", `socket ended: ${describeError(error)}`);
  });
  socket.on("close", () => {
    clearInterval(timer);
    client.close();
  });
}

server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
  stream.on("error", () => stream.destroy());
  upgrade(request, stream, head).catch((error: unknown) => {
    logLine("error", describeError(error));
    stream.destroy();
  });
});

void database.prepare(seedTenant(environment.tenant));
listenUntilSignal(server, environment.port, "0.0.0.0", () => {
  for (const socket of sockets.clients) socket.close(1001);
  return database.close();
});
