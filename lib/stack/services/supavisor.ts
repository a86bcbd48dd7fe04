import { poolerScript } from "../files/pooler-script";
import { afterDatabase, database, databaseUrl, healthCheck, mebibyte, readyWhen, type ServiceDefinition } from "../service-definition";

const isHealthy = ["curl", "-sSfL", "--head", "-o", "/dev/null", "http://127.0.0.1:4000/api/health"];
const scriptPath = "/etc/pooler/pooler.exs";

export const supavisor: ServiceDefinition = {
  name: "supavisor",
  label: "Connection pooler",
  memoryBytes: 254 * mebibyte,
  isRequired: false,
  requires: [],
  withoutIt: "No database port is published unless the direct one is opened.",
  composeDependsOn: afterDatabase,
  build: ({ input, secrets }) => ({
    // Upstream's text, but for the `exec`: without it the shell stays in front, no signal arrives, and every stop ends in a kill.
    command: ["/bin/sh", "-c", `/app/bin/migrate && /app/bin/supavisor eval "$(cat ${scriptPath})" && exec /app/bin/server`],
    environment: {
      PORT: "4000",
      POSTGRES_HOST: database.host,
      POSTGRES_PORT: String(database.port),
      POSTGRES_DB: database.name,
      POSTGRES_PASSWORD: secrets.postgresPassword,
      DATABASE_URL: databaseUrl("ecto", "supabase_admin", secrets.postgresPassword, "_supabase"),
      CLUSTER_POSTGRES: "true",
      SECRET_KEY_BASE: secrets.secretKeyBase,
      VAULT_ENC_KEY: secrets.vaultEncKey,
      API_JWT_SECRET: secrets.jwtSecret,
      METRICS_JWT_SECRET: secrets.jwtSecret,
      REGION: "local",
      ERL_AFLAGS: "-proto_dist inet_tcp",
      POOLER_TENANT_ID: input.projectRef,
      POOLER_DEFAULT_POOL_SIZE: "20",
      POOLER_MAX_CLIENT_CONN: "100",
      POOLER_POOL_MODE: "transaction",
      DB_POOL_SIZE: "5",
    },
    files: [{ path: scriptPath, content: poolerScript, mode: 0o644, uid: 0, gid: 0, reloadable: false }],
    publishedPorts: [
      { containerPort: 5432, hostIp: input.settings.bindAddress, hostPort: input.ports.poolerSession },
      { containerPort: 6543, hostIp: input.settings.bindAddress, hostPort: input.ports.poolerTransaction },
    ],
    healthcheck: healthCheck(["CMD", ...isHealthy], { intervalS: 10, retries: 10, startPeriodS: 30 }),
    readiness: readyWhen(isHealthy),
    dependsOn: afterDatabase,
    replace: "stop-first",
    pids: 512,
  }),
};
