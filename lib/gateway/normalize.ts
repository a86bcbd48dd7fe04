/** A request's path as the gateway compares it, or why the gateway answers 400 before it looks for a route. */
export type NormalizedPath = { isAccepted: true; path: string } | { isAccepted: false; reason: string };

const refuse = (reason: string): NormalizedPath => ({ isAccepted: false, reason });

/**
 * The path of a request target as Envoy compares it with routes: query cut off, unreserved characters unescaped, dot segments
 * resolved, doubled slashes merged. Escaped slashes, fragments and control characters are refused.
 * Source: Envoy's `normalize_path`, `merge_slashes` and `path_with_escaped_slashes_action`; held to the real Envoy by a property test.
 */
export function normalizePath(requestTarget: string): NormalizedPath {
  if (requestTarget.includes("#")) return refuse("The path holds a #.");
  const raw = requestTarget.split("?", 1)[0] ?? "";
  if (!raw.startsWith("/")) return refuse("The path does not start with a slash.");
  if (/[\x00-\x20\x7f-\uffff]/.test(raw)) return refuse("The path holds a blank, a control character or a letter that is not escaped.");
  if (/%(2f|5c)/i.test(raw)) return refuse("The path holds an escaped slash (%2F or %5C).");
  if (/%00/.test(raw)) return refuse("The path holds an escaped null (%00).");
  return { isAccepted: true, path: mergeSlashes(resolveDots(unescape(raw))) };
}

/** Envoy joins what lies between the slashes, and puts the first and the last one back: of slashes alone two remain. */
function mergeSlashes(path: string): string {
  return /^\/{2,}$/.test(path) ? "//" : path.replace(/\/{2,}/g, "/");
}

function unescape(raw: string): string {
  return raw
    .replaceAll("\\", "/")
    .replace(/%([0-9a-f]{2})/gi, (escaped: string, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : escaped;
    })
    .replace(/["<>^`{|}]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `.` and `..` as in RFC 3986 5.2.4; doubled slashes still count as empty segments here. */
function resolveDots(path: string): string {
  const kept: string[] = [];
  const segments = path.slice(1).split("/");
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === "..") kept.pop();
    if (segment === "." || segment === "..") {
      if (isLast) kept.push("");
    } else kept.push(segment);
  });
  return `/${kept.join("/")}`;
}
