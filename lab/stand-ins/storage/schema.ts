import type { Queryable } from "../serving/database";

const version = "lab-0001";

const tables = `
create table if not exists storage.buckets (id text primary key);
create table if not exists storage.objects (id uuid primary key default gen_random_uuid());
create table if not exists storage.migrations (id integer primary key, name varchar(100) unique not null, hash varchar(40) not null, executed_at timestamp default current_timestamp);
`;

const columns: Readonly<Record<string, readonly string[]>> = {
  buckets: [
    "name text not null", "owner uuid", "owner_id text", "created_at timestamptz default now()", "updated_at timestamptz default now()",
    "public boolean default false", "avif_autodetection boolean default false", "file_size_limit bigint", "allowed_mime_types text[]",
  ],
  objects: [
    "bucket_id text references storage.buckets (id)", "name text", "owner uuid", "owner_id text", "created_at timestamptz default now()",
    "updated_at timestamptz default now()", "last_accessed_at timestamptz default now()", "metadata jsonb",
    "path_tokens text[] generated always as (string_to_array(name, '/')) stored", "version text", "user_metadata jsonb",
  ],
};

const indexes = `
create unique index if not exists bname on storage.buckets (name);
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);
create index if not exists name_prefix_search on storage.objects (name text_pattern_ops);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
`;

const functions = `
create or replace function storage.foldername(name text) returns text[] language sql immutable as $fn$ select (string_to_array(name, '/'))[1 : cardinality(string_to_array(name, '/')) - 1] $fn$;
create or replace function storage.filename(name text) returns text language sql immutable as $fn$ select (string_to_array(name, '/'))[cardinality(string_to_array(name, '/'))] $fn$;
create or replace function storage.extension(name text) returns text language sql immutable as $fn$ select substring(storage.filename(name) from '[^.]*$') $fn$;
`;

const callers = ["anon", "authenticated", "service_role", "postgres"];

/** Brings schema `storage` up to date; every statement may run again. */
export async function migrate(tx: Queryable): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtext('storage.migrate'))");
  // `create schema` asks for a right on the database even where the schema is there.
  const schema = await tx.query("select 1 from pg_namespace where nspname = 'storage'");
  if (schema.length === 0) await tx.query("create schema storage");
  await tx.query(tables);
  const applied = await tx.query("select 1 from storage.migrations where name = $1::text", [version]);
  if (applied.length > 0) return;
  for (const [table, definitions] of Object.entries(columns)) {
    for (const definition of definitions) await tx.query(`alter table storage.${table} add column if not exists ${definition}`);
  }
  await tx.query(indexes);
  await tx.query(functions);
  for (const role of callers) {
    await tolerate(tx, `grant usage on schema storage to ${role}`);
    await tx.query(`grant all on storage.buckets, storage.objects to ${role}`);
  }
  await tx.query("insert into storage.migrations (id, name, hash) select coalesce(max(id), -1) + 1, $1::text, md5($1::text) from storage.migrations", [version]);
}

/** The database image may have granted this as another role: then it is there already. */
async function tolerate(tx: Queryable, statement: string): Promise<void> {
  await tx.query("savepoint optional");
  try {
    await tx.query(statement);
    await tx.query("release savepoint optional");
  } catch {
    await tx.query("rollback to savepoint optional");
  }
}
