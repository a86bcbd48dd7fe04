import { opensHeadersWithCredentials } from "./cors-headers";
import { findRustDifference, isExpressibleHeader, isWritableHeader, toKongPath, type RegexDifference } from "./kong-expressions";
import type { GatewayRoute } from "./routes";

/** `differs`: it works on both, not quite the same. `impossible`: Kong cannot express it, or would take it for something else. */
export type DifferenceSeverity = "differs" | "impossible";

/** What one of a route's policies means on each gateway, where that is not the same. */
export type PolicyDifference = {
  id: string;
  severity: DifferenceSeverity;
  /** Name of the policy, for a heading. */
  title: string;
  envoy: string;
  kong: string;
  /** What to do about it; null where nothing need be done. */
  wayOut: string | null;
  /** An owner has to agree: what the other gateway checks, this one cannot. */
  needsOwner?: true;
};

/** One policy of a route: what to compare, and what is found; null when both gateways do the same. */
type Check = { policy: string; isUsed(route: GatewayRoute): boolean; find(route: GatewayRoute): PolicyDifference | null };

function regexDifference(id: string, title: string, sources: readonly string[]): PolicyDifference | null {
  const found = sources.map(findRustDifference).filter((difference): difference is RegexDifference => difference !== undefined).sort((one, other) => Number(other.isImpossible) - Number(one.isImpossible))[0];
  if (found === undefined) return null;
  const wayOut = found.isImpossible ? "Write the expression without it, for example with a\\.b for \\Qa.b\\E." : "Write [0-9] for \\d and [A-Za-z0-9_] for \\w where other scripts matter.";
  return { id, severity: found.isImpossible ? "impossible" : "differs", title, envoy: "Reads the regular expression as RE2.", kong: `Reads it as Rust's: ${found.reason}.`, wayOut };
}

const pathCheck: Check = {
  policy: "path",
  isUsed: () => true,
  find({ match: { kind, path } }) {
    const title = "Path";
    if (kind !== "regex") {
      if (toKongPath(path) !== undefined) return null;
      return { id: "path-escape", severity: "impossible", title, envoy: "Compares the path with its escapes as they are written.", kong: "Undoes escapes first; these are no UTF-8, so its router cannot name them.", wayOut: "Use another path." };
    }
    if (path.includes("%")) return { id: "path-regex-escape", severity: "impossible", title, envoy: "Compares the escaped path: a blank is %20.", kong: "Undoes escapes first: a blank is a blank.", wayOut: "Use an exact path or a prefix, which are rewritten for Kong, or leave the escape out of the expression." };
    return regexDifference("path-regex", title, [path]);
  },
};

const headerCheck: Check = {
  policy: "header conditions",
  isUsed: ({ match }) => (match.headers ?? []).length > 0,
  find({ match: { headers = [] } }) {
    const title = "Header conditions";
    const named = headers.find(({ name }) => !isExpressibleHeader(name));
    if (named !== undefined) return { id: "header-name", severity: "impossible", title, envoy: "Takes every name that HTTP allows.", kong: `Its router cannot name ${named.name}: letters, digits and hyphens only.`, wayOut: "Have clients send a header whose name holds letters, digits and hyphens." };
    const regex = regexDifference("header-regex", title, headers.flatMap((header) => (header.kind === "regex" ? [header.value] : [])));
    if (regex !== null) return regex;
    if (headers.every(({ kind }) => kind === "present" || kind === "absent")) return null;
    return { id: "header-repeated", severity: "differs", title, envoy: "Joins a header that comes several times with commas, and compares the whole.", kong: "Compares each of its values, and all must fit.", wayOut: null };
  },
};

const rewriteCheck: Check = {
  policy: "rewrite",
  isUsed: ({ target }) => target.kind !== "answer" && target.rewrite !== undefined,
  find({ match, target }) {
    if (target.kind === "answer" || match.kind !== "prefix" || match.path.endsWith("/")) return null;
    // The same words for every route: the report names them together.
    return { id: "rewrite-boundary", severity: "differs", title: "Rewrite", envoy: "With /a rewritten to /b, /ax becomes /bx.", kong: "With /a rewritten to /b, /ax becomes /b/x: a slash comes in after the prefix. /a and /a/x are the same on both.", wayOut: "End prefix and rewrite with a slash where it matters." };
  },
};

