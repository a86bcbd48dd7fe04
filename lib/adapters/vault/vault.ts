import { createHmac, randomBytes } from "node:crypto";
import type { Db, Store } from "@/lib/adapters/store/types";
import type { CertificateKeys } from "@/lib/projects/edge/load-edge-input";
import type { SecretsPort } from "@/lib/projects/workflows/tools";
import { openCertificateKeys } from "./certificate-keys";
import { ensureKeyFile, hasKeyFile, readKeyFileText } from "./key-file";
import { Keyring } from "./keyring";
import { openSecretStore } from "./secret-store";
import { sealingRecipientKey, sealingRecipientOf } from "./sealing";
import { VaultError } from "./vault-error";

/** What only the worker holds: everything that can open a secret. */
export type Vault = {
  secrets: SecretsPort;
  certificateKeys: CertificateKeys;
  /** HMAC with a key of the installation that survives a rotation of the key file, in hex. */
  hash(text: string): string;
  /** Text of the key file as it is now. */
  recoveryKit(): string;
};

const canaryKey = "keyCanary";
const canaryText = "Whoever reads this holds the right key file.";
const labelKeyKey = "labelKey";

/**
 * Opens the vault: makes a key file for a store that has none yet, proves by a canary in the store that the file is the right
 * one, and publishes the key to which web seals.
 * @throws VaultError with a sentence when the key file is missing, readable by others, damaged or another installation's.
 */
export async function openVault({ store, keyFilePath }: { store: Store; keyFilePath: string }): Promise<Vault> {
  const isUsed = (await readEncrypted(store.db, canaryKey)) !== null;
  if (!hasKeyFile(keyFilePath)) {
    if (isUsed) throw new VaultError(`The key file ${keyFilePath} is missing, and the secrets in the store cannot be read without it. Put it back from the recovery kit (mode 0400). A new one is not made: it would open nothing.`);
    await ensureKeyFile(keyFilePath);
  }
  const keyring = new Keyring(keyFilePath);
  await store.transaction((tx) => proveCanary(tx, keyring, keyFilePath));
  const labelKey = Buffer.from(await store.transaction((tx) => ensureEncrypted(tx, keyring, labelKeyKey, () => randomBytes(32).toString("base64url"))), "base64url");
  await publishRecipient(store, await sealingRecipientOf(keyring.sealingIdentity));
  return {
    secrets: openSecretStore(store, keyring),
    certificateKeys: openCertificateKeys(keyring),
    hash: (text) => createHmac("sha256", labelKey).update(text).digest("hex"),
    recoveryKit: () => readKeyFileText(keyFilePath),
  };
}

async function proveCanary(tx: Db, keyring: Keyring, keyFilePath: string): Promise<void> {
  try {
    const text = await ensureEncrypted(tx, keyring, canaryKey, () => canaryText);
    if (text === canaryText) return;
  } catch (cause) {
    if (!(cause instanceof VaultError)) throw cause;
    throw new VaultError(`The key file ${keyFilePath} does not open this store: it belongs to another installation, or the store was changed. Put the recovery kit of this installation in its place. (${cause.message})`, { cause });
  }
  throw new VaultError("The canary of the store was replaced. Restore a backup of the store.");
}

/** The decrypted setting; encrypted and stored first when there is none. */
async function ensureEncrypted(tx: Db, keyring: Keyring, key: string, make: () => string): Promise<string> {
  const place = { table: "InstallationSetting", column: "valueJson", rowId: key };
  const stored = await readEncrypted(tx, key);
  if (stored !== null) return keyring.decrypt(tx, null, place, stored);
  const text = make();
  const valueJson = JSON.stringify(await keyring.encrypt(tx, null, place, text));
  await tx.installationSetting.create({ data: { key, valueJson, updatedAt: new Date() } });
  return text;
}

async function readEncrypted(db: Db, key: string): Promise<string | null> {
  const row = await db.installationSetting.findUnique({ where: { key } });
  return row === null ? null : String(JSON.parse(row.valueJson));
}

async function publishRecipient(store: Store, recipient: string): Promise<void> {
  const valueJson = JSON.stringify(recipient);
  const row = await store.db.installationSetting.findUnique({ where: { key: sealingRecipientKey } });
  if (row?.valueJson === valueJson) return;
  const updatedAt = new Date();
  await store.transaction((tx) => tx.installationSetting.upsert({ where: { key: sealingRecipientKey }, create: { key: sealingRecipientKey, valueJson, updatedAt }, update: { valueJson, updatedAt } }));
}
