import { randomUUID } from "node:crypto";
import type { Queryable } from "../serving/database";

/** Makes the tenants' table and seeds the one tenant anew, as Realtime does at every start of a self-hosted stack. */
export function seedTenant(tenant: string): (tx: Queryable) => Promise<void> {
  return async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtext('realtime.migrate'))");
    await tx.query("create schema if not exists _realtime");
    await tx.query(`create table if not exists _realtime.tenants (
      id uuid primary key, name text, external_id text unique, inserted_at timestamp not null default now(), updated_at timestamp not null default now())`);
    await tx.query("delete from _realtime.tenants where external_id = $1", [tenant]);
    await tx.query("insert into _realtime.tenants (id, name, external_id) values ($1, $2, $2)", [randomUUID(), tenant]);
  };
}
