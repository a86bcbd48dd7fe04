/** Let's Encrypt's own directory: the default, with or without an address for its notices. */
export const letsEncryptDirectory = "https://acme-v02.api.letsencrypt.org/directory";

export const hstsYearSeconds = 31_536_000;
export const hstsHint = "For a year. Browsers that saw it refuse the name over plain HTTP, and offer no way past a wrong certificate: switch it on when HTTPS has proven itself.";

/** Who issues certificates, in a word. */
export function authorityName(acme: { directoryUrl: string } | null): string {
  if (acme === null || acme.directoryUrl === letsEncryptDirectory) return "Let's Encrypt";
  return URL.canParse(acme.directoryUrl) ? new URL(acme.directoryUrl).host : "the ACME server";
}

