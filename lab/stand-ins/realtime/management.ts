import type { Database } from "../serving/database";
import { asRecord, readBody, Router, type Call, type Reply } from "../serving/http";
import { bearerOf } from "../serving/tokens";
import { checkClientToken, tenantOfHost, type Environment } from "./access";
import type { Topics } from "./topics";

const bodyLimitBytes = 3 * 1024 * 1024;
const forbidden: Reply = { status: 403, text: "" };

export interface ManagementOptions {
  environment: Environment;
  database: Database;
  topics: Topics;
}

/** Everything that Realtime answers besides its socket. */
export function managementRoutes(options: ManagementOptions): Router {
  return new Router()
    .on("GET", "/", () => ({ status: 200, text: "Realtime (lab stand-in)\n" }))
    .on("GET", "/healthcheck", () => ({ status: 200, text: "ok" }))
    .on("GET", "/api/ping", () => ({ status: 200, json: { message: "Success" } }))
    .on("GET", "/api/tenants", (call) => listTenants(options, call))
    .on("GET", "/api/tenants/:tenant", (call) => readTenant(options, call))
    .on("GET", "/api/tenants/:tenant/health", (call) => tenantHealth(options, call))
    .on("POST", "/api/broadcast", (call) => broadcastMany(options, call))
    .on("POST", "/api/broadcast/:topic/events/:event", (call) => broadcastOne(options, call));
}

async function mayManage({ environment }: ManagementOptions, call: Call): Promise<boolean> {
  const token = bearerOf(call.headers.authorization);
  return token !== undefined && (await environment.apiKeyring.verify(token).then(() => true, () => false));
}

interface TenantRow {
  id: string;
  name: string;
  external_id: string;
  inserted_at: Date;
}

async function listTenants(options: ManagementOptions, call: Call): Promise<Reply> {
  if (!(await mayManage(options, call))) return forbidden;
  return { status: 200, json: { data: await options.database.query<TenantRow>("select id, name, external_id, inserted_at from _realtime.tenants") } };
}

async function readTenant(options: ManagementOptions, call: Call): Promise<Reply> {
  if (!(await mayManage(options, call))) return forbidden;
  const rows = await options.database.query<TenantRow>("select id, name, external_id, inserted_at from _realtime.tenants where external_id = $1", [call.values.tenant]);
  return rows[0] === undefined ? { status: 404, json: { error: "not found" } } : { status: 200, json: { data: rows[0] } };
}

/** Healthy means that the tenant's row can be read from the project's database now. */
async function tenantHealth(options: ManagementOptions, call: Call): Promise<Reply> {
  if (!(await mayManage(options, call))) return forbidden;
  if (!options.database.ready) return { status: 503, json: { error: "starting" } };
  const rows = await options.database.query("select 1 from _realtime.tenants where external_id = $1", [call.values.tenant]);
  if (rows.length === 0) return { status: 404, json: { error: "Tenant not found" } };
  return { status: 200, json: { data: { healthy: true, db_connected: true, connected_cluster: 0, replication_connected: false, region: null, node: "nonode@nohost" } } };
}

async function maySend({ environment }: ManagementOptions, call: Call): Promise<boolean> {
  const key = call.headers.apikey;
  const token = bearerOf(call.headers.authorization) ?? (typeof key === "string" ? key : undefined);
  if (token === undefined || tenantOfHost(call.headers.host) !== environment.tenant) return false;
  return "claims" in (await checkClientToken(environment.tenantKeyring, token));
}

async function broadcastMany(options: ManagementOptions, call: Call): Promise<Reply> {
  if (!(await maySend(options, call))) return { status: 401, json: { message: "Unauthorized" } };
  const messages = asRecord(parse(await readBody(call.message, bodyLimitBytes))).messages;
  if (!Array.isArray(messages)) return { status: 422, json: { errors: { messages: ["can't be blank"] } } };
  const read = messages.map(asRecord);
  if (read.some(({ topic, event, payload }) => typeof topic !== "string" || typeof event !== "string" || payload === undefined)) {
    return { status: 422, json: { errors: { messages: [{ topic: ["can't be blank"], event: ["can't be blank"], payload: ["can't be blank"] }] } } };
  }
  if (read.some((message) => message.private === true)) return { status: 422, json: { errors: { private: ["is not answered by the lab stand-in"] } } };
  for (const { topic, event, payload } of read) send(options, String(topic), String(event), payload);
  return { status: 202 };
}

async function broadcastOne(options: ManagementOptions, call: Call): Promise<Reply> {
  if (!(await maySend(options, call))) return { status: 401, json: { message: "Unauthorized" } };
  if (call.query.get("private") === "true") return { status: 422, json: { error: "private channels are not answered by the lab stand-in" } };
  const body = await readBody(call.message, bodyLimitBytes);
  const { topic = "", event = "" } = call.values;
  if (call.headers["content-type"]?.startsWith("application/octet-stream") === true) {
    options.topics.broadcast({ joinRef: null, ref: null, topic: `realtime:${topic}`, event: "broadcast", payload: { type: "broadcast", event }, binary: body });
  } else send(options, topic, event, parse(body));
  return { status: 202 };
}

function send({ topics }: ManagementOptions, topic: string, event: string, payload: unknown): void {
  topics.broadcast({ joinRef: null, ref: null, topic: `realtime:${topic}`, event: "broadcast", payload: { type: "broadcast", event, payload } });
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
