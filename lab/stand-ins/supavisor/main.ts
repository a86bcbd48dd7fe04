import { describeError, listenUntilSignal, logLine, Router, serveRouter, type Call, type Reply } from "../serving/http";
import { bearerOf, Keyring } from "../serving/tokens";

const env = process.env;
const keyring = new Keyring({ secret: env.API_JWT_SECRET ?? "", keys: [] });
const startedAt = new Date().toISOString();

/** The one tenant that the pooler's start script makes, with what it was made of. */
function tenant(): Record<string, unknown> {
  return {
    id: env.POOLER_TENANT_ID ?? "",
    external_id: env.POOLER_TENANT_ID ?? "",
    db_host: env.POSTGRES_HOST ?? "db",
    db_port: Number(env.POSTGRES_PORT ?? "5432"),
    db_database: env.POSTGRES_DB ?? "postgres",
    default_pool_size: Number(env.POOLER_DEFAULT_POOL_SIZE ?? "20"),
    default_max_clients: Number(env.POOLER_MAX_CLIENT_CONN ?? "100"),
    auth_query: "SELECT * FROM pgbouncer.get_auth($1)",
    require_user: false,
    enforce_ssl: false,
    ip_version: "auto",
    sni_hostname: null,
    upstream_ssl: false,
    upstream_verify: null,
    inserted_at: startedAt,
    updated_at: startedAt,
    users: [{ db_user: "pgbouncer", db_user_alias: "pgbouncer", mode_type: env.POOLER_POOL_MODE ?? "transaction", pool_size: Number(env.POOLER_DEFAULT_POOL_SIZE ?? "20"), is_manager: true }],
  };
}

async function isAllowed(call: Call): Promise<boolean> {
  const token = bearerOf(call.headers.authorization);
  if (token === undefined) return false;
  return keyring.verify(token).then(() => true, () => false);
}

async function readTenant(call: Call): Promise<Reply> {
  if (!(await isAllowed(call))) return { status: 403 };
  if (call.values.id !== env.POOLER_TENANT_ID) return { status: 404, json: { error: "not found" } };
  return { status: 200, json: { data: tenant() } };
}

const router = new Router()
  .on("GET", "/api/health", () => ({ status: 204 }))
  .on("GET", "/api/tenants/:id", readTenant);

const server = serveRouter(router, {
  onError: (error) => {
    logLine("error", describeError(error));
    return { status: 500, json: { error: "internal server error" } };
  },
  onUnknown: (_call, methodRefused) => (methodRefused ? { status: 405, json: { error: "the lab stand-in only reads tenants" } } : { status: 404, json: { error: "not found" } }),
});
listenUntilSignal(server, Number(env.PORT ?? "4000"), "0.0.0.0", () => Promise.resolve());
