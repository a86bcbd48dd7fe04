import type { Call, Reply } from "../serving/http";
import { asCaller, ownRights, requireCaller, type Caller } from "./access";
import type { StorageContext } from "./context";
import { bucketNotFound, StorageError } from "./errors";
import { requireBucket, requireObject, type ObjectRow } from "./rows";
import { readPermit } from "./signing";
import { addressOf } from "./upload";

/** `GET /object/:bucket/:name` and `/object/authenticated/…`: what the caller's policies let it read. */
export async function downloadObject(context: StorageContext, call: Call): Promise<Reply> {
  const caller = await requireCaller(context.config, call);
  return fileReply(context, call, await readRow(context, call, caller));
}

/** `GET /object/public/…`: anybody, where the bucket is public. */
export async function downloadPublic(context: StorageContext, call: Call): Promise<Reply> {
  return fileReply(context, call, await readPublicRow(context, call));
}

/** `GET /object/sign/…?token=…`. */
export async function downloadBySignature(context: StorageContext, call: Call): Promise<Reply> {
  const { bucket, name } = addressOf(call);
  await readPermit(context.config, call.query.get("token"), { url: `${bucket}/${name}`, purpose: "read" });
  return fileReply(context, call, await readRow(context, call, ownRights));
}

/** `GET /object/info/…`. */
export async function describeObject(context: StorageContext, call: Call): Promise<Reply> {
  return { status: 200, json: infoOf(await readRow(context, call, await requireCaller(context.config, call))) };
}

/** `GET /object/info/public/…`. */
export async function describePublic(context: StorageContext, call: Call): Promise<Reply> {
  return { status: 200, json: infoOf(await readPublicRow(context, call)) };
}

function readRow({ database }: StorageContext, call: Call, caller: Caller): Promise<ObjectRow> {
  const { bucket, name } = addressOf(call);
  return asCaller(database, caller, call, (tx) => requireObject(tx, bucket, name));
}

function readPublicRow({ database }: StorageContext, call: Call): Promise<ObjectRow> {
  const { bucket, name } = addressOf(call);
  return asCaller(database, ownRights, call, async (tx) => {
    if (!(await requireBucket(tx, bucket)).public) throw bucketNotFound();
    return requireObject(tx, bucket, name);
  });
}

function infoOf(row: ObjectRow): Record<string, unknown> {
  const { eTag, size, mimetype, cacheControl, lastModified } = row.metadata;
  return {
    id: row.id, name: row.name, bucket_id: row.bucket_id, version: row.version, size, content_type: mimetype, cache_control: cacheControl, etag: eTag,
    last_modified: lastModified, created_at: row.created_at, metadata: row.user_metadata,
  };
}

function fileReply({ files }: StorageContext, call: Call, row: ObjectRow): Reply {
  const { eTag, size, mimetype, cacheControl, lastModified } = row.metadata;
  const headers: Record<string, string> = {
    "content-type": mimetype,
    "cache-control": cacheControl,
    etag: eTag,
    "last-modified": new Date(lastModified).toUTCString(),
    "accept-ranges": "bytes",
    ...dispositionOf(call, row.name),
  };
  if (call.headers["if-none-match"] === eTag) return { status: 304, headers };
  const address = { bucket: row.bucket_id, name: row.name, version: row.version };
  const range = readRange(call.headers.range, size);
  if (range === undefined) return { status: 200, headers: { ...headers, "content-length": String(size) }, stream: files.read(address) };
  const length = range.end - range.start + 1;
  const partHeaders = { ...headers, "content-length": String(length), "content-range": `bytes ${String(range.start)}-${String(range.end)}/${String(size)}` };
  return { status: 206, headers: partHeaders, stream: files.read(address, range) };
}

/** The bytes that a Range header asks for; undefined for the whole. Several ranges are answered with the whole. */
export function readRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return undefined;
  const last = sizeBytes - 1;
  const range = match[1] === "" ? { start: Math.max(0, sizeBytes - Number(match[2])), end: last } : { start: Number(match[1]), end: match[2] === "" ? last : Math.min(last, Number(match[2])) };
  if (range.start > range.end) throw new StorageError("416", "InvalidRange", "The requested range is not satisfiable", "InvalidRange", 416);
  return range;
}

function dispositionOf(call: Call, name: string): Record<string, string> {
  const wanted = call.query.get("download");
  if (wanted === null) return {};
  const fileName = wanted === "" || wanted === "true" ? (name.split("/").at(-1) ?? name) : wanted;
  return { "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}` };
}
