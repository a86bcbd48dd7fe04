import { authorityKey, internalAuthority, type EdgeCertificate } from "@/lib/gateway/edge-port";
import { acmeOf, readEdgeSetting } from "../edge/edge-setting";
import type { WorkflowTools } from "../workflows/tools";
import { toCertificateJson } from "./add-domain";
import { coversName, readFacts, type CertificateFacts } from "./certificate-pair";
import { tlsOf, toDomainRow, type DomainRow } from "./domain-row";
import type { ExpiryLevel } from "./domain-views";
import { expiryOf } from "./expiry";

/** What was seen is written again after this time, so that the page can say how old it is. */
const freshMs = 10 * 60_000;

export type ExpiryWarning = { hostname: string; level: Exclude<ExpiryLevel, "ok">; daysLeft: number; problem: string | null };

type Tools = Pick<WorkflowTools, "store" | "edge" | "now">;

/**
 * Notes for each domain the certificate that the edge holds for it, whoever issued it, and why it is not renewed where its end is near.
 * @returns those that end soon, or have ended
 */
export async function watchCertificates(tools: Tools, signal: AbortSignal): Promise<ExpiryWarning[]> {
  const rows = (await tools.store.db.domain.findMany({ where: { OR: [{ state: { in: ["waiting", "open"] } }, { certificatePem: { not: null } }] }, orderBy: { hostname: "asc" } })).map(toDomainRow);
  if (rows.length === 0) return [];
  const acme = acmeOf(await readEdgeSetting(tools.store.db));
  const keys = { live: authorityKey(acme.directoryUrl), staging: acme.stagingDirectoryUrl === null ? null : authorityKey(acme.stagingDirectoryUrl) };
  const held = await tools.edge.listCertificates(signal);
  const warnings: ExpiryWarning[] = [];
  for (const row of rows) {
    const facts = factsFor(row, held, keys);
    if (facts === null) continue;
    const { level, daysLeft } = expiryOf({ ...facts, isRenewed: tlsOf(row) !== "uploaded" }, tools.now());
    const problem = level === "ok" || tlsOf(row) === "uploaded" ? null : await whyNotRenewed(tools, row.hostname, signal);
    await note(tools, row, facts, problem);
    if (level !== "ok") warnings.push({ hostname: row.hostname, level, daysLeft, problem });
  }
  return warnings;
}

/** Of those that the edge got the newest counts, of the present authority before one of an earlier setting. */
function factsFor(row: DomainRow, held: readonly EdgeCertificate[], keys: { live: string; staging: string | null }): CertificateFacts | null {
  const tls = tlsOf(row);
  if (tls === "uploaded") return row.certificatePem === null ? null : readFacts(row.certificatePem);
  const isOfKind = ({ source, authority }: EdgeCertificate) => source === "issued" && (authority === internalAuthority) === (tls === "internal");
  // What a rehearsal left behind is shown to nobody.
  const mine = held.filter((each) => isOfKind(each) && each.authority !== keys.staging && coversName(each.names, row.hostname));
  const [best] = [...mine].sort((a, b) => Number(b.authority === keys.live) - Number(a.authority === keys.live) || b.notAfterMs - a.notAfterMs);
  if (best === undefined) return null;
  const { names, issuer, notBeforeMs, notAfterMs } = best;
  return { names, issuer, notBeforeMs, notAfterMs };
}

async function whyNotRenewed(tools: Tools, hostname: string, signal: AbortSignal): Promise<string | null> {
  const said = await tools.edge.issuance(hostname, signal).catch(() => null);
  return said?.state === "failed" ? said.detail : null;
}

async function note({ store, now }: Tools, row: DomainRow, facts: CertificateFacts, problem: string | null): Promise<void> {
  const certificateJson = toCertificateJson(facts, now(), problem);
  const isSame = row.certificateJson !== null && withoutTime(row.certificateJson) === withoutTime(certificateJson);
  if (isSame && now().getTime() - seenMs(row.certificateJson) < freshMs) return;
  await store.transaction((tx) => tx.domain.updateMany({ where: { id: row.id }, data: { certificateJson } }));
}

const withoutTime = (json: string) => JSON.stringify({ ...(JSON.parse(json) as object), seenAt: null });
const seenMs = (json: string | null) => Date.parse((JSON.parse(json ?? "{}") as { seenAt?: string }).seenAt ?? "") || 0;
