import { randomBytes } from "node:crypto";
import { nanoid } from "nanoid";
import type { Db } from "@/lib/adapters/store/types";
import { decrypt, encrypt, keyLengthBytes, parseEnvelope, type Place } from "./envelope";
import { readKeyFile, type KeyFile } from "./key-file";
import { VaultError } from "./vault-error";

type DataKeyRow = { id: string; projectId: string | null; wrapped: string; kekId: string };

/**
 * The data keys: one per project and one for the installation itself, each wrapped by the key-encryption key of the key file.
 * An opened data key stays in memory, for it does not change when the key file is rotated.
 */
export class Keyring {
  readonly #opened = new Map<string, Buffer>();
  #file: KeyFile;

  constructor(private readonly keyFilePath: string) {
    this.#file = readKeyFile(keyFilePath);
  }

  get sealingIdentity(): string {
    return this.#file.sealingIdentity;
  }

  /** Encrypts a value with the data key of its project (null: the installation's), which is made when there is none. */
  async encrypt(tx: Db, projectId: string | null, place: Place, text: string): Promise<string> {
    const row = (await tx.dataKey.findFirst({ where: { projectId }, orderBy: { createdAt: "desc" } })) ?? (await this.#makeDataKey(tx, projectId));
    return encrypt(this.#open(row), row.id, place, text);
  }

  /** Decrypts a value. Its data key must be that of the project. @throws VaultError */
  async decrypt(db: Db, projectId: string | null, place: Place, stored: string): Promise<string> {
    const envelope = parseEnvelope(stored);
    const row = await db.dataKey.findUnique({ where: { id: envelope.keyId } });
    if (row === null || row.projectId !== projectId) throw new VaultError(`The data key of the value in ${place.table}.${place.column} of row ${place.rowId} is not in the store. Restore a backup of the store.`);
    return decrypt(this.#open(row), envelope, place);
  }

  async #makeDataKey(tx: Db, projectId: string | null): Promise<DataKeyRow> {
    this.#file = readKeyFile(this.keyFilePath);
    const id = nanoid(20).replace(/[_]/g, "-");
    const wrapped = wrapDataKey(this.#file, { id, projectId }, randomBytes(keyLengthBytes));
    return tx.dataKey.create({ data: { id, projectId, wrapped, kekId: this.#file.currentKekId, createdAt: new Date() } });
  }

  #open(row: DataKeyRow): Buffer {
    const known = this.#opened.get(row.id);
    if (known !== undefined) return known;
    // The key file may have been rotated since it was read.
    if (!this.#file.keks.has(row.kekId)) this.#file = readKeyFile(this.keyFilePath);
    const key = unwrapDataKey(this.#file, row);
    this.#opened.set(row.id, key);
    return key;
  }
}

/** A data key as it is stored, wrapped by the key-encryption key in force. */
export function wrapDataKey(file: KeyFile, row: Pick<DataKeyRow, "id" | "projectId">, key: Buffer): string {
  return encrypt(requireKek(file, file.currentKekId), file.currentKekId, placeOf(row), key.toString("base64url"));
}

/** The data key of a row. @throws VaultError when the key file does not hold its key-encryption key. */
export function unwrapDataKey(file: KeyFile, row: DataKeyRow): Buffer {
  return Buffer.from(decrypt(requireKek(file, row.kekId), parseEnvelope(row.wrapped), placeOf(row)), "base64url");
}

function requireKek(file: KeyFile, id: string): Buffer {
  const kek = file.keks.get(id);
  if (kek === undefined) throw new VaultError(`The key file does not hold the key ${id} with which the store was encrypted. Put the newest recovery kit in its place.`);
  return kek;
}

/** The project is bound in, so that one project's key does not open under another one's name. */
function placeOf({ id, projectId }: Pick<DataKeyRow, "id" | "projectId">): Place {
  return { table: "DataKey", column: `wrapped/${projectId ?? "installation"}`, rowId: id };
}
