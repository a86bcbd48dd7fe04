import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { VaultError } from "./vault-error";

const algorithm = "aes-256-gcm";
export const keyLengthBytes = 32;
const ivLengthBytes = 12;
const tagLengthBytes = 16;
const version = "v1";

/** Where a value lies. It is bound into the ciphertext, so a value that is moved to another place does not open there. */
export type Place = { table: string; column: string; rowId: string };

/** A value as it is stored: `v1.<key id>.<iv>.<ciphertext and tag>`. */
export type Envelope = { keyId: string; iv: Buffer; sealed: Buffer };

const keyIdPattern = /^[A-Za-z0-9-]{1,64}$/;

/** Encrypts with a fresh random IV. */
export function encrypt(key: Buffer, keyId: string, place: Place, text: string): string {
  if (!keyIdPattern.test(keyId)) throw new VaultError("The id of a key holds letters, digits and hyphens only.");
  const iv = randomBytes(ivLengthBytes);
  const cipher = createCipheriv(algorithm, key, iv);
  cipher.setAAD(associatedData(keyId, place));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [version, keyId, iv.toString("base64url"), sealed.toString("base64url")].join(".");
}

/** Decrypts. @throws VaultError when the key is another one, or anything of the value or of its place has changed. */
export function decrypt(key: Buffer, envelope: Envelope, place: Place): string {
  try {
    const decipher = createDecipheriv(algorithm, key, envelope.iv, { authTagLength: tagLengthBytes });
    decipher.setAAD(associatedData(envelope.keyId, place));
    decipher.setAuthTag(envelope.sealed.subarray(-tagLengthBytes));
    return Buffer.concat([decipher.update(envelope.sealed.subarray(0, -tagLengthBytes)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new VaultError(`The value in ${place.table}.${place.column} of row ${place.rowId} cannot be opened: it was changed, moved from another row, or encrypted with another key.`, { cause });
  }
}

/** Takes a stored value apart. @throws VaultError when it is not of this form. */
export function parseEnvelope(text: string): Envelope {
  const [prefix, keyId, iv, sealed, ...rest] = text.split(".");
  const ivBytes = decodeCanonical(iv);
  const sealedBytes = decodeCanonical(sealed);
  const isWhole = prefix === version && keyId !== undefined && keyIdPattern.test(keyId) && rest.length === 0;
  if (!isWhole || ivBytes?.length !== ivLengthBytes || sealedBytes === null || sealedBytes.length < tagLengthBytes) throw new VaultError("A stored secret is not in the form v1.<key>.<iv>.<ciphertext>: it was changed or cut off.");
  return { keyId, iv: ivBytes, sealed: sealedBytes };
}

/** Lenient decoding would let some characters of a stored value change unnoticed. */
function decodeCanonical(text: string | undefined): Buffer | null {
  if (text === undefined) return null;
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}

function associatedData(keyId: string, { table, column, rowId }: Place): Buffer {
  return Buffer.from([version, keyId, table, column, rowId].join("|"), "utf8");
}
