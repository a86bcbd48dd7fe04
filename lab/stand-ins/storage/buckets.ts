import type { Call, Reply } from "../serving/http";
import { asCaller, requireCaller } from "./access";
import { readFields, requireText, type StorageContext } from "./context";
import { invalid, StorageError } from "./errors";
import { checkBucket } from "./files";
import { deleteBucket, deleteObjects, insertBucket, isBucketEmpty, listBuckets, requireBucket, updateBucket, type BucketRow, type BucketSettings } from "./rows";

/** `GET /bucket`. */
export async function getBuckets({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  return { status: 200, json: await asCaller(database, caller, call, listBuckets) };
}

/** `GET /bucket/:bucket`. */
export async function getBucket({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  return { status: 200, json: await asCaller(database, caller, call, (tx) => requireBucket(tx, call.values.bucket ?? "")) };
}

/** `POST /bucket`. */
export async function postBucket({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const fields = await readFields(call);
  const name = requireText(fields, "name");
  const id = checkBucket(typeof fields.id === "string" && fields.id !== "" ? fields.id : name);
  const settings = readSettings(fields, { isPublic: false, fileSizeLimit: null, allowedMimeTypes: null });
  await asCaller(database, caller, call, (tx) => insertBucket(tx, id, caller.claims.sub ?? null, settings));
  return { status: 200, json: { name: id } };
}

/** `PUT /bucket/:bucket`. */
export async function putBucket({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const fields = await readFields(call);
  await asCaller(database, caller, call, async (tx) => {
    const bucket = await requireBucket(tx, call.values.bucket ?? "");
    await updateBucket(tx, bucket.id, readSettings(fields, settingsOf(bucket)));
  });
  return { status: 200, json: { message: "Successfully updated" } };
}

function settingsOf(bucket: BucketRow): BucketSettings {
  return { isPublic: bucket.public, fileSizeLimit: bucket.file_size_limit, allowedMimeTypes: bucket.allowed_mime_types };
}

const unitsBytes: Readonly<Record<string, number>> = { "": 1, b: 1, kb: 1e3, kib: 1024, mb: 1e6, mib: 1024 ** 2, gb: 1e9, gib: 1024 ** 3 };

/** Bytes of a size as people write it (`50MB`), or of a number. */
export function parseSize(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value) : null;
  const unit = unitsBytes[match?.[2]?.toLowerCase() ?? "?"];
  if (match === null || unit === undefined) throw invalid("The given file size limit is invalid");
  return Math.round(Number(match[1]) * unit);
}

function readSettings(fields: Record<string, unknown>, current: BucketSettings): BucketSettings {
  const types = fields.allowed_mime_types;
  if (types !== undefined && types !== null && !(Array.isArray(types) && types.every((type) => typeof type === "string"))) {
    throw invalid("body/allowed_mime_types must be an array of strings");
  }
  return {
    isPublic: typeof fields.public === "boolean" ? fields.public : current.isPublic,
    fileSizeLimit: fields.file_size_limit === undefined ? current.fileSizeLimit : parseSize(fields.file_size_limit),
    allowedMimeTypes: types === undefined ? current.allowedMimeTypes : (types as string[] | null),
  };
}

/** `POST /bucket/:bucket/empty`. */
export async function emptyBucket({ config, database, files }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const removed = await asCaller(database, caller, call, async (tx) => {
    const bucket = await requireBucket(tx, call.values.bucket ?? "");
    const rows = await tx.query<{ name: string }>("select name from storage.objects where bucket_id = $1", [bucket.id]);
    return deleteObjects(tx, bucket.id, rows.map((row) => row.name));
  });
  for (const { bucket_id, name, version } of removed) await files.remove({ bucket: bucket_id, name, version });
  return { status: 200, json: { message: "Successfully emptied" } };
}

/** `DELETE /bucket/:bucket`; only an empty one. */
export async function removeBucket({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  await asCaller(database, caller, call, async (tx) => {
    const { id } = await requireBucket(tx, call.values.bucket ?? "");
    if (!(await isBucketEmpty(tx, id))) throw new StorageError("409", "InvalidRequest", "The bucket you tried to delete is not empty");
    await deleteBucket(tx, id);
  });
  return { status: 200, json: { message: "Successfully deleted" } };
}
