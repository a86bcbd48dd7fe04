import { decodeProtectedHeader, errors, importJWK, jwtVerify, type CryptoKey, type JWK, type JWTPayload } from "jose";

export type { JWK, JWTPayload } from "jose";

type VerifyKey = CryptoKey | Uint8Array;

export interface KeyringOptions {
  /** The shared secret: its bytes, not decoded from base64. */
  secret?: string;
  keys: readonly JWK[];
}

/** Checks tokens by the shared secret and any number of JSON Web Keys. */
export class Keyring {
  private readonly secret: Uint8Array | undefined;
  private readonly keys: readonly JWK[];
  private readonly imported = new Map<JWK, VerifyKey>();

  constructor(options: KeyringOptions) {
    this.secret = options.secret === undefined || options.secret === "" ? undefined : new TextEncoder().encode(options.secret);
    this.keys = options.keys;
  }

  /** The claims of a token that one of the keys signed and that has not expired; throws otherwise. */
  async verify(token: string): Promise<JWTPayload> {
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg !== "HS256" && alg !== "ES256" && alg !== "RS256") throw new Error(`signing method ${String(alg)} is invalid`);
    const candidates = await this.candidates(alg, kid);
    let lastError: unknown = new Error(`unrecognized JWT kid ${String(kid)} for algorithm ${alg}`);
    for (const key of candidates) {
      try {
        return (await jwtVerify(token, key, { algorithms: [alg] })).payload;
      } catch (error) {
        lastError = error;
        // Another key cannot make an expired token good.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw lastError;
  }

  private async candidates(alg: string, kid: string | undefined): Promise<VerifyKey[]> {
    const fitting = this.keys.filter((key) => (key.alg ?? algorithmOf(key)) === alg);
    const named = kid === undefined ? [] : fitting.filter((key) => key.kid === kid);
    // Asymmetric tokens must name their key; only the shared secret is tried without a name.
    const chosen = named.length > 0 ? named : fitting.filter((key) => key.kty === "oct" || kid === undefined);
    const keys = await Promise.all(chosen.map((key) => this.import(key, alg)));
    if (alg === "HS256" && this.secret !== undefined) keys.push(this.secret);
    return keys;
  }

  private async import(jwk: JWK, alg: string): Promise<VerifyKey> {
    const known = this.imported.get(jwk);
    if (known !== undefined) return known;
    const key = await importJWK(jwk.kty === "oct" ? jwk : publicKeyOf(jwk), alg);
    this.imported.set(jwk, key);
    return key;
  }
}

/** The algorithm that a key without `alg` is for. */
export function algorithmOf(key: JWK): string | undefined {
  if (key.kty === "oct") return "HS256";
  if (key.kty === "RSA") return "RS256";
  if (key.kty === "EC" && key.crv === "P-256") return "ES256";
  return undefined;
}

const privateFields = new Set(["d", "p", "q", "dp", "dq", "qi", "oth", "k"]);

/** A key without its private parts, marked for verification only. */
export function publicKeyOf(key: JWK): JWK {
  const kept = Object.entries(key).filter(([name]) => !privateFields.has(name));
  return { ...(Object.fromEntries(kept) as JWK), use: "sig", key_ops: ["verify"] };
}

/** Reads `{"keys":[…]}`; an empty or absent text is no keys. A bare array is refused, as the components refuse it. */
export function parseJwks(text: string | undefined): JWK[] {
  if (text === undefined || text.trim() === "") return [];
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !("keys" in value) || !Array.isArray(value.keys)) {
    throw new Error('a key set must have the form {"keys":[…]}');
  }
  return value.keys as JWK[];
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerOf(header: string | undefined): string | undefined {
  const match = /^(?:B|b)earer (\S+)$/.exec(header ?? "");
  return match?.[1];
}
