import type { Tenant } from "./tenants";

export type PoolMode = "session" | "transaction";

/** Port → mode, as Supavisor has them. */
export const poolPorts: Record<PoolMode, number> = { session: 5432, transaction: 6543 };

/** One line of pgbouncer's file of users: only the manager, who asks the database for everybody else. */
export function userList({ manager, managerPassword }: Tenant): string {
  return `"${manager}" "${managerPassword.replaceAll('"', '""')}"\n`;
}

/**
 * pgbouncer in one mode. A client calls itself `<role>.<tenant>`; the query answers with the plain role, which is the name that
 * pgbouncer then uses towards the server. SCRAM carries over, so no password is kept.
 */
export function pgbouncerConfig(tenant: Tenant, mode: PoolMode, folder: string): string {
  const suffix = `.${tenant.externalId}`;
  const length = String(suffix.length);
  const query = `SELECT username, password FROM pgbouncer.get_auth(left($1, -${length})) WHERE right($1, ${length}) = '${suffix.replaceAll("'", "''")}'`;
  return [
    "[databases]",
    `* = host=${tenant.host} port=${String(tenant.port)} auth_user=${tenant.manager}`,
    "",
    "[pgbouncer]",
    "listen_addr = 0.0.0.0",
    `listen_port = ${String(poolPorts[mode])}`,
    "unix_socket_dir =",
    "auth_type = scram-sha-256",
    `auth_file = ${folder}/users.txt`,
    `auth_query = ${query}`,
    `auth_dbname = ${tenant.database}`,
    `pool_mode = ${mode}`,
    `default_pool_size = ${String(tenant.poolSize)}`,
    `max_client_conn = ${String(tenant.maxClients)}`,
    "max_prepared_statements = 200",
    "ignore_startup_parameters = extra_float_digits,options,search_path",
    "server_reset_query = DISCARD ALL",
    "log_connections = 0",
    "log_disconnections = 0",
    "log_stats = 0",
    "",
  ].join("\n");
}
