import type { ConfigFile } from "../desired";
import { helloFunction } from "../files/hello-function";
import { mainFunction } from "../files/main-function";
import { databaseUrl, healthCheck, innerKeys, mebibyte, readyWhen, type ServiceDefinition } from "../service-definition";

/** User functions, one folder each, in the project's `functions` volume. */
export const functionsFolder = "/home/deno/functions";
/** Functions that come with every project. Outside of the volume: a function of the same name that a person deploys wins, and is never overwritten. */
export const bundledFunctionsFolder = "/home/deno/basehold";

function source(path: string, content: string): ConfigFile {
  return { path, content, mode: 0o644, uid: 0, gid: 0, reloadable: false };
}

/** Functions that check keys by themselves take any of these: during an overlap both. */
function keysByName(present: string, previous: string | null): string {
  return JSON.stringify({ default: present, ...(previous === null ? {} : { previous }) });
}

export const functions: ServiceDefinition = {
  name: "functions",
  label: "Edge functions",
  memoryBytes: 104 * mebibyte,
  isRequired: false,
  requires: [],
  withoutIt: "Edge functions cannot be deployed or called.",
  composeDependsOn: [{ service: "api-gw", condition: "healthy" }],
  build: ({ input, input: { settings }, secrets }) => ({
    command: ["start", "--main-service", `${functionsFolder}/main`],
    environment: {
      JWT_SECRET: secrets.jwtSecret,
      SUPABASE_JWKS: secrets.jwtJwks,
      SUPABASE_URL: "http://api-gw:8000",
      SUPABASE_PUBLIC_URL: settings.publicUrl,
      SUPABASE_ANON_KEY: innerKeys({ input, secrets }).anon,
      SUPABASE_SERVICE_ROLE_KEY: innerKeys({ input, secrets }).serviceRole,
      SUPABASE_PUBLISHABLE_KEYS: keysByName(secrets.publishableKey, secrets.publishableKeyPrevious),
      SUPABASE_SECRET_KEYS: keysByName(secrets.secretKey, secrets.secretKeyPrevious),
      SUPABASE_DB_URL: databaseUrl("postgresql", "postgres", secrets.postgresPassword),
      VERIFY_JWT: "false",
    },
    files: [source(`${functionsFolder}/main/index.ts`, mainFunction), source(`${bundledFunctionsFolder}/hello/index.ts`, helloFunction)],
    mounts: [
      { volume: "functions", path: functionsFolder, readOnly: false },
      { volume: "deno-cache", path: "/root/.cache/deno", readOnly: false },
    ],
    healthcheck: healthCheck(["CMD", "bash", "-c", "</dev/tcp/127.0.0.1/9000"]),
    readiness: readyWhen(["bash", "-c", "</dev/tcp/127.0.0.1/9000"]),
    pids: 1024,
  }),
};
