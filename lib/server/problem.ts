import { LimitExceededError, UnauthenticatedError, type PanelError } from "@/lib/access/errors";

const titles: Record<number, string> = {
  401: "Not signed in", 403: "Not allowed", 404: "Not found", 409: "In the way", 413: "Too large", 415: "Wrong kind of content", 422: "Not valid", 429: "Too many attempts", 500: "A defect", 503: "Not available",
};

/** What the codes mean that any endpoint may answer with. A conflict (409) has a code of its own, which its sentence explains. */
export const commonProblems: Readonly<Record<string, string>> = {
  "unauthenticated": "Nobody is signed in, or the token is not valid, has expired or was revoked.",
  "forbidden": "The role, or what the token was given, does not reach; or the request rode on a cookie and did not come from a page of the panel.",
  "password-required": "A person has to confirm the password again: it counts for 10 minutes.",
  "not-found": "There is nothing here, or nothing that you may see.",
  "invalid": "Inputs broke a rule; `fields` names each with its rule.",
  "too-large": "The body is larger than the endpoint takes.",
  "limit-exceeded": "Too many attempts; `Retry-After` says how many seconds to wait.",
  "idempotency-running": "The first request with this `Idempotency-Key` has not been answered.",
  "idempotency-secret": "The request was done before; its answer held a secret, which is kept nowhere.",
  "unavailable": "Something that this needs does not answer now: the worker, the engine, the store.",
  "internal": "A defect; the log has its cause under the reference in `detail`.",
};

/** A sentence that one input broke says of itself which input, for who reads the detail alone. What concerns the whole input stays as it is. */
function detailOf({ status, publicMessage, fields = {} }: PanelError): string {
  const [name] = Object.entries(fields).find(([, sentence]) => sentence === publicMessage) ?? [];
  return status !== 422 || name === undefined || name === "input" ? publicMessage : `${name}: ${publicMessage}`;
}

/** An error as RFC 9457 says it; `code` is for programs, `detail` for people, `fields` names inputs and the rule each broke. */
export function problemResponse(error: PanelError): Response {
  const body = {
    type: error.code in commonProblems ? `/api/v1/docs#error-${error.code}` : "/api/v1/docs#errors",
    title: titles[error.status] ?? "Error",
    status: error.status,
    detail: detailOf(error),
    code: error.code,
    ...(error.fields === undefined ? {} : { fields: error.fields }),
  };
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (error instanceof UnauthenticatedError) headers.set("www-authenticate", 'Bearer realm="basehold"');
  if (error instanceof LimitExceededError) headers.set("retry-after", String(error.retryAfterSeconds));
  return new Response(JSON.stringify(body), { status: error.status, headers });
}
