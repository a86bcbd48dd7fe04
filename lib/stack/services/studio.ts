import { database, healthCheck, innerKeys, mebibyte, nodeFetch, readyWhen, type ServiceDefinition } from "../service-definition";
import { servedSchemas } from "./rest";

const profileUrl = "http://localhost:3000/api/platform/profile";
const askProfile = `node -e "fetch('${profileUrl}').then((r) => {if (r.status !== 200) throw new Error(r.status)})"`;

export const studio: ServiceDefinition = {
  name: "studio",
  label: "Studio",
  memoryBytes: 279 * mebibyte,
  isRequired: false,
  requires: ["meta"],
  withoutIt: "There is no dashboard of the project itself; tables are changed over SQL.",
  composeDependsOn: [],
  build: ({ input, input: { settings }, secrets }) => ({
    environment: {
      HOSTNAME: "0.0.0.0",
      STUDIO_PG_META_URL: "http://meta:8080",
      POSTGRES_HOST: database.host,
      POSTGRES_PORT: String(database.port),
      POSTGRES_DB: database.name,
      POSTGRES_PASSWORD: secrets.postgresPassword,
      POSTGRES_USER_READ_WRITE: "postgres",
      PG_META_CRYPTO_KEY: secrets.pgMetaCryptoKey,
      PGRST_DB_SCHEMAS: servedSchemas,
      PGRST_DB_MAX_ROWS: "1000",
      PGRST_DB_EXTRA_SEARCH_PATH: "public",
      DEFAULT_ORGANIZATION_NAME: "Default Organization",
      DEFAULT_PROJECT_NAME: settings.displayName,
      OPENAI_API_KEY: "",
      SUPABASE_URL: "http://api-gw:8000",
      SUPABASE_PUBLIC_URL: settings.publicUrl,
      SUPABASE_ANON_KEY: innerKeys({ input, secrets }).anon,
      SUPABASE_SERVICE_KEY: innerKeys({ input, secrets }).serviceRole,
      AUTH_JWT_SECRET: secrets.jwtSecret,
      SUPABASE_PUBLISHABLE_KEY: secrets.publishableKey,
      SUPABASE_SECRET_KEY: secrets.secretKey,
      ENABLED_FEATURES_LOGS_ALL: "false",
      SNIPPETS_MANAGEMENT_FOLDER: "/app/snippets",
      EDGE_FUNCTIONS_MANAGEMENT_FOLDER: "/app/edge-functions",
    },
    mounts: [
      { volume: "snippets", path: "/app/snippets", readOnly: false },
      { volume: "functions", path: "/app/edge-functions", readOnly: true },
    ],
    healthcheck: healthCheck(["CMD-SHELL", askProfile], { timeoutS: 10, startPeriodS: 20 }),
    readiness: readyWhen(nodeFetch(profileUrl)),
    pids: 256,
  }),
};
