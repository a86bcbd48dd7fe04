import { randomUUID } from "node:crypto";
import type { Database } from "../serving/database";
import type { Call } from "../serving/http";
import { asCaller, type Caller } from "./access";
import { writeObject, type ObjectMetadata } from "./rows";

class Rollback extends Error {}

/** What an object's row says of its file. */
export function metadataOf(etag: string, mimetype: string, sizeBytes: number, cacheControl: string): ObjectMetadata {
  return { eTag: etag, size: sizeBytes, mimetype, cacheControl, lastModified: new Date().toISOString(), contentLength: sizeBytes, httpStatusCode: 200 };
}

/** Lets the database's policies judge a write before any byte is stored: the row is written as the caller and taken back. */
export async function requireWriteRight(request: { database: Database; caller: Caller; call: Call; bucket: string; name: string; isUpsert: boolean }): Promise<void> {
  const { database, caller, call, bucket, name, isUpsert } = request;
  const ownerId = caller.claims.sub ?? null;
  const probe = { id: randomUUID(), bucket, name, ownerId, version: "probe", metadata: metadataOf("", "", 0, ""), userMetadata: null };
  const attempt = asCaller(database, caller, call, async (tx) => {
    await writeObject(tx, probe, isUpsert);
    throw new Rollback();
  });
  await attempt.catch((error: unknown) => {
    if (!(error instanceof Rollback)) throw error;
  });
}
