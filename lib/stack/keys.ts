import { fromBase64Url, toBase64Url, toHex, utf8 } from "./encoding";
import { Secret } from "./secret-value";
import { firstStudioUsername, type OptionalSecretName, type ProjectSecrets, type SecretName } from "./settings";

/** Source of random bytes, given by the caller so that this room stays pure. */
export type RandomBytes = (length: number) => Uint8Array;

export type KeySource = { randomBytes: RandomBytes; nowSeconds: number; uuid: () => string };

export type ApiRole = "anon" | "service_role";

const apiKeyLifetimeSeconds = 5 * 365 * 24 * 3600;
const lettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Random letters and digits, each equally likely; the first is a letter. */
export function generatePassword(randomBytes: RandomBytes, length: number): string {
  const letterCount = 52;
  let text = "";
  while (text.length < length) {
    const alphabetSize = text === "" ? letterCount : lettersAndDigits.length;
    const unbiasedLimit = 256 - (256 % alphabetSize);
    for (const byte of randomBytes(length)) {
      if (byte < unbiasedLimit) text += lettersAndDigits.charAt(byte % alphabetSize);
      // The first character draws from a smaller alphabet, so it ends its batch.
      if (text.length === length || alphabetSize === letterCount) break;
    }
  }
  return text;
}

async function hmacKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", utf8(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

const encodeJson = (value: unknown) => toBase64Url(utf8(JSON.stringify(value)));

function apiClaims(role: ApiRole, nowSeconds: number) {
  return { role, iss: "supabase", iat: nowSeconds, exp: nowSeconds + apiKeyLifetimeSeconds };
}

/** A legacy API key: HS256 over the raw bytes of the JWT secret, without key id and audience. */
export async function signLegacyKey(role: ApiRole, jwtSecret: string, nowSeconds: number): Promise<string> {
  const body = `${encodeJson({ alg: "HS256", typ: "JWT" })}.${encodeJson(apiClaims(role, nowSeconds))}`;
  const signature = await crypto.subtle.sign("HMAC", await hmacKey(jwtSecret), utf8(body));
  return `${body}.${toBase64Url(new Uint8Array(signature))}`;
}

export type OpaquePrefix = "sb_publishable_" | "sb_secret_";

/** An opaque API key: 22 random characters and a checksum of 8. */
export async function generateOpaqueKey(prefix: OpaquePrefix, randomBytes: RandomBytes): Promise<string> {
  const random = toBase64Url(randomBytes(17)).slice(0, 22);
  return `${prefix}${random}_${await opaqueChecksum(prefix + random)}`;
}

async function opaqueChecksum(start: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", utf8(`supabase-self-hosted|${start}`));
  return toBase64Url(new Uint8Array(digest)).slice(0, 8);
}

/** Whether the text is an opaque key whose checksum fits. Read by position: random part and checksum may hold `_` themselves. */
export async function isOpaqueKey(text: string): Promise<boolean> {
  if (!opaquePattern.test(text)) return false;
  return (await opaqueChecksum(text.slice(0, -9))) === text.slice(-8);
}

const opaquePattern = /^sb_(publishable|secret)_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}$/;

export type SigningPair = { kid: string; privateJwk: Record<string, unknown>; publicJwk: Record<string, unknown>; key: CryptoKey };

