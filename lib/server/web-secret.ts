import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isKnownDemoSecret } from "@/lib/stack/secret-rules";
import { webConfig } from "./web-config";

/**
 * Writes the secret that encrypts the panel's cookies, unless there is one. Called by start-up; web itself only reads it.
 * The file is complete from the moment it has its name, so that two starts at once agree on one.
 */
export function ensureWebSecret(path: string, mode = 0o440): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(48).toString("base64url")}\n`, { mode });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft);
  }
}

/** Reads the cookie secret. There is no default: without one, with a short one or with a published one, web does not start. */
export function readWebSecret(path: string | null): string {
  if (path === null) throw new Error("The web process cannot start: neither BASEHOLD_WEB_SECRET_FILE nor BASEHOLD_DATA names where its cookie secret is.");
  const secret = readText(path).trim();
  if (secret.length < 43) throw new Error(`The web process cannot start: the cookie secret in ${path} is shorter than 256 bits. Remove the file and run \`npm run up\`, which makes a new one.`);
  if (isKnownDemoSecret(secret) || /^(.)\1*$/.test(secret)) throw new Error(`The web process cannot start: the cookie secret in ${path} is a published sample value. Remove the file and run \`npm run up\`, which makes a new one.`);
  return secret;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) throw new Error(`The web process cannot start: its cookie secret ${path} is missing. \`npm run up\` makes it.`, { cause: error });
    throw new Error(`The web process cannot start: its cookie secret ${path} cannot be read.`, { cause: error });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

let cached: string | null = null;

/** The cookie secret of this process, read once. */
export function webSecret(): string {
  cached ??= readWebSecret(webConfig().webSecretPath);
  return cached;
}
