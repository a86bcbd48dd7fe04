import type { DomainCheckView, DomainsView, DomainView } from "@/lib/projects/views";

const list = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** Where a certificate comes from, as one says it. */
export function sayCertificateKind(tls: DomainView["tls"], authority: string): string {
  if (tls === "internal") return "From the edge's own authority";
  return tls === "uploaded" ? "Uploaded" : `From ${authority}`;
}

/** Why no domain can be changed at this moment; null when one can. */
export function whyNotNow({ state, openOperationId }: Pick<DomainsView, "state" | "openOperationId">): string | null {
  // Degraded and unknown are what was seen of a project that is ready.
  if (!["ready", "degraded", "unknown", "paused", "failed"].includes(state)) return `Domains can be changed while the project is ready; it is ${state}.`;
  return openOperationId === null ? null : "An operation is running on this project. Domains can be changed when it has ended.";
}

/**
 * What a check found that still counts. Of a name that is open it may have been made before the edge served it: then what it says of ports,
 * and of what would be tried, no longer holds.
 */
export function stillHolds({ items }: Pick<DomainCheckView, "items">, state: DomainView["state"]): { items: DomainCheckView["items"]; isFromBefore: boolean } {
  const isUntried = ({ id, state: found }: DomainCheckView["items"][number]) => id.startsWith("reach-") && found === "unknown";
  const isFromBefore = state === "open" && items.some(isUntried);
  return { items: isFromBefore ? items.filter((item) => !isUntried(item) && !item.id.startsWith("port-")) : items, isFromBefore };
}

/** What is restarted, in one sentence. */
export function sayRestarts(services: readonly string[]): string {
  if (services.length === 0) return "No service is restarted.";
  return services.length === 1 ? `Replaced, with a short interruption: ${services[0] ?? ""}.` : `Replaced one after the other, with a short interruption each: ${list.format(services)}.`;
}

export type ExpiryWarning = { hostname: string; tone: "warn" | "bad"; daysLeft: number; notAfter: string; isExpired: boolean; problem: string | null; tls: DomainView["tls"] };

const warnDays = 14;

/** Domains whose certificate ends soon, has ended, or could not be renewed; the one that ends first at the top. */
export function expiryWarnings(domains: readonly Pick<DomainView, "hostname" | "tls" | "state" | "certificate">[]): ExpiryWarning[] {
  return domains
    .flatMap(({ hostname, tls, state, certificate }): ExpiryWarning[] => {
      if (certificate === null || state !== "open") return [];
      const { level, daysLeft, notAfter, problem } = certificate;
      if (level === "ok" || daysLeft >= warnDays) return [];
      return [{ hostname, tls, daysLeft, notAfter, problem, isExpired: level === "expired", tone: level === "soon" ? "warn" : "bad" }];
    })
    .sort((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter));
}

/** What has to be done about a certificate that ends. */
export function sayRenewal({ tls, problem }: Pick<ExpiryWarning, "tls" | "problem">): string {
  if (tls === "uploaded") return "Upload its successor.";
  return problem === null ? "The edge renews it by itself and has not managed to yet. Check says why." : `It could not be renewed: ${problem}`;
}
