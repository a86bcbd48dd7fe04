import { parse } from "tldts";
import { isAddress } from "@/lib/gateway/addresses";
import { isHostname } from "@/lib/gateway/edge-input";
import type { DomainTls } from "./domain-views";

export type NormalisedHostname = { ok: true; hostname: string; isWildcard: boolean } | { ok: false; sentence: string };

/** `authority`: who issues certificates of the kind `acme`; `onlyPublic`: it gives them for names of the public DNS alone. */
type Rules = { tls: DomainTls; authority: { name: string; onlyPublic: boolean } };

const refuse = (sentence: string): NormalisedHostname => ({ ok: false, sentence });

/**
 * The form in which a name is stored, served and certified: lower-case ASCII (IDNA, as WHATWG URL does it), without a trailing dot.
 * Refuses, in a sentence with the way out, what is no name, and what no certificate can be had for.
 */
export function normaliseHostname(text: string, { tls, authority }: Rules): NormalisedHostname {
  const typed = text.trim().replace(/[.\u3002\uff0e\uff61]$/u, "");
  const isWildcard = typed.startsWith("*.");
  const bare = isWildcard ? typed.slice(2) : typed;
  if (/[\s/\\:@?#%[\]*]/.test(bare)) return refuse(isAddress(bare) ? addressSentence : "Type the name alone, such as api.example.com: without https://, a port, a path or spaces.");
  const hostname = toAscii(bare);
  if (hostname === null) return refuse(`“${typed}” is no host name. Use letters, digits and hyphens, such as api.example.com.`);
  // The URL parser takes 0x7f.1 and 2130706433 for addresses, as browsers do.
  if (isAddress(hostname)) return refuse(addressSentence);
  if (!isHostname(hostname)) return refuse(`“${typed}” is no host name. Each part between dots has 1 to 63 letters, digits or hyphens, and the whole at most 253 characters.`);
  const sentence = refusePublicly(hostname, { tls, authority, isWildcard });
  return sentence === null ? { ok: true, hostname: isWildcard ? `*.${hostname}` : hostname, isWildcard } : refuse(sentence);
}

const addressSentence = "An address is no name. Use a name that leads to this machine; by its address the project is served already.";

function toAscii(text: string): string | null {
  if (text === "" || !URL.canParse(`http://${text}`)) return null;
  const { hostname } = new URL(`http://${text}`);
  return hostname === "" ? null : hostname;
}

function refusePublicly(hostname: string, { tls, authority, isWildcard }: Rules & { isWildcard: boolean }): string | null {
  if (isWildcard && tls !== "uploaded") return "A wildcard needs a certificate of your own: upload it. Authorities give one by DNS-01 alone, and the edge's image, the official Caddy, has no DNS module.";
  const { publicSuffix, isIcann, isPrivate } = parse(hostname, { allowPrivateDomains: true });
  const isListed = isIcann === true || isPrivate === true;
  if (isListed && publicSuffix === hostname) return `${hostname} is a public suffix, under which others have names of their own. Use a name below it, such as api.${hostname}.`;
  if (tls !== "acme" || isListed) return null;
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return `${hostname} is this machine itself to everyone who asks. Use a name that leads here, or the internal authority.`;
  return authority.onlyPublic ? `${authority.name} gives certificates for public names only, and .${hostname.split(".").at(-1) ?? ""} is none. Use the internal authority, or upload a certificate.` : null;
}

/** The name as people write it, with letters beyond ASCII; the ASCII form where it cannot be told. */
export function displayHostname(hostname: string, toUnicode: (ascii: string) => string): string {
  const shown = toUnicode(hostname.replace(/^\*\./, ""));
  return shown === "" ? hostname : `${hostname.startsWith("*.") ? "*." : ""}${shown}`;
}

/** Zones in which a name may lie, the longest first: itself, then each parent down to the one that can be registered. */
export function zonesOf(hostname: string): string[] {
  const name = hostname.replace(/^\*\./, "");
  const { domain } = parse(name);
  const labels = name.split(".");
  const shortest = domain === null || domain === "" ? 1 : domain.split(".").length;
  return labels.map((_label, index) => labels.slice(index).join(".")).slice(0, Math.max(1, labels.length - shortest + 1));
}

/** Names whose CAA records count for this one, in the order in which an authority asks (RFC 8659, section 3): itself, then each parent. */
export function caaNamesOf(hostname: string): string[] {
  const labels = hostname.replace(/^\*\./, "").split(".");
  return labels.map((_label, index) => labels.slice(index).join("."));
}
