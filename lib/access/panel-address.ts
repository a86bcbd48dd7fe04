/** Rules for the address under which browsers reach the panel. Pure. */

/** Whether a host name or address is this machine itself: traffic to it never leaves it. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return /^127(?:\.\d{1,3}){3}$/.test(name);
}

export type PanelAddress = {
  /** BASEHOLD_URL, as browsers use it. */
  url: string;
  /** The address that web listens on, when it is known. */
  listenAddress?: string | null;
  /** BASEHOLD_BEHIND_TLS_PROXY=yes. */
  isBehindTlsProxy: boolean;
};

/**
 * Why this address is refused, as a sentence with the way out; null when it is fine. Passwords over plain HTTP are for
 * loopback alone, unless the person says in so many words that a TLS proxy stands in front.
 */
export function refusePlainHttp({ url, listenAddress, isBehindTlsProxy }: PanelAddress): string | null {
  if (isBehindTlsProxy) return null;
  const { protocol, hostname } = new URL(url);
  const wayOut = "If a TLS proxy stands in front of the panel, say so with BASEHOLD_BEHIND_TLS_PROXY=yes.";
  if (protocol !== "https:" && !isLoopbackHost(hostname)) {
    return `BASEHOLD_URL is ${url}: passwords and cookies would cross the network in plain text. Use an https:// address. ${wayOut}`;
  }
  if (listenAddress !== undefined && listenAddress !== null && listenAddress !== "" && !isLoopbackHost(listenAddress)) {
    return `The panel would listen on ${listenAddress} and speaks plain HTTP there: anyone on that network could read along. Leave the address out to listen on 127.0.0.1. ${wayOut}`;
  }
  return null;
}
