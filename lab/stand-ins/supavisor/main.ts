import { authQuery, withDatabase } from "../../images/pooler/tenants";
import { describeError, listenUntilSignal, logLine, Router, serveRouter, type Call, type Reply } from "../serving/http";
import { bearerOf, Keyring } from "../serving/tokens";

const env = process.env;
const keyring = new Keyring({ secret: env.API_JWT_SECRET ?? "", keys: [] });

interface TenantRow {
  external_id: string;
  db_host: string;
  db_port: number;
  db_database: string;
  default_max_clients: number;
  default_pool_size: number;
  inserted_at: Date;
  db_user: string;
  is_manager: boolean;
}

/** As the pooler's own database has it: what the environment says later does not reach an existing tenant. */
async function findTenant(externalId: string): Promise<Record<string, unknown> | undefined> {
  const rows = await withDatabase(env.DATABASE_URL ?? "", async (client) => {
    const found = await client.query<TenantRow>("select tenant.*, db_user, is_manager from _supavisor.tenants tenant left join _supavisor.users on tenant_external_id = external_id where external_id = $1", [externalId]);
    return found.rows;
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { db_user: _user, is_manager: _isManager, ...tenant } = row;
  const users = rows.map(({ db_user, is_manager }) => ({ db_user, db_user_alias: db_user, is_manager, mode_type: env.POOLER_POOL_MODE ?? "transaction", pool_size: row.default_pool_size }));
  return { id: tenant.external_id, ...tenant, auth_query: authQuery, require_user: false, enforce_ssl: false, ip_version: "auto", sni_hostname: null, upstream_ssl: false, upstream_verify: null, updated_at: tenant.inserted_at, users };
}

async function isAllowed(call: Call): Promise<boolean> {
  const token = bearerOf(call.headers.authorization);
  if (token === undefined) return false;
  return keyring.verify(token).then(() => true, () => false);
}

async function readTenant(call: Call): Promise<Reply> {
  if (!(await isAllowed(call))) return { status: 403 };
  const tenant = await findTenant(call.values.id ?? "");
  return tenant === undefined ? { status: 404, json: { error: "not found" } } : { status: 200, json: { data: tenant } };
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
