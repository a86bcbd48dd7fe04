import { afterDatabase, apiKeyLifetimes, databaseUrl, healthCheck, mebibyte, readyWhen, type ServiceDefinition } from "../service-definition";

const isReady = ["postgrest", "--ready"];

/** Schemas that PostgREST serves; Studio shows the same. */
export const servedSchemas = "public,storage,graphql_public";

export const rest: ServiceDefinition = {
  name: "rest",
  label: "REST and GraphQL",
  memoryBytes: 51 * mebibyte,
  isRequired: true,
  requires: [],
  withoutIt: "Tables cannot be read or written over REST or GraphQL, and Storage loses its policies' way to the database.",
  composeDependsOn: afterDatabase,
  build: ({ secrets }) => ({
    command: ["postgrest"],
    environment: {
      PGRST_DB_URI: databaseUrl("postgres", "authenticator", secrets.postgresPassword),
      PGRST_DB_SCHEMAS: servedSchemas,
      PGRST_DB_MAX_ROWS: "1000",
      PGRST_DB_EXTRA_SEARCH_PATH: "public",
      PGRST_DB_ANON_ROLE: "anon",
      PGRST_ADMIN_SERVER_PORT: "3001",
      PGRST_ADMIN_SERVER_HOST: "localhost",
      PGRST_JWT_SECRET: secrets.jwtJwks,
      PGRST_DB_USE_LEGACY_GUCS: "false",
      PGRST_APP_SETTINGS_JWT_SECRET: secrets.jwtSecret,
      PGRST_APP_SETTINGS_JWT_EXP: String(apiKeyLifetimes.jwtExpirySeconds),
    },
    healthcheck: healthCheck(["CMD", ...isReady]),
    readiness: readyWhen(isReady),
    dependsOn: afterDatabase,
    pids: 256,
  }),
};
