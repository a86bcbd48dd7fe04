import type { HeaderMatch, RouteMatch } from "./routes";

/** Text in an expression of Kong's router. */
function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`;
}

/** Characters that keep their percent sign in the path that Kong compares. Source: `kong/tools/uri.lua`. */
const reserved = new Set("!*'();:@&=+$,/?%#[]");

/**
 * A normalised path as Kong compares it: every escape is undone except those of reserved characters, which are upper case.
 * undefined when the escapes are no UTF-8.
 */
export function toKongPath(path: string): string | undefined {
  const kept = path.replace(/%([0-9a-f]{2})/gi, (escaped: string, hex: string) => {
    const isKept = reserved.has(String.fromCharCode(Number.parseInt(hex, 16)));
    return isKept ? `%25${escaped.slice(1).toUpperCase()}` : escaped;
  });
  try {
    return decodeURIComponent(kept.replace(/%(?![0-9a-f]{2})/gi, "%25"));
  } catch {
    return undefined;
  }
}

/** Anchored: Kong's `~` looks anywhere in the text, ours takes the whole of it. */
const wholeText = (source: string) => quote(`^(?:${source})$`);

function pathCondition({ kind, path }: RouteMatch): string {
  if (kind === "regex") return `http.path ~ ${wholeText(path)}`;
  return `http.path ${kind === "exact" ? "==" : "^="} ${quote(toKongPath(path) ?? path)}`;
}

/** A preflight counts as the method that it asks for, as in `matchesMethod`. */
function methodCondition(methods: RouteMatch["methods"]): string[] {
  if (methods === undefined) return [];
  const anyOf = (field: string) => methods.map((method) => `${field} == ${quote(method)}`).join(" || ");
  return [`(${anyOf("http.method")} || (http.method == "OPTIONS" && http.headers.origin ^= "" && (${anyOf("http.headers.access_control_request_method")})))`];
}

/** Names of headers in expressions hold underscores for hyphens. A condition on a header that is not there never holds, so a prefix of nothing asks for its presence. */
function headerCondition(condition: HeaderMatch): string {
  const field = `http.headers.${condition.name.replaceAll("-", "_")}`;
  switch (condition.kind) {
    case "present":
      return `${field} ^= ""`;
    case "absent":
      return `!(${field} ^= "")`;
    case "exact":
      return `${field} == ${quote(condition.value)}`;
    case "prefix":
      return `${field} ^= ${quote(condition.value)}`;
    case "regex":
      return `${field} ~ ${wholeText(condition.value)}`;
  }
}

/** A route's match in the language of Kong's `expressions` router. Source: https://developer.konghq.com/gateway/routing/expressions/ */
export function toExpression(match: RouteMatch): string {
  return [pathCondition(match), ...methodCondition(match.methods), ...(match.headers ?? []).map(headerCondition)].join(" && ");
}

/**
 * Paths that hide a slash, or an end: Kong compares the path as it was sent, with what follows a `#`, which services cut off. Envoy refuses them before it
 * looks for a route, so here they are a route of their own.
 */
export const hiddenSlashExpression = 'http.path contains "%2F" || http.path contains "\\\\" || http.path contains "#"';

/** Whether Kong's router can name this header: letters, digits and hyphens, its expressions know nothing else. */
export function isExpressibleHeader(name: string): boolean {
  return /^[a-z0-9-]+$/.test(name);
}

/** Whether request-transformer takes this name. Source: kong/plugins/request-transformer/schema.lua (`validate_headers`). */
export function isWritableHeader(name: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(name);
}

export type RegexDifference = { /** Kong refuses it, or may take it for something else. */ isImpossible: boolean; reason: string };

/**
 * Why an expression in RE2 syntax is none, or another one, in Rust's regex syntax, which Kong's router reads; undefined when both
 * read it the same. Source: https://docs.rs/regex/latest/regex/#syntax
 */
export function findRustDifference(source: string): RegexDifference | undefined {
  const impossible = (reason: string): RegexDifference => ({ isImpossible: true, reason });
  if (/\\Q|\\C/.test(source)) return impossible("\\Q…\\E and \\C do not exist there");
  if (/\\[0-7]/.test(source)) return impossible("octal escapes do not exist there");
  for (const [, members = ""] of source.matchAll(/(?<!\\)\[\^?\]?((?:\\.|\[:\^?\w+:\]|[^\]\\])*)\]/g)) {
    const plain = members.replaceAll(/\[:\^?\w+:\]/g, "").replaceAll(/\\./g, "");
    if (plain.includes("[") || /&&|--|~~/.test(plain)) return impossible("[, &&, -- and ~~ inside of brackets combine sets there");
  }
  return /\\[dDwWsSbB]/.test(source) ? { isImpossible: false, reason: "\\d, \\w, \\s and \\b take letters and digits of every script there" } : undefined;
}
