import { randomUUID } from "node:crypto";
import { asRecord, type Call, type Reply } from "../serving/http";
import { asCaller, ownRights, requireCaller } from "./access";
import { readFields, requireText, requireTexts, type StorageContext } from "./context";
import { invalid } from "./errors";
import { checkKey } from "./files";
import { deleteObjects, findObject, listLevel, renameObject, requireBucket, requireObject, writeObject, type Listing, type ObjectRow } from "./rows";
import { signPermit } from "./signing";
import { addressOf } from "./upload";
import { requireWriteRight } from "./write-right";

const uploadPermitS = 2 * 60 * 60;
const sortColumns: readonly Listing["column"][] = ["name", "created_at", "updated_at", "last_accessed_at"];

/** `POST /object/list/:bucket`. */
export async function listObjects({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const fields = await readFields(call);
  const rows = await asCaller(database, caller, call, (tx) => listLevel(tx, call.values.bucket ?? "", readListing(fields)));
  return { status: 200, json: rows };
}

function readListing(fields: Record<string, unknown>): Listing {
  const prefix = typeof fields.prefix === "string" ? fields.prefix : "";
  const sortBy = asRecord(fields.sortBy);
  const column = sortColumns.find((name) => name === (sortBy.column ?? "name"));
  if (column === undefined) throw invalid(`body/sortBy/column must be one of ${sortColumns.join(", ")}`);
  return {
    prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`,
    search: typeof fields.search === "string" ? fields.search : "",
    limit: wholeOf(fields.limit, 100, 10_000),
    offset: wholeOf(fields.offset, 0, Number.MAX_SAFE_INTEGER),
    column,
    ascending: sortBy.order !== "desc",
  };
}

function wholeOf(value: unknown, fallback: number, max: number): number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? Math.min(value, max) : fallback;
}

async function removeFiles({ files }: StorageContext, rows: readonly ObjectRow[]): Promise<void> {
  for (const { bucket_id, name, version } of rows) await files.remove({ bucket: bucket_id, name, version });
}

/** `DELETE /object/:bucket` with a list of names; what the caller may not remove is left out of the answer. */
export async function removeObjects(context: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(context.config, call);
  const names = requireTexts(await readFields(call), "prefixes");
  const rows = await asCaller(context.database, caller, call, (tx) => deleteObjects(tx, call.values.bucket ?? "", names));
  await removeFiles(context, rows);
  return { status: 200, json: rows };
}

/** `DELETE /object/:bucket/:name`. */
export async function removeObject(context: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(context.config, call);
  const { bucket, name } = addressOf(call);
  const rows = await asCaller(context.database, caller, call, async (tx) => {
    await requireObject(tx, bucket, name);
    return deleteObjects(tx, bucket, [name]);
  });
  await removeFiles(context, rows);
  return { status: 200, json: { message: "Successfully deleted" } };
}

async function readTransfer(call: Call): Promise<{ bucket: string; from: string; toBucket: string; to: string }> {
  const fields = await readFields(call);
  const bucket = requireText(fields, "bucketId");
  const toBucket = typeof fields.destinationBucket === "string" && fields.destinationBucket !== "" ? fields.destinationBucket : bucket;
  return { bucket, from: checkKey(requireText(fields, "sourceKey")), toBucket, to: checkKey(requireText(fields, "destinationKey")) };
}

/** `POST /object/move`. */
export async function moveObject({ config, database, files }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const { bucket, from, toBucket, to } = await readTransfer(call);
  const version = randomUUID();
  const row = await asCaller(database, caller, call, (tx) => requireObject(tx, bucket, from));
  const target = { bucket: toBucket, name: to, version };
  await files.copy({ bucket, name: from, version: row.version }, target);
  try {
    await asCaller(database, caller, call, (tx) => renameObject(tx, row, target));
  } catch (error) {
    await files.remove(target);
    throw error;
  }
  await files.remove({ bucket, name: from, version: row.version });
  return { status: 200, json: { message: "Successfully moved", Id: row.id, Key: `${toBucket}/${to}` } };
}

/** `POST /object/copy`. */
export async function copyObject({ config, database, files }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const { bucket, from, toBucket, to } = await readTransfer(call);
  const isUpsert = call.headers["x-upsert"] === "true";
  const row = await asCaller(database, caller, call, (tx) => requireObject(tx, bucket, from));
  const target = { bucket: toBucket, name: to, version: randomUUID() };
  const previous = await asCaller(database, ownRights, call, (tx) => findObject(tx, toBucket, to));
  await files.copy({ bucket, name: from, version: row.version }, target);
  const copy = { ...target, id: randomUUID(), ownerId: caller.claims.sub ?? null, metadata: row.metadata, userMetadata: row.user_metadata };
  try {
    await asCaller(database, caller, call, (tx) => writeObject(tx, copy, isUpsert));
  } catch (error) {
    await files.remove(target);
    throw error;
  }
  if (previous !== undefined) await files.remove({ bucket: toBucket, name: to, version: previous.version });
  return { status: 200, json: { Id: previous?.id ?? copy.id, Key: `${toBucket}/${to}` } };
}

function readExpiry(fields: Record<string, unknown>): number {
  const value = fields.expiresIn;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) throw invalid("body/expiresIn must be >= 1");
  return value;
}

/** `POST /object/sign/:bucket/:name`. */
export async function signObject({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const { bucket, name } = addressOf(call);
  const expiresInS = readExpiry(await readFields(call));
  await asCaller(database, caller, call, (tx) => requireObject(tx, bucket, name));
  const token = await signPermit(config, { url: `${bucket}/${name}`, purpose: "read" }, expiresInS);
  return { status: 200, json: { signedURL: `/object/sign/${bucket}/${name}?token=${token}` } };
}

/** `POST /object/sign/:bucket` with a list of paths. */
export async function signObjects({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const bucket = call.values.bucket ?? "";
  const fields = await readFields(call);
  const expiresInS = readExpiry(fields);
  const paths = requireTexts(fields, "paths");
  const rows = await asCaller(database, caller, call, (tx) => tx.query<{ name: string }>("select name from storage.objects where bucket_id = $1 and name = any($2)", [bucket, paths]));
  const known = new Set(rows.map((row) => row.name));
  const signed = paths.map(async (path) => {
    if (!known.has(path)) return { error: "Either the object does not exist or you do not have access to it", path, signedURL: null };
    const token = await signPermit(config, { url: `${bucket}/${path}`, purpose: "read" }, expiresInS);
    return { error: null, path, signedURL: `/object/sign/${bucket}/${path}?token=${token}` };
  });
  return { status: 200, json: await Promise.all(signed) };
}

/** `POST /object/upload/sign/:bucket/:name`: an address that takes one upload without a key. */
export async function signUpload({ config, database }: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(config, call);
  const { bucket, name } = addressOf(call);
  const upsert = call.headers["x-upsert"] === "true";
  await asCaller(database, ownRights, call, (tx) => requireBucket(tx, bucket));
  await requireWriteRight({ database, caller, call, bucket, name, isUpsert: upsert });
  const permit = { url: `${bucket}/${name}`, purpose: "upload" as const, upsert, ...(caller.claims.sub === undefined ? {} : { owner: caller.claims.sub }) };
  const token = await signPermit(config, permit, uploadPermitS);
  return { status: 200, json: { url: `/object/upload/sign/${bucket}/${name}?token=${token}`, token } };
}
