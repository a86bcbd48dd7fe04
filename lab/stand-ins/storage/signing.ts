import { jwtVerify, SignJWT } from "jose";
import type { StorageConfig } from "./config";
import { StorageError } from "./errors";

/** What a signed address allows: reading one object, or writing it. */
export interface Permit {
  /** `bucket/name`. */
  url: string;
  purpose: "read" | "upload";
  /** Who signed an upload owns it. */
  owner?: string;
  upsert?: boolean;
}

const keyOf = (config: StorageConfig) => new TextEncoder().encode(config.secret);

/** A token that carries a permit until `expiresInS` from now. */
export function signPermit(config: StorageConfig, permit: Permit, expiresInS: number): Promise<string> {
  const issuedAtS = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...permit }).setProtectedHeader({ alg: "HS256" }).setIssuedAt(issuedAtS).setExpirationTime(issuedAtS + expiresInS).sign(keyOf(config));
}

/** The permit in a token, if it is for this purpose and this object. */
export async function readPermit(config: StorageConfig, token: string | null, expected: Pick<Permit, "url" | "purpose">): Promise<Permit> {
  if (token === null || token === "") throw new StorageError("400", "Error", "querystring must have required property 'token'");
  const payload = await jwtVerify(token, keyOf(config), { algorithms: ["HS256"] }).then(
    (verified) => verified.payload,
    (error: unknown) => {
      throw new StorageError("400", "InvalidJWT", error instanceof Error ? error.message : String(error));
    },
  );
  if (payload.url !== expected.url || payload.purpose !== expected.purpose) throw new StorageError("400", "InvalidSignature", "Invalid signature");
  return { ...expected, upsert: payload.upsert === true, ...(typeof payload.owner === "string" ? { owner: payload.owner } : {}) };
}
