import { Secret } from "./secret-value";
import type { ServiceName } from "./desired";
import type { ProjectSecrets, ProjectSettings, StackInput } from "./settings";

/** Fixed input for golden files and tests. The secrets are made up, meet their rules and open nothing. */
export const allServices: ServiceName[] = ["db", "api-gw", "auth", "rest", "realtime", "storage", "imgproxy", "meta", "functions", "studio", "supavisor"];

const jwtPart = (value: unknown) => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

function sampleJwt(alg: "HS256" | "ES256", role: string): Secret {
  return new Secret(`${jwtPart({ alg, typ: "JWT" })}.${jwtPart({ role, iss: "supabase", iat: 1_760_000_000, exp: 1_917_680_000 })}.sample-${role}-${alg}`);
}

const publicJwk = { kty: "EC", kid: "00000000-0000-4000-8000-000000000001", use: "sig", key_ops: ["verify"], alg: "ES256", ext: true, crv: "P-256", x: "sample-x", y: "sample-y" };
const symmetricJwk = { kty: "oct", k: "c2FtcGxlLWp3dC1zZWNyZXQ", alg: "HS256" };

export const sampleSecrets: ProjectSecrets = {
  postgresPassword: new Secret("samplePostgresPassword0001"),
  jwtSecret: new Secret("sampleJwtSecretThatIsLongEnough000000001"),
  anonKey: sampleJwt("HS256", "anon"),
  serviceRoleKey: sampleJwt("HS256", "service_role"),
  publishableKey: new Secret("sb_publishable_samplePublishable00000_checksum"),
  secretKey: new Secret("sb_secret_sampleSecret0000000000_checksum"),
  jwtKeys: new Secret(JSON.stringify([{ ...publicJwk, key_ops: ["sign", "verify"], d: "sample-d" }, symmetricJwk])),
  jwtJwks: new Secret(JSON.stringify({ keys: [publicJwk, symmetricJwk] })),
  anonKeyAsymmetric: sampleJwt("ES256", "anon"),
  serviceRoleKeyAsymmetric: sampleJwt("ES256", "service_role"),
  dashboardUsername: new Secret("supabase"),
  dashboardPassword: new Secret("sampleDashboardPassword01"),
  secretKeyBase: new Secret("sampleSecretKeyBase".padEnd(64, "0")),
  vaultEncKey: new Secret("sampleVaultEncKey".padEnd(32, "0")),
  pgMetaCryptoKey: new Secret("samplePgMetaCryptoKey".padEnd(32, "0")),
  realtimeDbEncKey: new Secret("sampleRealtime".padEnd(16, "0")),
  s3AccessKeyId: new Secret("5a".repeat(16)),
  s3AccessKeySecret: new Secret("5b".repeat(32)),
  smtpPassword: null,
  publishableKeyPrevious: null,
  secretKeyPrevious: null,
};

export const sampleSettings: ProjectSettings = {
  displayName: "Sample shop",
  release: "v0.8.2",
  services: allServices,
  bindAddress: "127.0.0.1",
  publicUrl: "http://127.0.0.1:8100",
  siteUrl: "http://localhost:3000",
  redirectUrls: [],
  smtp: null,
  isDirectDatabasePortOpen: false,
};

export const sampleInput: StackInput = {
  projectId: "abcdef123456",
  projectRef: "sample-shop",
  revision: 1,
  subnet: "10.213.4.64/26",
  settings: sampleSettings,
  ports: { gateway: 8100, poolerSession: 15432, poolerTransaction: 16543, database: null },
  secrets: sampleSecrets,
};
