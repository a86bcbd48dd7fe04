-- The pooler logs in as pgbouncer and asks for the verifier of whoever logs in to it.
CREATE USER pgbouncer;
CREATE SCHEMA pgbouncer AUTHORIZATION pgbouncer;
REVOKE ALL ON SCHEMA pgbouncer FROM PUBLIC;
CREATE FUNCTION pgbouncer.get_auth(p_usename text) RETURNS TABLE (username text, password text)
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  SELECT rolname::text, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END
  FROM pg_catalog.pg_authid
  WHERE rolname = $1 AND rolcanlogin
$$;
REVOKE ALL ON FUNCTION pgbouncer.get_auth(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pgbouncer.get_auth(text) TO pgbouncer;
GRANT CONNECT ON DATABASE postgres TO pgbouncer;
-- postgres makes it and loses its superuser rights later; what reads verifiers must keep them.
ALTER FUNCTION pgbouncer.get_auth(text) OWNER TO supabase_admin;
