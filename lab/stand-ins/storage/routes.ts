import { Router, type Call, type Handler, type Reply, type ServeOptions } from "../serving/http";
import { emptyBucket, getBucket, getBuckets, postBucket, putBucket, removeBucket } from "./buckets";
import type { StorageContext } from "./context";
import { describeObject, describePublic, downloadBySignature, downloadObject, downloadPublic } from "./download";
import { errorReply } from "./errors";
import { copyObject, listObjects, moveObject, removeObject, removeObjects, signObject, signObjects, signUpload } from "./manage";
import { uploadBySignature, uploadObject } from "./upload";

/** Every route that the stand-in answers; the first that fits wins, so the named ones come before `/object/:bucket/…`. */
export function storageRoutes(context: StorageContext): Router {
  const by = (handler: (context: StorageContext, call: Call) => Promise<Reply> | Reply): Handler => (call) => handler(context, call);
  return new Router()
    .on("GET", "/status", () => ({ status: 200, text: "" }))
    .on("GET", "/health", by(health))
    .on("GET", "/version", () => ({ status: 200, text: "lab stand-in" }))
    .on("GET", "/bucket", by(getBuckets))
    .on("POST", "/bucket", by(postBucket))
    .on("GET", "/bucket/:bucket", by(getBucket))
    .on("PUT", "/bucket/:bucket", by(putBucket))
    .on("DELETE", "/bucket/:bucket", by(removeBucket))
    .on("POST", "/bucket/:bucket/empty", by(emptyBucket))
    .on("POST", "/object/list/:bucket", by(listObjects))
    .on("POST", "/object/move", by(moveObject))
    .on("POST", "/object/copy", by(copyObject))
    .on("POST", "/object/upload/sign/:bucket/:name*", by(signUpload))
    .on("PUT", "/object/upload/sign/:bucket/:name*", by(uploadBySignature))
    .on("POST", "/object/sign/:bucket", by(signObjects))
    .on("POST", "/object/sign/:bucket/:name*", by(signObject))
    .on("GET", "/object/sign/:bucket/:name*", by(downloadBySignature))
    .on("GET", "/object/public/:bucket/:name*", by(downloadPublic))
    .on("GET", "/object/authenticated/:bucket/:name*", by(downloadObject))
    .on("GET", "/object/info/public/:bucket/:name*", by(describePublic))
    .on("GET", "/object/info/authenticated/:bucket/:name*", by(describeObject))
    .on("GET", "/object/info/:bucket/:name*", by(describeObject))
    .on("DELETE", "/object/:bucket", by(removeObjects))
    .on("GET", "/object/:bucket/:name*", by(downloadObject))
    .on("POST,PUT", "/object/:bucket/:name*", by(uploadObject))
    .on("DELETE", "/object/:bucket/:name*", by(removeObject));
}

async function health({ database }: StorageContext): Promise<Reply> {
  if (!database.ready) return { status: 503, json: { healthy: false } };
  await database.query("select 1");
  return { status: 200, json: { healthy: true } };
}

export const storageServeOptions: ServeOptions = {
  onError: errorReply,
  onUnknown: (call, methodRefused) => {
    const message = `Route ${call.method}:${call.path} not found`;
    return { status: methodRefused ? 405 : 404, json: { message, error: "Not Found", statusCode: methodRefused ? 405 : 404 } };
  },
};
