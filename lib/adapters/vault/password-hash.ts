import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";
import type { PasswordPort } from "@/lib/access/password-port";

export type ScryptParameters = { logN: number; r: number; p: number };

/** 128 MiB·r/8 per hash and about 0.1 s on a small server; OWASP's floor for scrypt with p = 1 is 2^17. */
export const currentParameters: ScryptParameters = { logN: 17, r: 8, p: 1 };

const keyLengthBytes = 32;
const saltLengthBytes = 16;
/** A stored hash that asks for more than this is refused: it could only be there to eat memory. */
const maxLogN = 20;
const parallelHashes = 2;

type Parsed = { parameters: ScryptParameters; salt: Buffer; key: Buffer };

/** Hashes with scrypt: `scrypt$<logN>$<r>$<p>$<salt>$<key>`, parameters included, so that they can grow and be rehashed. */
export function openPasswordHash(parameters: ScryptParameters = currentParameters): PasswordPort {
  const gate = openGate(parallelHashes);
  const derive = (password: string, salt: Buffer, used: ScryptParameters) => gate(() => runScrypt(password, salt, used));
  return {
    async hash(password) {
      const salt = randomBytes(saltLengthBytes);
      return format({ parameters, salt, key: await derive(password, salt, parameters) });
    },
    async verify(password, hash) {
      const parsed = parse(hash);
      if (parsed === null) {
        await derive(password, randomBytes(saltLengthBytes), parameters);
        return { isValid: false, needsRehash: false };
      }
      const key = await derive(password, parsed.salt, parsed.parameters);
      const isValid = timingSafeEqual(key, parsed.key);
      return { isValid, needsRehash: isValid && isWeaker(parsed.parameters, parameters) };
    },
    async verifyNobody(password) {
      await derive(password, randomBytes(saltLengthBytes), parameters);
      return false;
    },
  };
}

function runScrypt(password: string, salt: Buffer, { logN, r, p }: ScryptParameters): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 2 * 128 * 2 ** logN * r * p };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, keyLengthBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function format({ parameters, salt, key }: Parsed): string {
  return ["scrypt", parameters.logN, parameters.r, parameters.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

function parse(hash: string): Parsed | null {
  const [, logN, r, p, salt, key] = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/.exec(hash) ?? [];
  if (logN === undefined || r === undefined || p === undefined || salt === undefined || key === undefined) return null;
  const parameters = { logN: Number(logN), r: Number(r), p: Number(p) };
  if (parameters.logN < 1 || parameters.logN > maxLogN || parameters.r < 1 || parameters.p < 1 || parameters.r * parameters.p > 32) return null;
  return { parameters, salt: Buffer.from(salt, "base64url"), key: Buffer.from(key, "base64url") };
}

function isWeaker(stored: ScryptParameters, wanted: ScryptParameters): boolean {
  return stored.logN < wanted.logN || stored.r < wanted.r || stored.p < wanted.p;
}

/** Lets `limit` tasks run at once: a burst of sign-ins must not take all memory and every thread of the pool. */
function openGate(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
