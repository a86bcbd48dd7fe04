import { randomUUID } from "node:crypto";
import busboy from "busboy";
import type { Readable } from "node:stream";
import { asRecord, type Call, type Reply } from "../serving/http";
import { asCaller, ownRights, requireCaller, type Caller } from "./access";
import type { StorageContext } from "./context";
import { invalid, StorageError, tooLarge } from "./errors";
import { checkKey } from "./files";
import { findObject, requireBucket, writeObject, type NewObject } from "./rows";
import { readPermit } from "./signing";
import { metadataOf, requireWriteRight } from "./write-right";

interface UploadTarget {
  bucket: string;
  name: string;
  caller: Caller;
  ownerId: string | null;
  isUpsert: boolean;
}

interface UploadedContent {
  source: Readable;
  mimetype: string;
  cacheControl: string;
  userMetadata: Record<string, unknown> | null;
}

/** `POST /object/:bucket/:name` makes an object, `PUT` replaces it. */
export async function uploadObject(context: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(context.config, call);
  const isUpsert = call.method === "PUT" || call.headers["x-upsert"] === "true";
  const target = { ...addressOf(call), caller, ownerId: caller.claims.sub ?? null, isUpsert };
  const { id, key } = await store(context, call, target);
  return { status: 200, json: { Id: id, Key: key } };
}

/** `PUT /object/upload/sign/:bucket/:name?token=…`. */
export async function uploadBySignature(context: StorageContext, call: Call): Promise<Reply> {
  const address = addressOf(call);
  const permit = await readPermit(context.config, call.query.get("token"), { url: `${address.bucket}/${address.name}`, purpose: "upload" });
  const { key } = await store(context, call, { ...address, caller: ownRights, ownerId: permit.owner ?? null, isUpsert: permit.upsert === true });
  return { status: 200, json: { Key: key } };
}

/** The object that a call's path names. */
export function addressOf(call: Call): { bucket: string; name: string } {
  return { bucket: call.values.bucket ?? "", name: checkKey(call.values.name ?? "") };
}

/**
 * Asks the database first whether the caller may write this row, then writes the file, then the row. A file without a row is
 * removed; a replaced file goes after its row points elsewhere.
 */
async function store({ config, database, files }: StorageContext, call: Call, target: UploadTarget): Promise<{ id: string; key: string }> {
  const { bucket, name, caller, isUpsert } = target;
  const settings = await asCaller(database, ownRights, call, (tx) => requireBucket(tx, bucket));
  const limitBytes = Math.min(config.sizeLimitBytes, settings.file_size_limit ?? config.sizeLimitBytes);
  if (Number(call.headers["content-length"] ?? "0") > limitBytes + formOverheadBytes) throw tooLarge();
  await requireWriteRight({ database, caller, call, bucket, name, isUpsert });
  const content = await readContent(call);
  checkMimetype(content.mimetype, settings.allowed_mime_types);
  const object = { ...draft(target), version: randomUUID() };
  const address = { bucket, name, version: object.version };
  const written = await files.write(address, content.source, limitBytes);
  const previous = await asCaller(database, ownRights, call, (tx) => findObject(tx, bucket, name));
  const metadata = metadataOf(written.etag, content.mimetype, written.sizeBytes, content.cacheControl);
  try {
    await asCaller(database, caller, call, (tx) => writeObject(tx, { ...object, metadata, userMetadata: content.userMetadata }, isUpsert));
  } catch (error) {
    await files.remove(address);
    throw error;
  }
  if (previous !== undefined) await files.remove({ bucket, name, version: previous.version });
  return { id: previous?.id ?? object.id, key: `${bucket}/${name}` };
}

const formOverheadBytes = 64 * 1024;

function draft(target: UploadTarget): Omit<NewObject, "version" | "metadata"> {
  return { id: randomUUID(), bucket: target.bucket, name: target.name, ownerId: target.ownerId, userMetadata: null };
}

function checkMimetype(mimetype: string, allowed: string[] | null): void {
  if (allowed === null || allowed.length === 0) return;
  const bare = (mimetype.split(";")[0] ?? "").trim().toLowerCase();
  const fits = allowed.some((pattern) => pattern === "*/*" || pattern.toLowerCase() === bare || (pattern.endsWith("/*") && bare.startsWith(pattern.slice(0, -1).toLowerCase())));
  if (!fits) throw new StorageError("415", "invalid_mime_type", `mime type ${mimetype} is not supported`);
}

async function readContent(call: Call): Promise<UploadedContent> {
  const type = call.headers["content-type"] ?? "application/octet-stream";
  if (type.startsWith("multipart/form-data")) return readForm(call);
  const cacheControl = call.headers["cache-control"] ?? "no-cache";
  return { source: call.message, mimetype: type, cacheControl, userMetadata: readMetadata(call.headers["x-metadata"], "base64") };
}

function readMetadata(value: string | string[] | undefined, encoding: "base64" | "utf8"): Record<string, unknown> | null {
  if (typeof value !== "string" || value === "") return null;
  try {
    return asRecord(JSON.parse(Buffer.from(value, encoding).toString("utf8")));
  } catch {
    throw invalid("metadata must be a JSON object");
  }
}

/** The first file of a form. Clients put their fields before it, so they are known when the file begins. */
function readForm(call: Call): Promise<UploadedContent> {
  const fields = new Map<string, string>();
  return new Promise((resolve, reject) => {
    const form = busboy({ headers: call.headers, limits: { files: 1, fields: 10 } });
    form.on("field", (name, value) => fields.set(name, value));
    form.once("file", (_name, file, { mimeType }) => {
      const cacheControl = fields.get("cacheControl");
      try {
        const userMetadata = readMetadata(fields.get("metadata"), "utf8");
        resolve({ source: file, mimetype: mimeType, cacheControl: cacheControl === undefined ? "no-cache" : `max-age=${cacheControl}`, userMetadata });
      } catch (error) {
        file.resume();
        reject(error as Error);
      }
    });
    form.once("error", reject);
    form.once("close", () => {
      reject(invalid("the form has no file"));
    });
    call.message.pipe(form);
  });
}
