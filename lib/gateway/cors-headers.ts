import type { CorsRule } from "./routes";

/**
 * Together with credentials `*` is a header's name and no wildcard in the Fetch standard, and Envoy cannot repeat what a browser asks for: these are
 * listed instead. What supabase-js, its resumable uploads, and tracing in a browser send.
 */
const sentByClients = [
  "authorization", "apikey", "content-type", "accept", "x-client-info", "x-supabase-api-version", "x-requested-with",
  "prefer", "range", "range-unit", "accept-profile", "content-profile", "x-region", "x-retry-count",
  "x-upsert", "x-metadata", "cache-control", "if-match", "if-none-match", "if-modified-since",
  "tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-defer-length", "upload-concat", "x-http-method-override", "x-signature",
  "traceparent", "tracestate", "baggage", "sentry-trace",
];

/** What pages read of an answer beside the headers that are open to every page. */
const readByPages = [
  "content-range", "content-disposition", "content-encoding", "accept-ranges", "etag", "location", "content-location", "link", "retry-after", "date",
  "preference-applied", "range-unit", "content-profile", "x-total-count", "x-relay-error", "x-supabase-api-version", "x-request-id", "sb-request-id", "server-timing",
  "tus-resumable", "tus-version", "tus-extension", "tus-max-size", "upload-length", "upload-offset", "upload-metadata", "upload-expires",
];

/** Whether pages may send every header and their visitors' cookies: what no browser takes as `*`. */
export function opensHeadersWithCredentials({ headers, allowsCredentials }: CorsRule): boolean {
  return allowsCredentials && (headers.length === 0 || headers.includes("*"));
}

/** Headers that pages may send, as Envoy lists them. */
export function allowedHeaders(rule: CorsRule | undefined): string[] {
  const named = rule?.headers ?? [];
  if (rule !== undefined && opensHeadersWithCredentials(rule)) return [...new Set([...sentByClients, ...named])].filter((name) => name !== "*");
  // Without credentials the wildcard does not cover `authorization` alone, so it is named beside it.
  return named.length === 0 ? ["*", "authorization"] : [...named];
}

/** Headers of an answer that pages may read. */
export function exposedHeaders(rule: CorsRule | undefined): string[] {
  return rule?.allowsCredentials === true ? readByPages : ["*"];
}
