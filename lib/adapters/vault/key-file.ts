import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isKnownDemoSecret } from "@/lib/stack/secret-rules";
import { keyLengthBytes } from "./envelope";
import { newSealingIdentity } from "./sealing";
import { VaultError } from "./vault-error";

/** What the key file holds: the key-encryption keys by id, the one in force, and the private key of what web seals. */
export type KeyFile = { currentKekId: string; keks: ReadonlyMap<string, Buffer>; sealingIdentity: string };

const requiredMode = 0o400;
const header = [
  "# Key file of a Basehold installation. Whoever has it and the panel's store can read every secret in it.",
  "# Keep a copy in a safe place away from this machine: without it the secrets of all projects are lost.",
];

/** Whether there is a key file. */
export function hasKeyFile(path: string): boolean {
  return existsSync(path);
}

/** Makes a key file with new keys, unless there is one; two processes at once agree on one. */
export async function ensureKeyFile(path: string): Promise<void> {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh: KeyFile = { currentKekId: "k1", keks: new Map([["k1", randomBytes(keyLengthBytes)]]), sealingIdentity: await newSealingIdentity() };
  const draft = writeDraft(path, fresh);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(draft);
  }
}

/** Puts another content in place of the file in one move. */
export function replaceKeyFile(path: string, content: KeyFile): void {
  renameSync(writeDraft(path, content), path);
}

function writeDraft(path: string, content: KeyFile): string {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, formatKeyFile(content), { mode: requiredMode, flag: "wx" });
  return draft;
}

/** The file as text: lines `current`, `kek <id>` and `sealing`, so that a person can keep it on paper. */
export function formatKeyFile({ currentKekId, keks, sealingIdentity }: KeyFile): string {
  const lines = [...keks].map(([id, key]) => `kek ${id} ${key.toString("base64url")}`);
  return [...header, `current ${currentKekId}`, ...lines, `sealing ${sealingIdentity}`, ""].join("\n");
}

/**
 * Reads the key file.
 * @throws VaultError with a sentence when it is missing, readable by others, or not in its form.
 */
export function readKeyFile(path: string): KeyFile {
  return parseKeyFile(readKeyFileText(path), path);
}

/** The text of the key file, for the recovery kit. @throws VaultError like `readKeyFile`. */
export function readKeyFileText(path: string): string {
  try {
    const mode = statSync(path).mode & 0o777;
    if (mode !== requiredMode) throw new VaultError(`The key file ${path} has the mode ${mode.toString(8).padStart(4, "0")}. Nobody but its owner may read it, and nobody write: run \`chmod 0400 ${path}\`. If others could read it, rotate the keys afterwards with \`npx basehold rotate-key\`.`);
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof VaultError) throw cause;
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new VaultError(isMissing ? `The key file ${path} is missing.` : `The key file ${path} cannot be read by this user.`, { cause });
  }
}

function parseKeyFile(text: string, path: string): KeyFile {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split(/\s+/));
  const valueOf = (word: string) => lines.find(([first]) => first === word)?.[1];
  const keks = new Map(lines.filter(([first]) => first === "kek").map(([, id = "", key = ""]) => [id, parseKek(key, path)] as const));
  const currentKekId = valueOf("current");
  const sealingIdentity = valueOf("sealing");
  if (currentKekId === undefined || !keks.has(currentKekId) || sealingIdentity === undefined || !sealingIdentity.startsWith("AGE-SECRET-KEY-1")) throw damaged(path);
  return { currentKekId, keks, sealingIdentity };
}

function parseKek(text: string, path: string): Buffer {
  const key = Buffer.from(text, "base64url");
  if (key.length !== keyLengthBytes || key.toString("base64url") !== text) throw damaged(path);
  if (isKnownDemoSecret(text) || key.every((byte) => byte === key[0])) throw new VaultError(`The key file ${path} holds a published sample key. Remove it: a new one is made at the next start.`);
  return key;
}

function damaged(path: string): VaultError {
  return new VaultError(`The key file ${path} is damaged: it needs the lines \`current\`, \`kek\` and \`sealing\` as Basehold wrote them. Put the recovery kit back in its place.`);
}
