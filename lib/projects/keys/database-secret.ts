/** Runs SQL from its input inside the database's container, as the role that owns settings; the secret comes from the container's environment and is part of no command. */
export const setDatabaseSecretArgv = ["psql", "-U", "supabase_admin", "-h", "localhost", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "-f", "-"] as const;
