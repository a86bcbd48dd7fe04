import { ForbiddenError } from "@/lib/access/errors";

/**
 * Throws unless the request comes from a page of the panel itself. Browsers send one of both headers with everything that is
 * not a plain GET; a request with neither is not from a browser and has no business riding on a cookie.
 */
export function requireSameOrigin(headers: Pick<Headers, "get">, panelUrl: URL): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const isOriginRight = origin === null || origin === panelUrl.origin;
  const isSiteRight = site === null || site === "same-origin";
  if ((origin === null && site === null) || !isOriginRight || !isSiteRight) {
    throw new ForbiddenError(`This request did not come from a page of the panel at ${panelUrl.origin}.`, { origin, site });
  }
}
