import { domainToUnicode } from "node:url";
import { z } from "zod";
import { authorize, may } from "@/lib/access/authorize";
import { checkDomainResponse } from "@/lib/access/domain-protocol";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { openStatuses } from "@/lib/operations/machine";
import { localUrl } from "../create-project";
import { acmeOf, authorityOf, readEdgeSetting, type EdgeSetting } from "../edge/edge-setting";
import { projectInput } from "../inputs";
import { parseSettings, toPorts } from "../settings-schema";
import { domainUrl, kindOf, tlsOf, toDomainRow, type DomainRow } from "./domain-row";
import type { CertificateView, DomainCheckView, DomainsView, DomainView } from "./domain-views";
import { expiryOf } from "./expiry";
import { displayHostname } from "./hostname";

/** The domains of a project, as its page shows them. */
export async function listDomains(ctx: VerbContext, input: { ref: string }): Promise<DomainsView> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.see", ref);
  const { db } = ctx.store;
  const [setting, ports, rows, open] = await Promise.all([
    readEdgeSetting(db),
    db.portAllocation.findMany({ where: { projectId: project.id }, select: { purpose: true, port: true } }),
    db.domain.findMany({ where: { projectId: project.id }, orderBy: [{ isMain: "desc" }, { hostname: "asc" }] }),
    db.operation.findFirst({ where: { projectId: project.id, status: { in: [...openStatuses] } }, select: { id: true, inputJson: true }, orderBy: { createdAt: "asc" } }),
  ]);
  const settings = parseSettings(project.settingsJson);
  const inWork = open === null ? null : { id: open.id, domainId: domainOf(open.inputJson) };
  return {
    ref, displayName: settings.displayName, state: project.state, publicUrl: settings.publicUrl, localUrl: localUrl(settings.bindAddress, toPorts(ports).gateway), services: settings.services,
    edge: {
      isOn: setting.isOn, isBehind: ports.some(({ purpose }) => purpose === "gateway-inner"), httpPort: setting.httpPort, httpsPort: setting.httpsPort,
      authority: authorityOf(setting).name, hasStaging: acmeOf(setting).stagingDirectoryUrl !== null,
    },
    domains: rows.map((row) => toView(toDomainRow(row), { setting, now: ctx.now(), openOperationId: inWork?.domainId === row.id ? inWork.id : null })),
    openOperationId: open?.id ?? null,
    mayEdit: may(ctx.actor, "project.edit", project.id) !== "no",
    mayCheck: may(ctx.actor, "project.prove", project.id) !== "no",
  };
}

const withDomain = z.object({ domainId: z.string() });

function domainOf(inputJson: string): string | null {
  return withDomain.safeParse(JSON.parse(inputJson)).data?.domainId ?? null;
}

type Around = { setting: EdgeSetting; now: Date; openOperationId: string | null };

function toView(row: DomainRow, { setting, now, openOperationId }: Around): DomainView {
  return {
    hostname: row.hostname, displayName: displayHostname(row.hostname, domainToUnicode), kind: kindOf(row), tls: tlsOf(row), state: row.state, stateReason: row.stateReason, isMain: row.isMain,
    redirectsHttp: row.redirectsHttp, hstsSeconds: row.hstsSeconds, url: domainUrl(row.hostname, setting),
    certificate: toCertificateView(row, now), check: readCheck(row.checkJson), openOperationId, createdAt: row.createdAt.toISOString(),
  };
}

const stored = z.object({ names: z.array(z.string()), issuer: z.string(), notBeforeMs: z.number(), notAfterMs: z.number(), seenAt: z.string(), problem: z.string().nullable() });

function toCertificateView(row: DomainRow, now: Date): CertificateView | null {
  const parsed = row.certificateJson === null ? null : stored.safeParse(JSON.parse(row.certificateJson));
  if (parsed === null || !parsed.success) return null;
  const { names, issuer, notBeforeMs, notAfterMs, seenAt, problem } = parsed.data;
  return { names, issuer, notBefore: new Date(notBeforeMs).toISOString(), notAfter: new Date(notAfterMs).toISOString(), ...expiryOf({ ...parsed.data, isRenewed: tlsOf(row) !== "uploaded" }, now), seenAt, problem };
}

const storedCheck: z.ZodType<DomainCheckView> = checkDomainResponse;

/** null for what another version wrote: the next look replaces it. */
const readCheck = (json: string | null) => (json === null ? null : (storedCheck.safeParse(JSON.parse(json)).data ?? null));
