import type { Reply } from "../serving/http";

/** An error with the status and code that GoTrue gives it. */
export class AuthError extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly weakReasons?: readonly string[],
  ) {
    super(message);
  }
}

/** An error in the form of RFC 6749; always answered with 400. */
export class OAuthError extends Error {
  constructor(readonly error: string, readonly description: string) {
    super(`${error}: ${description}`);
  }
}

const newerVersion = "2024-01-01";

/** The answer for an error, in the body form of the API version that the caller asked for. */
export function errorReply(error: unknown, requestedVersion: string | undefined): Reply {
  if (error instanceof OAuthError) return { status: 400, json: { error: error.error, error_description: error.description } };
  const known = error instanceof AuthError ? error : unexpected();
  const newer = requestedVersion !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(requestedVersion) && requestedVersion >= newerVersion;
  const weak = known.weakReasons === undefined ? {} : { weak_password: { reasons: known.weakReasons } };
  const headers: Record<string, string> = { "x-sb-error-code": known.errorCode };
  if (newer) headers["x-supabase-api-version"] = newerVersion;
  const json = newer
    ? { code: known.errorCode, message: known.message, ...weak }
    : { code: known.status, error_code: known.errorCode, msg: known.message, ...weak };
  return { status: known.status, headers, json };
}

function unexpected(): AuthError {
  return new AuthError(500, "unexpected_failure", "Unexpected failure, please check server logs for more information");
}
