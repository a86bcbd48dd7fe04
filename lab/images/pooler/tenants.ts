import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import pg from "pg";

/** The part of Supavisor's tenant that a pooler needs. */
export type Tenant = { externalId: string; host: string; port: number; database: string; maxClients: number; poolSize: number; manager: string; managerPassword: string };

const tables = `
  create table if not exists _supavisor.tenants (
    external_id text primary key, db_host text not null, db_port integer not null, db_database text not null,
    default_max_clients integer not null, default_pool_size integer not null, auth_query text not null, inserted_at timestamptz not null default now()
  );
  create table if not exists _supavisor.users (
    tenant_external_id text not null references _supavisor.tenants on delete cascade, db_user text not null, db_pass_encrypted bytea not null,
    is_manager boolean not null, primary key (tenant_external_id, db_user)
  );
`;

export const authQuery = "SELECT * FROM pgbouncer.get_auth($1)";
const ivLength = 12;
const tagLength = 16;

/** As Supavisor does it: AES-256-GCM under VAULT_ENC_KEY, which has exactly 32 bytes. */
export function seal(key: string, text: string): Buffer {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** @throws when the key is not the one it was sealed with. */
export function open(key: string, sealed: Buffer): string {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, ivLength));
  decipher.setAuthTag(sealed.subarray(ivLength, ivLength + tagLength));
  return Buffer.concat([decipher.update(sealed.subarray(ivLength + tagLength)), decipher.final()]).toString("utf8");
}

/** Runs work on the pooler's own database. `url` has Ecto's scheme. */
export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url.replace(/^ecto:/, "postgres:"), application_name: "supavisor_meta" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes the tables; may run again. */
export async function migrate(client: pg.Client): Promise<void> {
  await client.query(tables);
}

/** Makes the tenant unless it is there: what its start script asks for. Later changes of the environment do not reach it. */
export async function createTenant(client: pg.Client, tenant: Tenant, key: string): Promise<void> {
  const made = await client.query(
    "insert into _supavisor.tenants (external_id, db_host, db_port, db_database, default_max_clients, default_pool_size, auth_query) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    [tenant.externalId, tenant.host, tenant.port, tenant.database, tenant.maxClients, tenant.poolSize, authQuery],
  );
  if (made.rowCount === 0) return;
  await client.query("insert into _supavisor.users (tenant_external_id, db_user, db_pass_encrypted, is_manager) values ($1, $2, $3, true)", [tenant.externalId, tenant.manager, seal(key, tenant.managerPassword)]);
}

type Row = { external_id: string; db_host: string; db_port: number; db_database: string; default_max_clients: number; default_pool_size: number; db_user: string; db_pass_encrypted: Buffer };

/** @throws when there is no such tenant. */
export async function readTenant(client: pg.Client, externalId: string, key: string): Promise<Tenant> {
  const found = await client.query<Row>("select * from _supavisor.tenants join _supavisor.users on tenant_external_id = external_id and is_manager where external_id = $1", [externalId]);
  const [row] = found.rows;
  if (row === undefined) throw new Error(`There is no tenant ${externalId}.`);
  return {
    externalId: row.external_id, host: row.db_host, port: row.db_port, database: row.db_database, maxClients: row.default_max_clients, poolSize: row.default_pool_size,
    manager: row.db_user, managerPassword: open(key, row.db_pass_encrypted),
  };
}
