import { afterDatabase, databaseUrl, healthCheck, mebibyte, readyWhen, type ServiceDefinition } from "../service-definition";

const statusOf = (host: string) => ["wget", "--no-verbose", "--tries=1", "--spider", `http://${host}:5000/status`];
export const storageFolder = "/var/lib/storage";

export const storage: ServiceDefinition = {
  name: "storage",
  label: "Storage",
  memoryBytes: 180 * mebibyte,
  isRequired: false,
  requires: ["rest"],
  withoutIt: "Files cannot be uploaded or downloaded.",
  composeDependsOn: [...afterDatabase, { service: "rest", condition: "started" }, { service: "imgproxy", condition: "started" }],
  build: ({ input: { settings }, secrets, has }) => ({
    environment: {
      ANON_KEY: secrets.anonKey,
      SERVICE_KEY: secrets.serviceRoleKey,
      POSTGREST_URL: "http://rest:3000",
      AUTH_JWT_SECRET: secrets.jwtSecret,
      JWT_JWKS: secrets.jwtJwks,
      DATABASE_URL: databaseUrl("postgres", "supabase_storage_admin", secrets.postgresPassword),
      STORAGE_PUBLIC_URL: settings.publicUrl,
      REQUEST_ALLOW_X_FORWARDED_PATH: "true",
      FILE_SIZE_LIMIT: "52428800",
      STORAGE_BACKEND: "file",
      GLOBAL_S3_BUCKET: "stub",
      FILE_STORAGE_BACKEND_PATH: storageFolder,
      TENANT_ID: "stub",
      REGION: "stub",
      ENABLE_IMAGE_TRANSFORMATION: String(has("imgproxy")),
      IMGPROXY_URL: "http://imgproxy:5001",
      S3_PROTOCOL_ACCESS_KEY_ID: secrets.s3AccessKeyId,
      S3_PROTOCOL_ACCESS_KEY_SECRET: secrets.s3AccessKeySecret,
    },
    mounts: [{ volume: "storage", path: storageFolder, readOnly: false }],
    healthcheck: healthCheck(["CMD", ...statusOf("storage")], { startPeriodS: 10 }),
    // By address: while a container is replaced, the name may still lead to its predecessor.
    readiness: readyWhen(statusOf("127.0.0.1")),
    dependsOn: afterDatabase,
    pids: 256,
  }),
};