const accessCheck: Check = {
  policy: "access",
  isUsed: () => true,
  find({ access }) {
    const title = "Access";
    if (access === "opaque-key") return { id: "access-opaque-key", severity: "differs", title, envoy: "Answers a legacy key with 401.", kong: "Answers a legacy key with 403.", wayOut: null };
    if (access !== "user-jwt") return null;
    return {
      id: "access-user-jwt", severity: "differs", title,
      envoy: "Checks a token's signature with the project's public keys, its audience and that it is no API key.",
      kong: "Checks the signature with the public keys, and that the token ends within 7 days, which keeps API keys out. It does not look at the audience, and takes no token that is signed with the JWT secret (HS256). A token without a key answers 401, never 403.",
      wayOut: "Turn asymmetric signing on for the project first, and let the service behind the route check the role.",
    };
  },
};

const rateCheck: Check = {
  policy: "rate limit",
  isUsed: ({ rateLimit }) => rateLimit !== undefined,
  find({ rateLimit, access }) {
    if (rateLimit === undefined) return null;
    const { requestsPerSecond, burst, per } = rateLimit;
    const isByAddress = per === "key" && !["any-key", "opaque-key", "service-key"].includes(access);
    const average = burst === requestsPerSecond ? "" : `, and ${String(Math.max(requestsPerSecond * 60, burst))} in a minute`;
    const counted = isByAddress ? " It counts per address here, because no key is checked on this route." : "";
    return {
      id: isByAddress ? "rate-limit-key" : "rate-limit", severity: "differs", title: "Rate limit",
      envoy: `Lets ${String(burst)} pass at once and gives back ${String(requestsPerSecond)} a second.`,
      kong: `Counts in windows of the clock: ${String(burst)} in a second${average}. Around the edge of a window twice as many pass, and so may requests that come at the same moment.${counted}`,
      wayOut: isByAddress ? "Ask for a key on this route, or limit per address." : burst === requestsPerSecond ? null : "Set the burst to the requests per second for the same limit in every second.",
    };
  },
};

const timeoutCheck: Check = {
  policy: "timeout",
  isUsed: ({ timeoutMs, target }) => timeoutMs !== undefined && target.kind !== "answer",
  find: ({ timeoutMs, target }) =>
    timeoutMs === undefined || target.kind === "answer" ? null : {
      id: "timeout", severity: "differs", title: "Timeout", envoy: "Ends the whole answer after this time.", kong: "Ends an answer after this time of silence: one that keeps coming goes on.",
      wayOut: "Set a limit in the service itself where a long answer must end.",
    },
};

const retryCheck: Check = {
  policy: "retries",
  isUsed: ({ retryAttempts }) => retryAttempts !== undefined && retryAttempts > 0,
  find: ({ retryAttempts = 0, target }) =>
    retryAttempts === 0 || target.kind === "answer" ? null : {
      id: "retries", severity: "differs", title: "Retries", envoy: "Tries again when no connection was made, and after a 502 or 503 to GET, HEAD and OPTIONS.", kong: "Tries again, at once, when no connection was made, and GET, HEAD, OPTIONS, PUT and DELETE also when it breaks before an answer. A 502 or 503 of the service goes back to the client.",
      wayOut: "Have clients repeat a GET after 502 or 503.",
    },
};

const externalCheck: Check = {
  policy: "external upstream",
  isUsed: ({ target }) => target.kind === "external",
  find: ({ target }) =>
    target.kind !== "external" ? null : {
      id: "external", severity: "differs", title: "External upstream", needsOwner: true, envoy: "Connects only to addresses that were checked: none of this machine, none inside, unless an owner listed them.",
      kong: `Looks ${new URL(target.origin).host} up by itself. When its name comes to point inside, requests go there.`, wayOut: "An owner has to agree, or the route stays with Envoy.",
    },
};

const responseHeaderCheck: Check = {
  policy: "response headers",
  isUsed: ({ responseHeaders = [], removeResponseHeaders = [] }) => responseHeaders.length + removeResponseHeaders.length > 0,
  find({ responseHeaders = [] }) {
    const lost = responseHeaders.find(({ value }) => value.startsWith(":"));
    if (lost === undefined) return null;
    return { id: "response-header-colon", severity: "impossible", title: "Response headers", envoy: "Sets any value.", kong: `Loses the colon at the beginning of ${lost.name}.`, wayOut: "Set a value that begins otherwise." };
  },
};

