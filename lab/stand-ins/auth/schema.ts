import type { Queryable } from "../serving/database";

const version = "lab-0001";

const types = `
do $$ begin create type auth.aal_level as enum ('aal1', 'aal2', 'aal3'); exception when duplicate_object then null; end $$;
do $$ begin create type auth.code_challenge_method as enum ('s256', 'plain'); exception when duplicate_object then null; end $$;
do $$ begin create type auth.one_time_token_type as enum ('confirmation_token', 'reauthentication_token', 'recovery_token', 'email_change_token_new', 'email_change_token_current', 'phone_change_token'); exception when duplicate_object then null; end $$;
`;

const tables = `
create table if not exists auth.users (id uuid primary key);
create table if not exists auth.identities (id uuid primary key default gen_random_uuid());
create table if not exists auth.sessions (id uuid primary key);
create table if not exists auth.refresh_tokens (id bigserial primary key);
create table if not exists auth.mfa_amr_claims (id uuid primary key);
create table if not exists auth.flow_state (id uuid primary key);
create table if not exists auth.one_time_tokens (id uuid primary key);
create table if not exists auth.audit_log_entries (id uuid primary key);
create table if not exists auth.instances (id uuid primary key);
`;

const columns: Readonly<Record<string, readonly string[]>> = {
  users: [
    "instance_id uuid", "aud varchar(255)", "role varchar(255)", "email varchar(255)", "encrypted_password varchar(255)",
    "email_confirmed_at timestamptz", "invited_at timestamptz", "confirmation_token varchar(255)", "confirmation_sent_at timestamptz",
    "recovery_token varchar(255)", "recovery_sent_at timestamptz", "email_change_token_new varchar(255)", "email_change varchar(255)",
    "email_change_sent_at timestamptz", "last_sign_in_at timestamptz", "raw_app_meta_data jsonb", "raw_user_meta_data jsonb",
    "is_super_admin boolean", "created_at timestamptz", "updated_at timestamptz", "phone text default null",
    "phone_confirmed_at timestamptz", "phone_change text default ''", "phone_change_token varchar(255) default ''",
    "phone_change_sent_at timestamptz", "email_change_token_current varchar(255) default ''", "email_change_confirm_status smallint default 0",
    "banned_until timestamptz", "reauthentication_token varchar(255) default ''", "reauthentication_sent_at timestamptz",
    "is_sso_user boolean not null default false", "deleted_at timestamptz", "is_anonymous boolean not null default false",
  ],
  identities: [
    "provider_id text", "user_id uuid references auth.users (id) on delete cascade", "identity_data jsonb", "provider text",
    "last_sign_in_at timestamptz", "created_at timestamptz", "updated_at timestamptz",
    "email text generated always as (lower(identity_data ->> 'email')) stored",
  ],
  sessions: [
    "user_id uuid references auth.users (id) on delete cascade", "created_at timestamptz", "updated_at timestamptz", "factor_id uuid",
    "aal auth.aal_level", "not_after timestamptz", "refreshed_at timestamp", "user_agent text", "ip inet", "tag text",
  ],
  refresh_tokens: [
    "instance_id uuid", "token varchar(255)", "user_id varchar(255)", "revoked boolean", "created_at timestamptz", "updated_at timestamptz",
    "parent varchar(255)", "session_id uuid references auth.sessions (id) on delete cascade",
  ],
  mfa_amr_claims: [
    "session_id uuid references auth.sessions (id) on delete cascade", "created_at timestamptz", "updated_at timestamptz",
    "authentication_method text",
  ],
  flow_state: [
    "user_id uuid", "auth_code text", "code_challenge_method auth.code_challenge_method", "code_challenge text", "provider_type text",
    "provider_access_token text", "provider_refresh_token text", "created_at timestamptz", "updated_at timestamptz",
    "authentication_method text", "auth_code_issued_at timestamptz", "referrer text",
  ],
  one_time_tokens: [
    "user_id uuid references auth.users (id) on delete cascade", "token_type auth.one_time_token_type", "token_hash text", "relates_to text",
    "created_at timestamp not null default now()", "updated_at timestamp not null default now()",
  ],
  audit_log_entries: ["instance_id uuid", "payload json", "created_at timestamptz", "ip_address varchar(64) not null default ''"],
  instances: ["uuid uuid", "raw_base_config text", "created_at timestamptz", "updated_at timestamptz"],
};

