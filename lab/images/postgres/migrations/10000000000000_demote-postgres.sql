-- From here on postgres is an ordinary administrator; the superuser is supabase_admin.
GRANT ALL ON DATABASE postgres TO postgres;
GRANT ALL ON SCHEMA auth, extensions, storage TO postgres;
GRANT ALL ON ALL TABLES IN SCHEMA auth, extensions, storage TO postgres;
GRANT ALL ON ALL SEQUENCES IN SCHEMA auth, extensions, storage TO postgres;
GRANT ALL ON ALL ROUTINES IN SCHEMA auth, extensions, storage TO postgres;
GRANT pg_monitor, pg_read_all_data, pg_signal_backend, pg_create_subscription TO postgres;
ALTER ROLE postgres NOSUPERUSER CREATEDB CREATEROLE LOGIN REPLICATION BYPASSRLS;
