import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BodyTooLarge, readBody } from "../serving/http";
import { DeclarativeError, parseDeclarative, type ParseOptions } from "./declarative";
import type { Gateway } from "./gateway";

const bodyLimitBytes = 10 * 1024 * 1024;

function answer(response: ServerResponse, status: number, body?: unknown, contentType = "application/json; charset=utf-8"): void {
  response.writeHead(status, { "content-type": contentType });
  response.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
}

async function describeStatus(gateway: Gateway) {
  const connections = await gateway.connections();
  return {
    configuration_hash: gateway.configuration?.hash ?? "0".repeat(32),
    database: { reachable: true },
    server: { connections_active: connections, total_requests: 0 },
    memory: { workers_lua_vms: [{ http_allocated_gc: `${(process.memoryUsage().heapUsed / 1_048_576).toFixed(2)} MiB`, pid: process.pid }] },
  };
}

async function serveStatus(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const path = (request.url ?? "").split("?", 1)[0];
  if (request.method !== "GET") return false;
  if (path === "/status") answer(response, 200, await describeStatus(gateway));
  else if (path === "/status/ready") answer(response, gateway.configuration === undefined ? 503 : 200, { message: gateway.configuration === undefined ? "no configuration available (empty configuration present)" : "ready" });
  else if (path === "/metrics") answer(response, 200, gateway.metrics.text(await gateway.connections()), "text/plain; charset=UTF-8");
  else return false;
  return true;
}

/** `GET /status`, `/status/ready`, `/metrics`. */
export function statusServer(gateway: Gateway): Server {
  return createServer((request, response) => {
    void serveStatus(gateway, request, response).then((isServed) => {
      if (!isServed) answer(response, 404, { message: "Not found" });
    });
  });
}

/** A whole configuration for the one in force, or none: an invalid one answers 400 and changes nothing. */
async function postConfig(gateway: Gateway, options: ParseOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const text = (await readBody(request, bodyLimitBytes)).toString();
    if (text === "") return answer(response, 400, { message: "expected a declarative configuration" });
    const parsed = parseDeclarative(text, options);
    const isChecked = new URL(request.url ?? "/", "http://admin").searchParams.get("check_hash") === "1";
    if (isChecked && parsed.hash === gateway.configuration?.hash) return answer(response, 304);
    gateway.configuration = parsed;
    answer(response, 201, {});
  } catch (error) {
    if (error instanceof BodyTooLarge) answer(response, 413, { message: "Request Entity Too Large" });
    else if (error instanceof DeclarativeError) answer(response, 400, { code: 14, name: "invalid declarative configuration", message: `declarative config is invalid: ${error.message}`, fields: {} });
    else throw error;
  }
}

/** The admin listener, as far as a Kong without a database has one: `POST /config` and the status. */
export function adminServer(gateway: Gateway, options: ParseOptions): Server {
  return createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0];
    const served = path === "/config" && request.method === "POST" ? postConfig(gateway, options, request, response).then(() => true) : serveStatus(gateway, request, response);
    served.then(
      (isServed) => {
        if (!isServed) answer(response, path === "/config" ? 405 : 404, { message: path === "/config" ? "Method not allowed" : "Not found" });
      },
      () => answer(response, 500, { message: "An unexpected error occurred" }),
    );
  });
}
