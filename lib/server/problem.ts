import { LimitExceededError, UnauthenticatedError, type PanelError } from "@/lib/access/errors";

const titles: Record<number, string> = {
  401: "Not signed in", 403: "Not allowed", 404: "Not found", 409: "In the way", 413: "Too large", 415: "Wrong kind of content", 422: "Not valid", 429: "Too many attempts", 500: "A defect", 503: "Not available",
};

/** An error as RFC 9457 says it; `code` is for programs, `detail` for people, `fields` names inputs and the rule each broke. */
export function problemResponse(error: PanelError): Response {
  const body = {
    type: `/api/v1/docs#error-${error.code}`,
    title: titles[error.status] ?? "Error",
    status: error.status,
    detail: error.publicMessage,
    code: error.code,
    ...(error.fields === undefined ? {} : { fields: error.fields }),
  };
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (error instanceof UnauthenticatedError) headers.set("www-authenticate", 'Bearer realm="basehold"');
  if (error instanceof LimitExceededError) headers.set("retry-after", String(error.retryAfterSeconds));
  return new Response(JSON.stringify(body), { status: error.status, headers });
}