/** `confirmed_at` used to be a plain column in the schema that the database image starts with. */
const confirmedAt = `
do $$ begin
  if exists (select 1 from information_schema.columns where table_schema = 'auth' and table_name = 'users' and column_name = 'confirmed_at' and is_generated = 'NEVER') then
    update auth.users set email_confirmed_at = coalesce(email_confirmed_at, confirmed_at);
    alter table auth.users drop column confirmed_at;
  end if;
  alter table auth.users add column if not exists confirmed_at timestamptz generated always as (least(email_confirmed_at, phone_confirmed_at)) stored;
end $$;
`;

const indexes = `
create unique index if not exists users_email_partial_key on auth.users (email) where (is_sso_user = false);
create unique index if not exists users_phone_key_lab on auth.users (phone);
create unique index if not exists identities_provider_id_provider_unique on auth.identities (provider_id, provider);
create index if not exists identities_user_id_idx on auth.identities (user_id);
create index if not exists identities_email_idx on auth.identities (email text_pattern_ops);
create index if not exists sessions_user_id_idx on auth.sessions (user_id);
create unique index if not exists refresh_tokens_token_unique_lab on auth.refresh_tokens (token);
create index if not exists refresh_tokens_session_id_revoked_idx on auth.refresh_tokens (session_id, revoked);
create index if not exists refresh_tokens_parent_idx on auth.refresh_tokens (parent);
create unique index if not exists mfa_amr_claims_session_id_authentication_method_pkey on auth.mfa_amr_claims (session_id, authentication_method);
create unique index if not exists one_time_tokens_user_id_token_type_key on auth.one_time_tokens (user_id, token_type);
create index if not exists one_time_tokens_token_hash_hash_idx on auth.one_time_tokens using hash (token_hash);
create index if not exists idx_auth_code on auth.flow_state (auth_code);
`;

/** The database image may have made these as another role: then they are there already and stay as they are. */
const functions = [
  `create or replace function auth.uid() returns uuid language sql stable as $fn$
    select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'))::uuid $fn$`,
  `create or replace function auth.role() returns text language sql stable as $fn$
    select coalesce(nullif(current_setting('request.jwt.claim.role', true), ''), (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'))::text $fn$`,
  `create or replace function auth.email() returns text language sql stable as $fn$
    select coalesce(nullif(current_setting('request.jwt.claim.email', true), ''), (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'))::text $fn$`,
  `create or replace function auth.jwt() returns jsonb language sql stable as $fn$
    select coalesce(nullif(current_setting('request.jwt.claim', true), ''), nullif(current_setting('request.jwt.claims', true), ''))::jsonb $fn$`,
];

const readers = ["postgres", "dashboard_user"];

/** Brings schema `auth` up to date; every statement may run again. */
export async function migrate(tx: Queryable): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtext('auth.migrate'))");
  // `create schema` asks for a right on the database even where the schema is there.
  const schema = await tx.query("select 1 from pg_namespace where nspname = 'auth'");
  if (schema.length === 0) await tx.query("create schema auth");
  await tx.query("create table if not exists auth.schema_migrations (version varchar(255) not null primary key)");
  const applied = await tx.query("select 1 from auth.schema_migrations where version = $1", [version]);
  if (applied.length > 0) return;
  await tx.query(types);
  await tx.query(tables);
  for (const [table, definitions] of Object.entries(columns)) {
    for (const definition of definitions) await tx.query(`alter table auth.${table} add column if not exists ${definition}`);
  }
  await tx.query(confirmedAt);
  await tx.query(indexes);
  for (const definition of functions) await tolerate(tx, definition);
  for (const role of readers) {
    await tolerate(tx, `grant select, insert, update, delete on all tables in schema auth to ${role}`);
    await tolerate(tx, `grant usage on all sequences in schema auth to ${role}`);
  }
  for (const table of [...Object.keys(columns), "schema_migrations"]) await tolerate(tx, `alter table auth.${table} enable row level security`);
  await tx.query("insert into auth.schema_migrations (version) values ($1)", [version]);
}

async function tolerate(tx: Queryable, statement: string): Promise<void> {
  await tx.query("savepoint optional");
  try {
    await tx.query(statement);
    await tx.query("release savepoint optional");
  } catch {
    await tx.query("rollback to savepoint optional");
  }
}
