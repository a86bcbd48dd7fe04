import { audit } from "@/lib/access/audit";
import { authorize, may } from "@/lib/access/authorize";
import { ConflictError, InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { authorityOf, readEdgeSetting } from "../edge/edge-setting";
import { parseSettings } from "../settings-schema";
import { requireState, withFreshChoice } from "../start-operation";
import { readPair, type CertificateFacts } from "./certificate-pair";
import { normaliseHostname } from "./hostname";
import { addDomainInput, type AddDomainInput } from "./inputs";

const domainsMax = 50;

type Parsed = ReturnType<typeof addDomainInput.parse>;

/**
 * Writes down a name for a project. Nothing of it is served until it is attached. `panelUrl`: where browsers reach the panel, whose name
 * no project may take.
 * @throws ConflictError `edge-off`, `name-taken`, `too-many`; InvalidError for a name or a certificate that cannot be served.
 */
export async function addDomain(ctx: VerbContext, input: AddDomainInput, { panelUrl }: { panelUrl: string | null }): Promise<{ hostname: string }> {
  const parsed = parseInput(addDomainInput, input);
  const project = await authorize(ctx, "project.edit", parsed.ref);
  const setting = await readEdgeSetting(ctx.store.db);
  if (!setting.isOn) throw new ConflictError("edge-off", "No edge stands in front of the projects, and a domain is served by it. An owner turns it on under Settings. Behind a proxy of your own no domain is needed here: set the public URL under Settings, and use the configuration below.");
  const named = normaliseHostname(parsed.hostname, { tls: parsed.tls, authority: authorityOf(setting) });
  if (!named.ok) throw new InvalidError({ hostname: named.sentence });
  const { hostname } = named;
  refusePanelsOwn(hostname, [setting.panelHost?.hostname ?? null, panelUrl === null ? null : new URL(panelUrl).hostname]);
  const certificate = await readCertificate(ctx, parsed, hostname);
  return withFreshChoice(ctx, async (tx) => {
    await requireState(tx, project, ["ready", "paused", "failed"], "given a domain");
    await refuseTaken(tx, ctx, project.id, hostname);
    await requireStudio(tx, project.id, parsed);
    const now = ctx.now();
    await tx.domain.create({
      data: { id: ctx.newId(), projectId: project.id, hostname, kind: parsed.kind, tls: parsed.tls, state: "added", isMain: false, redirectsHttp: parsed.redirectsHttp, hstsSeconds: parsed.hstsSeconds, createdAt: now, updatedAt: now, ...certificate },
    });
    await audit(tx, ctx, { action: "domain.add", project, summary: `Add the domain ${hostname} to ${project.ref}`, detail: { hostname, kind: parsed.kind, tls: parsed.tls } });
    return { hostname };
  });
}

function refusePanelsOwn(hostname: string, panelNames: readonly (string | null)[]): void {
  if (panelNames.includes(hostname)) throw new InvalidError({ hostname: `${hostname} is the name of the panel itself. Use another one for the project.` });
}

export type StoredCertificate = { certificatePem: string; keyCiphertext: string; certificateJson: string };

/** As `Domain.certificateJson` keeps it. */
export const toCertificateJson = (facts: CertificateFacts, seenAt: Date, problem: string | null = null) => JSON.stringify({ ...facts, seenAt: seenAt.toISOString(), problem });

/** Judged, and its key sealed to the worker. @throws InvalidError with what is wrong, field by field */
export async function sealPair(ctx: VerbContext, pair: { certificatePem: string; keyPem: string }, hostname: string): Promise<StoredCertificate> {
  const read = readPair(pair, hostname, ctx.now());
  if (!read.ok) throw new InvalidError(read.problems);
  return { certificatePem: read.certificatePem, keyCiphertext: `sealed.${await ctx.seal(read.keyPem)}`, certificateJson: toCertificateJson(read.facts, ctx.now()) };
}

async function readCertificate(ctx: VerbContext, { tls, certificatePem, keyPem }: Parsed, hostname: string): Promise<StoredCertificate | Record<string, never>> {
  if (tls === "uploaded") return sealPair(ctx, { certificatePem: certificatePem ?? "", keyPem: keyPem ?? "" }, hostname);
  if (certificatePem !== undefined || keyPem !== undefined) throw new InvalidError({ certificatePem: "A certificate is uploaded for the kind “uploaded” alone: choose that, or leave certificate and key out." });
  return {};
}

/** A name belongs to one project, also while that lies in the trash. Whose it is, is told to those who may see that project. */
async function refuseTaken(tx: Db, ctx: VerbContext, projectId: string, hostname: string): Promise<void> {
  const taken = await tx.domain.findUnique({ where: { hostname }, select: { projectId: true, project: { select: { ref: true } } } });
  if (taken !== null) {
    const isOwn = taken.projectId === projectId;
    const whose = isOwn ? "this project has it already" : may(ctx.actor, "project.see", taken.projectId) === "no" ? "another project of this installation has it" : `the project ${taken.project.ref} has it`;
    throw new ConflictError("name-taken", `${hostname} cannot be added: ${whose}.${isOwn ? "" : " A project in the trash keeps its names until it is purged."}`, { field: "hostname" });
  }
  if ((await tx.domain.count({ where: { projectId } })) >= domainsMax) throw new ConflictError("too-many", `A project has ${domainsMax} domains at most. Remove one first; many names under one zone take one wildcard.`);
}

async function requireStudio(tx: Db, projectId: string, { kind }: Parsed): Promise<void> {
  if (kind !== "studio") return;
  const { settingsJson } = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { settingsJson: true } });
  if (!parseSettings(settingsJson).services.includes("studio")) throw new InvalidError({ kind: "This project runs no Studio. Turn the service on under Settings first." });
}
