import { afterDatabase, database, mebibyte, nodeFetch, readyWhen, type ServiceDefinition } from "../service-definition";

export const meta: ServiceDefinition = {
  name: "meta",
  label: "Database administration",
  memoryBytes: 112 * mebibyte,
  isRequired: false,
  requires: [],
  withoutIt: "Studio cannot show or change the database.",
  composeDependsOn: afterDatabase,
  build: ({ secrets }) => ({
    environment: {
      PG_META_PORT: "8080",
      PG_META_DB_HOST: database.host,
      PG_META_DB_PORT: String(database.port),
      PG_META_DB_NAME: database.name,
      PG_META_DB_USER: "postgres",
      PG_META_DB_PASSWORD: secrets.postgresPassword,
      CRYPTO_KEY: secrets.pgMetaCryptoKey,
    },
    readiness: readyWhen(nodeFetch("http://127.0.0.1:8080/health")),
    // It connects when it is asked, so it starts while the database is being created.
    dependsOn: [],
    pids: 256,
  }),
};
