import { sqlState } from "../serving/database";
import { BodyTooLarge, describeError, logLine, type Reply } from "../serving/http";

/** An error in the form of the Storage API, which answers 400 to nearly all and puts the real status into the body. */
export class StorageError extends Error {
  constructor(
    readonly statusCode: string,
    readonly error: string,
    message: string,
    /** Finer than the status: what storage-js tells a missing object from a missing bucket by. */
    readonly code: string = error,
    readonly status = 400,
  ) {
    super(message);
  }
}

export const objectNotFound = () => new StorageError("404", "not_found", "Object not found", "NoSuchKey");
export const bucketNotFound = () => new StorageError("404", "Bucket not found", "Bucket not found", "NoSuchBucket");
export const tooLarge = () => new StorageError("413", "Payload too large", "The object exceeded the maximum allowed size", "EntityTooLarge");
export const invalid = (message: string) => new StorageError("400", "invalid_request", message, "InvalidRequest");

/** The answer for anything that a handler threw. */
export function errorReply(error: unknown): Reply {
  const known = knownError(error);
  if (known === undefined) {
    logLine("error", describeError(error));
    return { status: 500, json: { statusCode: "500", code: "InternalError", error: "Internal", message: "Internal Server Error" } };
  }
  return { status: known.status, json: { statusCode: known.statusCode, code: known.code, error: known.error, message: known.message } };
}

function knownError(error: unknown): StorageError | undefined {
  if (error instanceof StorageError) return error;
  if (error instanceof BodyTooLarge) return tooLarge();
  switch (sqlState(error)) {
    case "42501":
      return new StorageError("403", "Unauthorized", error instanceof Error && error.message.includes("row-level security") ? "new row violates row-level security policy" : describeError(error), "AccessDenied");
    case "23505":
      return new StorageError("409", "Duplicate", "The resource already exists", "KeyAlreadyExists");
    case "23503":
      return new StorageError("404", "not_found", "The related resource does not exist", "NoSuchKey");
    default:
      return undefined;
  }
}
