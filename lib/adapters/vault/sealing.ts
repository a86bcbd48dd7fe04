import { z } from "zod";
import { UnavailableError } from "@/lib/access/errors";
import type { Db } from "@/lib/adapters/store/types";

/** Setting that holds the public half; web reads it, the worker writes it at each start. */
export const sealingRecipientKey = "sealingRecipient";

/** Loaded when it is needed: most processes seal and open nothing for a long time, and need not hold it. */
const age = () => import("age-encryption");

/** A sealed text could not be opened: it was made for another key, or it was changed. */
export class SealError extends Error {
  override name = "SealError";
}

/** Encrypts a text to the worker's public key (age, X25519). Whoever does so cannot open it again. */
export async function sealForWorker(recipient: string, text: string): Promise<string> {
  const { armor, Encrypter } = await age();
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}

/** Seals to the key that the worker published in the store. @throws UnavailableError before the worker's first start. */
export async function sealForPublishedKey(db: Db, text: string): Promise<string> {
  const recipient = await readSealingRecipient(db);
  if (recipient === null) throw new UnavailableError("The worker has not started yet: it publishes the key to which secrets are sealed. Start it with `npm run up`.");
  return sealForWorker(recipient, text);
}

/** Opens what `sealForWorker` made. @throws SealError */
export async function openSealed(identity: string, sealed: string): Promise<string> {
  const { armor, Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(armor.decode(sealed), "text");
  } catch (cause) {
    throw new SealError("A value that web sealed cannot be opened with the worker's key.", { cause });
  }
}

/** A new private key for sealing. */
export async function newSealingIdentity(): Promise<string> {
  return (await age()).generateIdentity();
}

/** The public half of a private key. */
export async function sealingRecipientOf(identity: string): Promise<string> {
  return (await age()).identityToRecipient(identity);
}

/** The recipient that the worker published; null before its first start. */
export async function readSealingRecipient(db: Db): Promise<string | null> {
  const row = await db.installationSetting.findUnique({ where: { key: sealingRecipientKey } });
  return row === null ? null : z.string().startsWith("age1").parse(JSON.parse(row.valueJson));
}
