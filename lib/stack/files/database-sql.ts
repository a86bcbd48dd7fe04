/**
 * SQL that runs once, when the cluster is created, beside what the database image brings. Values come from the container's
 * environment through psql's own \\getenv, so no password is ever part of a file.
 */

/** Database webhooks: the trigger function that sends a row change through pg_net, and the rights that pg_net needs. */
export const webhooksSql = String.raw`BEGIN;

CREATE EXTENSION IF NOT EXISTS pg_net SCHEMA extensions;

CREATE SCHEMA supabase_functions AUTHORIZATION supabase_admin;
GRANT USAGE ON SCHEMA supabase_functions TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA supabase_functions GRANT ALL ON TABLES TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA supabase_functions GRANT ALL ON FUNCTIONS TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA supabase_functions GRANT ALL ON SEQUENCES TO postgres, anon, authenticated, service_role;

CREATE TABLE supabase_functions.migrations (
  version text PRIMARY KEY,
  inserted_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO supabase_functions.migrations (version) VALUES ('initial'), ('20210809183423_update_grants');

CREATE TABLE supabase_functions.hooks (
  id bigserial PRIMARY KEY,
  hook_table_id integer NOT NULL,
  hook_name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  request_id bigint
);
CREATE INDEX supabase_functions_hooks_request_id_idx ON supabase_functions.hooks USING btree (request_id);
CREATE INDEX supabase_functions_hooks_h_table_id_h_name_idx ON supabase_functions.hooks USING btree (hook_table_id, hook_name);
COMMENT ON TABLE supabase_functions.hooks IS 'Supabase Functions Hooks: Audit trail for triggered hooks.';

-- Trigger arguments: url, method, headers as JSON, parameters as JSON, timeout in milliseconds.
CREATE FUNCTION supabase_functions.http_request() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = supabase_functions
AS $function$
DECLARE
  target_url text := TG_ARGV[0];
  method text := TG_ARGV[1];
  headers jsonb := '{"Content-Type": "application/json"}';
  params jsonb := '{}';
  timeout_ms integer := 1000;
  request_id bigint;
BEGIN
  IF target_url IS NULL OR target_url = 'null' THEN
    RAISE EXCEPTION 'url argument is missing';
  END IF;
  IF method IS NULL OR method = 'null' THEN
    RAISE EXCEPTION 'method argument is missing';
  END IF;
  IF TG_ARGV[2] IS NOT NULL AND TG_ARGV[2] <> 'null' THEN
    headers := TG_ARGV[2]::jsonb;
  END IF;
  IF TG_ARGV[3] IS NOT NULL AND TG_ARGV[3] <> 'null' THEN
    params := TG_ARGV[3]::jsonb;
  END IF;
  IF TG_ARGV[4] IS NOT NULL AND TG_ARGV[4] <> 'null' THEN
    timeout_ms := TG_ARGV[4]::integer;
  END IF;

  IF method = 'GET' THEN
    SELECT net.http_get(target_url, params, headers, timeout_ms) INTO request_id;
  ELSIF method = 'POST' THEN
    SELECT net.http_post(
      target_url,
      jsonb_build_object('old_record', OLD, 'record', NEW, 'type', TG_OP, 'table', TG_TABLE_NAME, 'schema', TG_TABLE_SCHEMA),
      params, headers, timeout_ms
    ) INTO request_id;
  ELSE
    RAISE EXCEPTION 'method argument % is invalid', method;
  END IF;

  INSERT INTO supabase_functions.hooks (hook_table_id, hook_name, request_id) VALUES (TG_RELID, TG_NAME, request_id);
  RETURN NEW;
END
$function$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'supabase_functions_admin') THEN
    CREATE USER supabase_functions_admin NOINHERIT CREATEROLE LOGIN NOREPLICATION;
  END IF;
END
$$;
GRANT ALL PRIVILEGES ON SCHEMA supabase_functions TO supabase_functions_admin;
GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA supabase_functions TO supabase_functions_admin;
GRANT ALL PRIVILEGES ON ALL SEQUENCES IN SCHEMA supabase_functions TO supabase_functions_admin;
ALTER USER supabase_functions_admin SET search_path = 'supabase_functions';
ALTER TABLE supabase_functions.migrations OWNER TO supabase_functions_admin;
ALTER TABLE supabase_functions.hooks OWNER TO supabase_functions_admin;
ALTER FUNCTION supabase_functions.http_request() OWNER TO supabase_functions_admin;
GRANT supabase_functions_admin TO postgres;
REVOKE ALL ON FUNCTION supabase_functions.http_request() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION supabase_functions.http_request() TO postgres, anon, authenticated, service_role;

CREATE FUNCTION extensions.grant_pg_net_access() RETURNS event_trigger
  LANGUAGE plpgsql
AS $function$
DECLARE
  signature regprocedure;
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_event_trigger_ddl_commands() AS command
    JOIN pg_extension AS extension ON command.objid = extension.oid
    WHERE extension.extname = 'pg_net'
  ) THEN
    RETURN;
  END IF;
  GRANT USAGE ON SCHEMA net TO supabase_functions_admin, postgres, anon, authenticated, service_role;
  FOR signature IN
    SELECT procedure.oid::regprocedure FROM pg_proc AS procedure
    WHERE procedure.pronamespace = 'net'::regnamespace AND procedure.proname IN ('http_get', 'http_post')
  LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', signature);
    EXECUTE format('ALTER FUNCTION %s SET search_path = net', signature);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO supabase_functions_admin, postgres, anon, authenticated, service_role', signature);
  END LOOP;
END
$function$;
COMMENT ON FUNCTION extensions.grant_pg_net_access() IS 'Grants access to pg_net';

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'issue_pg_net_access') THEN
    CREATE EVENT TRIGGER issue_pg_net_access ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION')
      EXECUTE FUNCTION extensions.grant_pg_net_access();
  END IF;
END
$$;

COMMIT;
`;

/** Passwords of the roles that services log in with. */
export const rolesSql = String.raw`\getenv password POSTGRES_PASSWORD

ALTER USER authenticator WITH PASSWORD :'password';
ALTER USER pgbouncer WITH PASSWORD :'password';
ALTER USER supabase_auth_admin WITH PASSWORD :'password';
ALTER USER supabase_functions_admin WITH PASSWORD :'password';
ALTER USER supabase_storage_admin WITH PASSWORD :'password';
`;

/** JWT settings that SQL functions read. */
export const jwtSql = String.raw`\getenv jwt_secret JWT_SECRET
\getenv jwt_exp JWT_EXP

ALTER DATABASE postgres SET "app.settings.jwt_secret" TO :'jwt_secret';
ALTER DATABASE postgres SET "app.settings.jwt_exp" TO :'jwt_exp';
`;

/** The second database: the pooler and the log service keep their own tables there. */
export const supabaseDatabaseSql = `CREATE DATABASE _supabase WITH OWNER supabase_admin;
`;

export const logsSql = String.raw`\connect _supabase
CREATE SCHEMA IF NOT EXISTS _analytics AUTHORIZATION supabase_admin;
\connect postgres
`;

export const poolerSql = String.raw`\connect _supabase
CREATE SCHEMA IF NOT EXISTS _supavisor AUTHORIZATION supabase_admin;
\connect postgres
`;

export const realtimeSql = `CREATE SCHEMA IF NOT EXISTS _realtime AUTHORIZATION supabase_admin;
`;