const requestHeaderCheck: Check = {
  policy: "request headers",
  isUsed: ({ requestHeaders = [], removeRequestHeaders = [] }) => requestHeaders.length + removeRequestHeaders.length > 0,
  find({ requestHeaders = [], removeRequestHeaders = [] }) {
    const refused = [...requestHeaders.map(({ name }) => name), ...removeRequestHeaders].find((name) => !isWritableHeader(name));
    if (refused === undefined) return null;
    return { id: "request-header-name", severity: "impossible", title: "Request headers", envoy: "Sets and removes every name that HTTP allows.", kong: `Refuses ${refused}: letters, digits, hyphens and underscores only.`, wayOut: "Leave that header to the service, or give it another name." };
  },
};

const corsCheck: Check = {
  policy: "CORS",
  isUsed: ({ cors }) => cors !== undefined,
  find({ cors }) {
    if (typeof cors !== "object" || !opensHeadersWithCredentials(cors)) return null;
    return {
      id: "cors-headers", severity: "differs", title: "CORS", envoy: "With cookies and without a list of headers, lets pages send those of Supabase's clients and no others.", kong: "Lets pages send whatever headers they ask for.",
      wayOut: "Name the headers that your pages send.",
    };
  },
};

const alike = (policy: string, isUsed: Check["isUsed"]): Check => ({ policy, isUsed, find: () => null });

/** Every policy that a route can have. */
export const checks: readonly Check[] = [
  pathCheck, headerCheck, rewriteCheck, accessCheck, rateCheck, timeoutCheck, retryCheck, externalCheck, requestHeaderCheck, responseHeaderCheck, corsCheck,
  alike("methods", ({ match }) => match.methods !== undefined),
  alike("allowed addresses", ({ ipAllow }) => ipAllow !== undefined),
  alike("idle timeout", ({ idleTimeoutMs }) => idleTimeoutMs !== undefined),
  alike("body size", ({ maxBodyBytes }) => maxBodyBytes !== undefined),
  alike("closing time", ({ closesAtMs }) => closesAtMs !== undefined),
];

const differs = (id: string, title: string, envoy: string, kong: string, wayOut: string | null = null): PolicyDifference => ({ id, severity: "differs", title, envoy, kong, wayOut });

/** What is not the same whatever the routes are. */
export const generalDifferences: readonly PolicyDifference[] = [
  differs("refusals", "Refusals", "Says why in plain text: Unauthorized.", 'Says why as JSON: {"message":"No API key found in request"}. The status is the same.', "Have clients look at the status, not at the words."),
  differs("underscores", "Header names with an underscore", "Refuses the request with 400.", "Drops the header, and the request goes on without it."),
  differs("odd-paths", "Odd paths", "Reads \\ as a slash, and counts a doubled slash as a step for the .. after it. Of slashes alone two remain.", "Refuses a path with a \\, and merges doubled slashes before it follows a .. there. Of slashes alone one remains."),
  differs("undecodable", "Text that is no UTF-8", "Takes it as it is: %ff is %ff.", "Answers 400 where the path holds it, and 404 where a header does that any route asks for.", "Have clients escape text as UTF-8."),
  differs("order", "Addresses and keys", "Looks at the address first: who may not come from there gets 403.", "Looks at the key first: without one it is 401."),
  differs("preflight", "Preflights from other origins", "Treats them as any request.", "Answers them with 200 by itself, and allows nothing."),
  differs("query-key", "Key in the query", "Exchanges an opaque key in ?apikey= for its token, in the query too.", "Exchanges it in the headers; the query keeps the key, except towards Realtime's socket.", "Send keys in the apikey header."),
  differs("forwarded", "Forwarded headers", "Tells services X-Forwarded-Prefix without a slash at its end.", "Tells it with the slash, tells the path in X-Forwarded-Path, and names the key's kind in X-Consumer-Username."),
  differs("log", "Access log", "Names the route and the kind of key of every request.", "Names neither. Numbers per route and per kind of key come from /metrics, and not for routes that check no key."),
];
