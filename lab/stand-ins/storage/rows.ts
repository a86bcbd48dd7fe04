import type { Queryable } from "../serving/database";
import { bucketNotFound, objectNotFound } from "./errors";

export interface BucketRow {
  id: string;
  name: string;
  owner: string | null;
  public: boolean;
  file_size_limit: number | null;
  allowed_mime_types: string[] | null;
  created_at: Date;
  updated_at: Date;
}

export interface ObjectMetadata {
  eTag: string;
  size: number;
  mimetype: string;
  cacheControl: string;
  lastModified: string;
  contentLength: number;
  httpStatusCode: number;
}

export interface ObjectRow {
  id: string;
  bucket_id: string;
  name: string;
  owner: string | null;
  owner_id: string | null;
  version: string;
  metadata: ObjectMetadata;
  user_metadata: Record<string, unknown> | null;
  created_at: Date;
  updated_at: Date;
  last_accessed_at: Date;
}

// `bigint` arrives as text.
const bucketColumns = "id, name, owner, public, file_size_limit::float8 as file_size_limit, allowed_mime_types, created_at, updated_at";
const objectColumns = "id, bucket_id, name, owner, owner_id, version, metadata, user_metadata, created_at, updated_at, last_accessed_at";

export async function listBuckets(tx: Queryable): Promise<BucketRow[]> {
  return tx.query<BucketRow>(`select ${bucketColumns} from storage.buckets order by name`);
}

export async function requireBucket(tx: Queryable, id: string): Promise<BucketRow> {
  const row = (await tx.query<BucketRow>(`select ${bucketColumns} from storage.buckets where id = $1`, [id]))[0];
  if (row === undefined) throw bucketNotFound();
  return row;
}

export interface BucketSettings {
  isPublic: boolean;
  fileSizeLimit: number | null;
  allowedMimeTypes: string[] | null;
}

export async function insertBucket(tx: Queryable, id: string, ownerId: string | null, settings: BucketSettings): Promise<void> {
  await tx.query(
    "insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types) values ($1::text, $1::text, $2::text::uuid, $2::text, $3, $4, $5)",
    [id, ownerId, settings.isPublic, settings.fileSizeLimit, settings.allowedMimeTypes],
  );
}

export async function updateBucket(tx: Queryable, id: string, settings: BucketSettings): Promise<void> {
  const changed = await tx.query(
    "update storage.buckets set public = $2, file_size_limit = $3, allowed_mime_types = $4, updated_at = now() where id = $1 returning id",
    [id, settings.isPublic, settings.fileSizeLimit, settings.allowedMimeTypes],
  );
  if (changed.length === 0) throw bucketNotFound();
}

export async function deleteBucket(tx: Queryable, id: string): Promise<void> {
  if ((await tx.query("delete from storage.buckets where id = $1 returning id", [id])).length === 0) throw bucketNotFound();
}

export async function isBucketEmpty(tx: Queryable, id: string): Promise<boolean> {
  return (await tx.query("select 1 from storage.objects where bucket_id = $1 limit 1", [id])).length === 0;
}

export async function findObject(tx: Queryable, bucket: string, name: string): Promise<ObjectRow | undefined> {
  return (await tx.query<ObjectRow>(`select ${objectColumns} from storage.objects where bucket_id = $1 and name = $2`, [bucket, name]))[0];
}

export async function requireObject(tx: Queryable, bucket: string, name: string): Promise<ObjectRow> {
  const row = await findObject(tx, bucket, name);
  if (row === undefined) throw objectNotFound();
  return row;
}

export interface NewObject {
  id: string;
  bucket: string;
  name: string;
  ownerId: string | null;
  version: string;
  metadata: ObjectMetadata;
  userMetadata: Record<string, unknown> | null;
}

/** Writes a row. Without `returning`: that would ask for the right to read it too. */
export async function writeObject(tx: Queryable, object: NewObject, isUpsert: boolean): Promise<void> {
  const onConflict = isUpsert
    ? `on conflict (bucket_id, name) do update set metadata = excluded.metadata, user_metadata = excluded.user_metadata, version = excluded.version,
         owner = excluded.owner, owner_id = excluded.owner_id, updated_at = now()`
    : "";
  await tx.query(
    `insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
     values ($1, $2, $3, case when $4::text ~ '^[0-9a-fA-F-]{36}$' then $4::text::uuid end, $4::text, $5, $6, $7) ${onConflict}`,
    [object.id, object.bucket, object.name, object.ownerId, object.version, object.metadata, object.userMetadata],
  );
}

/** Removes rows and answers with those that the caller was allowed to remove. */
export async function deleteObjects(tx: Queryable, bucket: string, names: readonly string[]): Promise<ObjectRow[]> {
  return tx.query<ObjectRow>(`delete from storage.objects where bucket_id = $1 and name = any($2) returning ${objectColumns}`, [bucket, [...names]]);
}

export async function renameObject(tx: Queryable, row: ObjectRow, to: { bucket: string; name: string; version: string }): Promise<void> {
  const moved = await tx.query("update storage.objects set bucket_id = $2, name = $3, version = $4, updated_at = now() where id = $1 returning id", [row.id, to.bucket, to.name, to.version]);
  if (moved.length === 0) throw objectNotFound();
}

export interface Listing {
  prefix: string;
  search: string;
  limit: number;
  offset: number;
  column: "name" | "created_at" | "updated_at" | "last_accessed_at";
  ascending: boolean;
}

/** One level below a prefix: folders first as rows without an id, then objects. */
export async function listLevel(tx: Queryable, bucket: string, listing: Listing): Promise<Record<string, unknown>[]> {
  const direction = listing.ascending ? "asc" : "desc";
  return tx.query(
    `with below as (
       select o.*, substr(o.name, length($2) + 1) as rest from storage.objects o
       where o.bucket_id = $1 and starts_with(o.name, $2) and starts_with(lower(substr(o.name, length($2) + 1)), lower($3)))
     select * from (
       select split_part(rest, '/', 1) as name, null::uuid as id, null::timestamptz as updated_at, null::timestamptz as created_at,
         null::timestamptz as last_accessed_at, null::jsonb as metadata
       from below where position('/' in rest) > 0 group by 1
       union all
       select rest, id, updated_at, created_at, last_accessed_at, metadata from below where position('/' in rest) = 0 and rest <> '') level
     order by (id is not null), ${listing.column} ${direction}, name limit $4 offset $5`,
    [bucket, listing.prefix, listing.search, listing.limit, listing.offset],
  );
}