/** DER of a PKCS#8 P-256 private key up to its 32 bytes; the public point is left out and computed at import. */
const pkcs8Head = [0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20];
/** Order of P-256; a private key is 1 or more and less than this. */
const curveOrder = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/** A P-256 pair for ES256 with the given key id. */
export async function generateSigningPair(randomBytes: RandomBytes, kid: string): Promise<SigningPair> {
  let scalar = randomBytes(32);
  while (!isPrivateScalar(scalar)) scalar = randomBytes(32);
  const der = Uint8Array.from([...pkcs8Head, ...scalar]);
  const key = await crypto.subtle.importKey("pkcs8", der, { name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
  const { x, y, d } = await crypto.subtle.exportKey("jwk", key);
  const common = { kty: "EC", kid, use: "sig" };
  const curve = { alg: "ES256", ext: true, crv: "P-256", x, y };
  return {
    kid,
    key,
    privateJwk: { ...common, key_ops: ["sign", "verify"], ...curve, d },
    publicJwk: { ...common, key_ops: ["verify"], ...curve },
  };
}

function isPrivateScalar(scalar: Uint8Array): boolean {
  const value = BigInt(`0x${toHex(scalar)}`);
  return value > BigInt(0) && value < curveOrder;
}

/** An internal ES256 JWT that the gateway puts in place of an opaque key. Web Crypto signs in IEEE P1363 form, as JWS wants it. */
export async function signAsymmetricKey(role: ApiRole, pair: SigningPair, nowSeconds: number): Promise<string> {
  const body = `${encodeJson({ alg: "ES256", typ: "JWT", kid: pair.kid })}.${encodeJson(apiClaims(role, nowSeconds))}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.key, utf8(body));
  return `${body}.${toBase64Url(new Uint8Array(signature))}`;
}

/** The symmetric JWK of the JWT secret: part of what signs and verifies, which is why the JWKS is a secret. */
export function symmetricJwk(jwtSecret: string): Record<string, unknown> {
  return { kty: "oct", k: toBase64Url(utf8(jwtSecret)), alg: "HS256" };
}

/** What depends on the JWT secret. */
type JwtSecrets = Pick<ProjectSecrets, "jwtSecret" | "anonKey" | "serviceRoleKey" | "jwtKeys" | "jwtJwks">;
/** What depends on the signing pair too. */
type SigningSecrets = JwtSecrets & Pick<ProjectSecrets, "anonKeyAsymmetric" | "serviceRoleKeyAsymmetric">;

/** A new JWT secret with the legacy keys that it signs, beside the given signing keys. */
async function generateJwtSecrets({ randomBytes, nowSeconds }: KeySource, signing: { privateJwks: readonly unknown[]; publicJwks: readonly unknown[] }): Promise<JwtSecrets> {
  const jwtSecret = generatePassword(randomBytes, 40);
  const oct = symmetricJwk(jwtSecret);
  return {
    jwtSecret: new Secret(jwtSecret),
    anonKey: new Secret(await signLegacyKey("anon", jwtSecret, nowSeconds)),
    serviceRoleKey: new Secret(await signLegacyKey("service_role", jwtSecret, nowSeconds)),
    jwtKeys: new Secret(JSON.stringify([...signing.privateJwks, oct])),
    jwtJwks: new Secret(JSON.stringify({ keys: [...signing.publicJwks, oct] })),
  };
}

/** A new JWT secret and a new ES256 pair: nothing that was signed before stays valid. */
export async function generateSigningSecrets(source: KeySource): Promise<SigningSecrets> {
  const pair = await generateSigningPair(source.randomBytes, source.uuid());
  return {
    ...(await generateJwtSecrets(source, { privateJwks: [pair.privateJwk], publicJwks: [pair.publicJwk] })),
    anonKeyAsymmetric: new Secret(await signAsymmetricKey("anon", pair, source.nowSeconds)),
    serviceRoleKeyAsymmetric: new Secret(await signAsymmetricKey("service_role", pair, source.nowSeconds)),
  };
}

const isAsymmetric = (jwk: unknown) => typeof jwk === "object" && jwk !== null && "kty" in jwk && jwk.kty !== "oct";

/**
 * A new JWT secret beside the signing keys that the project has: what those signed (sessions, the tokens behind opaque keys) stays valid.
 * @throws SyntaxError when the stored key sets are no JSON.
 */
export async function renewJwtSecret(source: KeySource, present: Pick<ProjectSecrets, "jwtKeys" | "jwtJwks">): Promise<JwtSecrets> {
  const privateJwks = JSON.parse(present.jwtKeys.reveal()) as unknown[];
  const { keys: publicJwks } = JSON.parse(present.jwtJwks.reveal()) as { keys: unknown[] };
  return generateJwtSecrets(source, { privateJwks: privateJwks.filter(isAsymmetric), publicJwks: publicJwks.filter(isAsymmetric) });
}

/** Every generated secret of a new project. `smtpPassword` stays null: it comes from a person. */
export async function generateProjectSecrets(source: KeySource): Promise<ProjectSecrets> {
  const { randomBytes } = source;
  const password = (length: number) => generatePassword(randomBytes, length);
  const texts: Record<Exclude<SecretName, OptionalSecretName | keyof SigningSecrets>, string> = {
    postgresPassword: password(32),
    publishableKey: await generateOpaqueKey("sb_publishable_", randomBytes),
    secretKey: await generateOpaqueKey("sb_secret_", randomBytes),
    dashboardUsername: firstStudioUsername,
    dashboardPassword: password(32),
    secretKeyBase: password(64),
    vaultEncKey: password(32),
    pgMetaCryptoKey: password(32),
    realtimeDbEncKey: password(16),
    s3AccessKeyId: toHex(randomBytes(16)),
    s3AccessKeySecret: toHex(randomBytes(32)),
  };
  const entries = Object.entries(texts).map(([name, text]) => [name, new Secret(text)]);
  const plain = Object.fromEntries(entries) as Record<keyof typeof texts, Secret>;
  return { ...plain, ...(await generateSigningSecrets(source)), smtpPassword: null, publishableKeyPrevious: null, secretKeyPrevious: null };
}

/** Header and claims of a JWT, unverified; undefined when the text is not one. */
export function decodeJwt(text: string): { header: unknown; claims: unknown } | undefined {
  const parts = text.split(".");
  if (parts.length !== 3) return undefined;
  const [header, claims] = parts.map(decodeJsonPart);
  return header === undefined || claims === undefined ? undefined : { header, claims };
}

function decodeJsonPart(part: string): unknown {
  const bytes = fromBase64Url(part);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
