import { isIP } from "node:net";

export interface RedirectRules {
  siteUrl: string;
  patterns: readonly string[];
}

/** The address to return to: what was asked for if it is allowed, then the Referer if that is, then the site. */
export function chooseRedirect(rules: RedirectRules, requested: string | undefined, referer: string | undefined): string {
  for (const candidate of [requested, referer]) {
    if (candidate !== undefined && isRedirectAllowed(rules, candidate)) return candidate;
  }
  return rules.siteUrl;
}

/** Whether an address is the site's own or matches a pattern of the allow list. */
export function isRedirectAllowed(rules: RedirectRules, address: string): boolean {
  const site = parseUrl(rules.siteUrl);
  const target = parseUrl(address);
  if (address === "" || site === undefined || target === undefined) return false;
  const samePort = site.port === target.port || isLoopbackName(target.hostname);
  if (site.hostname === target.hostname && site.protocol === target.protocol && samePort) return true;
  // URL turns a decimal address into dotted form, so the text itself is looked at.
  if (/^https?:\/\/\d+([:/?#]|$)/i.test(address)) return false;
  const bare = target.hostname.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0) return bare === "::1" || bare.startsWith("127.");
  const http = target.protocol === "http:" || target.protocol === "https:";
  if (http && !/^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(target.hostname)) return false;
  const withoutFragment = address.split("#")[0] ?? "";
  return rules.patterns.some((pattern) => globToRegExp(pattern).test(withoutFragment));
}

function isLoopbackName(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** A glob whose `*` and `?` stop at `.` and `/`, whose `**` does not, with `{a,b}` and `[a-z]`. */
export function globToRegExp(glob: string): RegExp {
  let source = "";
  let depth = 0;
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob[index] ?? "";
    if (character === "*") {
      const double = glob[index + 1] === "*";
      source += double ? ".*" : "[^./]*";
      if (double) index += 1;
    } else if (character === "?") source += "[^./]";
    else if (character === "{") {
      source += "(?:";
      depth += 1;
    } else if (character === "}" && depth > 0) {
      source += ")";
      depth -= 1;
    } else if (character === "," && depth > 0) source += "|";
    else if (character === "[") {
      const end = glob.indexOf("]", index);
      if (end === -1) source += "\\[";
      else {
        source += `[${glob.slice(index + 1, end).replace(/^!/, "^").replaceAll("\\", "\\\\")}]`;
        index = end;
      }
    } else source += character.replace(/[.+^$()|\\{}\]]/g, "\\$&");
  }
  return new RegExp(`^${source}${")".repeat(depth)}$`);
}

/** Adds values to an address's query, in alphabetical order as Go writes them. */
export function withQuery(address: string, values: Record<string, string>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  url.searchParams.sort();
  return url.toString();
}

/** Adds values as the address's fragment, in alphabetical order, with GoTrue's mark `sb=`. */
export function withFragment(address: string, values: Record<string, string>): string {
  const parameters = new URLSearchParams({ ...values, sb: "" });
  parameters.sort();
  return `${address.split("#")[0] ?? ""}#${parameters.toString()}`;
}
