import { createHash, randomBytes, randomInt, scrypt, timingSafeEqual } from "node:crypto";
import { importJWK, SignJWT, type JWTPayload } from "jose";
import { algorithmOf, Keyring, publicKeyOf, type JWK } from "../serving/tokens";
import type { AuthConfig } from "./config";

/** Signs access tokens with the one key that may sign, or with the shared secret. */
export async function signAccessToken(config: AuthConfig, claims: JWTPayload): Promise<string> {
  const key = config.jwt.keys.find((candidate) => candidate.key_ops?.includes("sign") === true);
  if (key === undefined) {
    return new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(new TextEncoder().encode(config.jwt.secret));
  }
  const alg = key.alg ?? algorithmOf(key);
  if (alg === undefined) throw new Error("the signing key has no algorithm");
  const header = key.kid === undefined ? { alg, typ: "JWT" } : { alg, kid: key.kid, typ: "JWT" };
  // WebCrypto takes a private EC key for signing only, while the configured key also names `verify`.
  const signingKey = key.kty === "oct" ? key : { ...key, key_ops: ["sign"] };
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(signingKey, alg));
}

/** Checks tokens by every configured key and the shared secret. */
export function keyringOf(config: AuthConfig): Keyring {
  return new Keyring({ secret: config.jwt.secret, keys: config.jwt.keys });
}

/** The key set that anybody may read: asymmetric keys only, without their private parts. */
export function publicKeys(config: AuthConfig): JWK[] {
  return config.jwt.keys.filter((key) => key.kty !== "oct").map(publicKeyOf);
}

const cost = { N: 16_384, r: 8, p: 1 };

/** A password's salted scrypt hash with its parameters. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await deriveKey(password, salt, cost);
  return `$scrypt$n=${String(cost.N)},r=${String(cost.r)},p=${String(cost.p)}$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

/** Whether a password fits a stored hash; a hash of another kind fits none. */
export async function passwordFits(password: string, stored: string): Promise<boolean> {
  const match = /^\$scrypt\$n=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (match === null) return false;
  const expected = Buffer.from(match[5] ?? "", "base64url");
  const parameters = { N: Number(match[1]), r: Number(match[2]), p: Number(match[3]) };
  const actual = await deriveKey(password, Buffer.from(match[4] ?? "", "base64url"), parameters);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function deriveKey(password: string, salt: Buffer, parameters: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, parameters, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** A one-time code of decimal digits. */
export function generateOtp(length: number): string {
  return Array.from({ length }, () => String(randomInt(10))).join("");
}

/** The stored form of a one-time code: SHA-224 over the address and the code. */
export function hashOtp(address: string, otp: string): string {
  return createHash("sha224").update(address + otp).digest("hex");
}

const letters = "abcdefghijklmnopqrstuvwxyz234567";

/** A refresh token: 12 characters of base32, lower case. */
export function generateRefreshToken(): string {
  return Array.from(randomBytes(12), (byte) => letters[byte % letters.length]).join("");
}

/** Whether a PKCE verifier belongs to a stored challenge. */
export function verifierFits(verifier: string, challenge: string, method: string): boolean {
  if (method.toLowerCase() === "plain") return verifier === challenge;
  return createHash("sha256").update(verifier).digest("base64url") === challenge;
}
