/** Random texts that open doors, and the hashes under which the store keeps them. */

const base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `length` random letters and digits, each equally likely. 43 of them carry 256 bits. */
export function randomText(length = 43): string {
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 248 is the largest multiple of 62 in a byte: anything above would favour the first letters.
      if (byte < 248 && text.length < length) text += base62[byte % 62];
    }
  }
  return text;
}

/** SHA-256 in hex. Enough for texts with 256 random bits; people's passwords go through PasswordPort. */
export async function hashSecretText(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Prefix of every API token, so that scanners can tell what they found. */
export const apiTokenPrefix = "bh_";
