import { z } from "zod";
import { decodeJwt } from "./keys";
import type { SecretName } from "./settings";

const lettersAndDigits = (min: number, max: number, sentence: string) => z.string().regex(new RegExp(`^[A-Za-z0-9]{${min},${max}}$`), sentence);

const apiJwt = (algorithm: "HS256" | "ES256", role: "anon" | "service_role") =>
  z.string().refine((text) => {
    const jwt = decodeJwt(text);
    const header = z.object({ alg: z.literal(algorithm) }).safeParse(jwt?.header);
    const claims = z.object({ role: z.literal(role), iss: z.literal("supabase"), iat: z.number(), exp: z.number() }).safeParse(jwt?.claims);
    return header.success && claims.success && claims.data.exp > claims.data.iat;
  }, `A JWT with algorithm ${algorithm} and role ${role}.`);

const opaqueKey = (kind: "publishable" | "secret") =>
  z.string().regex(new RegExp(`^sb_${kind}_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}$`), `An opaque key that starts with sb_${kind}_.`);

const jwk = z.looseObject({ kty: z.string(), key_ops: z.array(z.string()).optional() });

const json = <T>(shape: z.ZodType<T>, sentence: string) =>
  z.string().refine((text) => {
    try {
      return shape.safeParse(JSON.parse(text)).success;
    } catch {
      return false;
    }
  }, sentence);

/** GoTrue refuses to start unless exactly one key may sign. */
const signingKeys = z.array(jwk).refine((keys) => keys.filter((key) => key.key_ops?.includes("sign")).length === 1);
const verificationKeys = z.object({ keys: z.array(jwk).min(1) }).refine(({ keys }) => keys.every((key) => !("d" in key)));

const passwordSentence = "Use 16 to 64 letters and digits: the value is placed in connection URLs as it is.";

/** What each secret must look like, whoever made it. */
export const secretRules: Record<SecretName, z.ZodType<string>> = {
  postgresPassword: lettersAndDigits(16, 64, passwordSentence),
  jwtSecret: z.string().regex(/^[\x21-\x7e]{32,256}$/, "At least 32 printable characters."),
  anonKey: apiJwt("HS256", "anon"),
  serviceRoleKey: apiJwt("HS256", "service_role"),
  publishableKey: opaqueKey("publishable"),
  secretKey: opaqueKey("secret"),
  publishableKeyPrevious: opaqueKey("publishable"),
  secretKeyPrevious: opaqueKey("secret"),
  jwtKeys: json(signingKeys, "A JSON array of JWKs of which exactly one may sign."),
  jwtJwks: json(verificationKeys, "A JSON object with verification keys and no private one."),
  anonKeyAsymmetric: apiJwt("ES256", "anon"),
  serviceRoleKeyAsymmetric: apiJwt("ES256", "service_role"),
  dashboardUsername: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, "1 to 64 letters, digits, dots, hyphens and underscores."),
  dashboardPassword: lettersAndDigits(16, 64, "16 to 64 letters and digits.").regex(/[A-Za-z]/, "At least one letter."),
  secretKeyBase: z.string().regex(/^[\x21-\x7e]{64,256}$/, "At least 64 printable characters."),
  vaultEncKey: z.string().regex(/^[\x21-\x7e]{32}$/, "Exactly 32 characters."),
  pgMetaCryptoKey: z.string().regex(/^[\x21-\x7e]{32,256}$/, "At least 32 characters."),
  realtimeDbEncKey: z.string().regex(/^[\x21-\x7e]{16}$/, "Exactly 16 characters."),
  s3AccessKeyId: z.string().regex(/^[a-f0-9]{32}$/, "32 hexadecimal digits."),
  s3AccessKeySecret: z.string().regex(/^[a-f0-9]{64}$/, "64 hexadecimal digits."),
  smtpPassword: z.string().max(500).regex(/^[^\p{Cc}]*$/u, "Leave out line breaks and control characters."),
};

/** The rule that the value breaks, in one sentence; null when it meets its rule. */
export function checkSecret(name: SecretName, value: string): string | null {
  const result = secretRules[name].safeParse(value);
  return result.success ? null : (result.error.issues[0]?.message ?? "Not a valid value.");
}

/** Placeholders and sample values that upstream publishes; each of them is known to everyone. */
const publishedValues = new Set([
  "your-super-secret-and-long-postgres-password",
  "your-super-secret-jwt-token-with-at-least-32-characters-long",
  "super-secret-jwt-token-with-at-least-32-characters-long",
  "this_password_is_insecure_and_should_be_updated",
  "this_password_is_insecure_and_must_be_changed",
  "UpNVntn3cDxHJpq99YMc1T1AQgQpc8kfYTuRgBiYa15BLrx8etQoXz3gZv1/u2oq",
  "your-32-character-encryption-key",
  "your-encryption-key-32-chars-min",
  "your-super-secret-and-long-logflare-key-public",
  "your-super-secret-and-long-logflare-key-private",
  "supabaserealtime",
  "SAMPLE_KEY",
  "secret1234",
  "625729a08b95bf1b7ff351a663f3a23c",
  "850181e4652dd023b7a98c58ae0d2d34bd487ee0cc3254aed6eda37307425907",
]);

/** Whether a value is one that upstream publishes as a sample: a demo JWT (issuer `supabase-demo`) or a placeholder. */
export function isKnownDemoSecret(value: string): boolean {
  const text = value.trim();
  if (publishedValues.has(text)) return true;
  const claims = z.object({ iss: z.literal("supabase-demo") }).safeParse(decodeJwt(text)?.claims);
  return claims.success;
}
