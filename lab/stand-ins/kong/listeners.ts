import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BodyTooLarge, readBody } from "../serving/http";
import { buildConfiguration, DeclarativeError, md5, parseDeclarative, type Configuration, type ParseOptions } from "./declarative";
import type { Gateway } from "./gateway";

const bodyLimitBytes = 10 * 1024 * 1024;
const page415 = "<html>\r\n<head><title>415 Unsupported Media Type</title></head>\r\n<body>\r\n<center><h1>415 Unsupported Media Type</h1></center>\r\n</body>\r\n</html>\r\n";

function answer(response: ServerResponse, status: number, body?: unknown, contentType = "application/json; charset=utf-8"): void {
  if (typeof body === "string") {
    response.writeHead(status, { "content-type": contentType });
    response.end(body);
    return;
  }
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, { "content-type": contentType, ...(status === 304 ? {} : { "content-length": Buffer.byteLength(text) }) });
  response.end(text);
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
/** Source: before_filter of `kong/api/api_helpers.lua`, which compares the beginning and its case. */
const acceptedTypes = ["application/json", "multipart/form-data", "application/x-www-form-urlencoded", "application/yaml", "text/yaml"] as const;

/**
 * The configuration in a body. Only text in YAML's types and in a form keeps the MD5 of the text; a document in JSON gets a hash of its own.
 * Source: hydrate_config_from_request of `kong/api/routes/config.lua`.
 */
function readDocument(type: string, body: string, options: ParseOptions): Configuration | { status: number; message: string } {
  const expected = { status: 400, message: "expected a declarative configuration" };
  if (type === "application/json") {
    let document: unknown;
    try {
      document = JSON.parse(body);
    } catch {
      return { status: 400, message: "Cannot parse JSON body" };
    }
    return buildConfiguration(document, md5(`table ${JSON.stringify(document)}`), options);
  }
  const text = type === "application/x-www-form-urlencoded" ? (new URLSearchParams(body).get("config") ?? "") : type === "multipart/form-data" ? "" : body;
  return text === "" ? expected : parseDeclarative(text, options);
}

async function postConfig(gateway: Gateway, options: ParseOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const type = acceptedTypes.find((each) => request.headers["content-type"]?.startsWith(each));
    const body = (await readBody(request, bodyLimitBytes)).toString();
    if (type === undefined && (body !== "" || request.headers["content-type"] !== undefined)) return answer(response, 415, page415, "text/html; charset=UTF-8");
    const parsed = readDocument(type ?? "text/yaml", body, options);
    if ("status" in parsed) return answer(response, parsed.status, { message: parsed.message });
    const inForm = type === "application/x-www-form-urlencoded" ? new URLSearchParams(body).get("check_hash") : null;
    const isChecked = (new URL(request.url ?? "/", "http://admin").searchParams.get("check_hash") ?? inForm) === "1";
    if (isChecked && type !== "application/json" && parsed.hash === gateway.configuration?.hash) return answer(response, 304);
    gateway.take(parsed);
    answer(response, 201, {});
  } catch (error) {
    if (error instanceof BodyTooLarge) answer(response, 413, { message: "Request Entity Too Large" });
    else if (error instanceof DeclarativeError) answer(response, 400, { fields: error.fields, name: "invalid declarative configuration", code: 14, message: error.summary });
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
