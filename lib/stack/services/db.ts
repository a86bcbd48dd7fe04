import type { ConfigFile } from "../desired";
import { jwtSql, logsSql, poolerSql, realtimeSql, rolesSql, supabaseDatabaseSql, webhooksSql } from "../files/database-sql";
import { apiKeyLifetimes, database, healthCheck, mebibyte, readyWhen, type ServiceDefinition } from "../service-definition";

const initFolder = "/docker-entrypoint-initdb.d";

function initFile(path: string, content: string): ConfigFile {
  return { path: `${initFolder}/${path}`, content, mode: 0o644, uid: 0, gid: 0, reloadable: false };
}

/** Numbers place them after the image's own scripts. All are written whatever services run, so that one can be added later. */
const initFiles: ConfigFile[] = [
  initFile("init-scripts/98-webhooks.sql", webhooksSql),
  initFile("init-scripts/99-jwt.sql", jwtSql),
  initFile("init-scripts/99-roles.sql", rolesSql),
  initFile("migrations/97-_supabase.sql", supabaseDatabaseSql),
  initFile("migrations/99-logs.sql", logsSql),
  initFile("migrations/99-pooler.sql", poolerSql),
  initFile("migrations/99-realtime.sql", realtimeSql),
];

const isReady = ["pg_isready", "-U", "postgres", "-h", "localhost"];

export const db: ServiceDefinition = {
  name: "db",
  label: "Database",
  memoryBytes: 152 * mebibyte,
  isRequired: true,
  requires: [],
  withoutIt: "Nothing works: every service keeps its data here.",
  composeDependsOn: [],
  build: ({ input, secrets }) => ({
    command: ["postgres", "-c", "config_file=/etc/postgresql/postgresql.conf", "-c", "log_min_messages=fatal"],
    environment: {
      POSTGRES_HOST: "/var/run/postgresql",
      PGPORT: String(database.port),
      POSTGRES_PORT: String(database.port),
      PGPASSWORD: secrets.postgresPassword,
      POSTGRES_PASSWORD: secrets.postgresPassword,
      PGDATABASE: database.name,
      POSTGRES_DB: database.name,
      JWT_SECRET: secrets.jwtSecret,
      JWT_EXP: String(apiKeyLifetimes.jwtExpirySeconds),
    },
    files: initFiles,
    mounts: [
      { volume: "db-data", path: "/var/lib/postgresql/data", readOnly: false },
      { volume: "db-config", path: "/etc/postgresql-custom", readOnly: false },
    ],
    publishedPorts: input.ports.database === null || !input.settings.isDirectDatabasePortOpen ? [] : [{ containerPort: database.port, hostIp: input.settings.bindAddress, hostPort: input.ports.database }],
    healthcheck: healthCheck(["CMD", ...isReady], { retries: 10 }),
    // Over TCP: while the cluster is being created, the server listens on its socket only and does not count as ready.
    readiness: readyWhen(isReady, 300),
    replace: "stop-first",
    pids: 2048,
  }),
};
