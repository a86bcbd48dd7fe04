import { realtimeHost } from "@/lib/gateway/routes";
import { afterDatabase, database, healthCheck, mebibyte, readyWhen, type ServiceDefinition } from "../service-definition";

/** The key comes from the container's environment, so the command is the same text in every project. */
const askTenantHealth = 'curl -sSfL --head -o /dev/null -H "Authorization: Bearer $ANON_KEY" http://localhost:4000/api/tenants/realtime-dev/health';

export const realtime: ServiceDefinition = {
  name: "realtime",
  label: "Realtime",
  memoryBytes: 258 * mebibyte,
  isRequired: false,
  requires: [],
  withoutIt: "Clients cannot subscribe to changes, broadcasts or presence.",
  composeDependsOn: afterDatabase,
  build: ({ secrets }) => ({
    environment: {
      PORT: "4000",
      DB_HOST: database.host,
      DB_PORT: String(database.port),
      DB_USER: "supabase_admin",
      DB_PASSWORD: secrets.postgresPassword,
      DB_NAME: database.name,
      DB_AFTER_CONNECT_QUERY: "SET search_path TO _realtime",
      DB_ENC_KEY: secrets.realtimeDbEncKey,
      API_JWT_SECRET: secrets.jwtSecret,
      API_JWT_JWKS: secrets.jwtJwks,
      METRICS_JWT_SECRET: secrets.jwtSecret,
      SECRET_KEY_BASE: secrets.secretKeyBase,
      ERL_AFLAGS: "-proto_dist inet_tcp",
      DNS_NODES: "''",
      RLIMIT_NOFILE: "10000",
      APP_NAME: "realtime",
      SEED_SELF_HOST: "true",
      RUN_JANITOR: "true",
      DISABLE_HEALTHCHECK_LOGGING: "true",
      ANON_KEY: secrets.anonKey,
    },
    // Realtime takes its tenant from the first label of the Host header, which is this name.
    aliases: [realtimeHost],
    healthcheck: healthCheck(["CMD-SHELL", askTenantHealth], { intervalS: 30, startPeriodS: 10 }),
    readiness: readyWhen(["sh", "-c", askTenantHealth]),
    dependsOn: afterDatabase,
    pids: 512,
  }),
};
