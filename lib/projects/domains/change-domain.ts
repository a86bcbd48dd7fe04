import type { z } from "zod";
import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import type { OperationKind } from "@/lib/operations/types";
import { requireNoOpenOperation, requireState, startOperation } from "../start-operation";
import { sealPair } from "./add-domain";
import { findDomain, type DomainRow } from "./domain-row";
import { changeDomainInput, replaceCertificateInput } from "./inputs";

type Changed = { operationId: string | null };
type Wish = { kind: OperationKind; project: { id: string; ref: string }; row: DomainRow; before: Record<string, unknown>; after: Record<string, unknown>; summary: string };

/** Of a name that is served the edge has to follow, in an operation; of another one it is enough to write it down. */
async function change(tx: Db, ctx: VerbContext, { kind, project, row, before, after, summary }: Wish): Promise<Changed> {
  if (row.state === "added" || row.state === "failed") {
    await requireNoOpenOperation(tx, project.id);
    await tx.domain.update({ where: { id: row.id }, data: { ...after, updatedAt: ctx.now() } });
    await audit(tx, ctx, { action: kind, project, summary, detail: { hostname: row.hostname } });
    return { operationId: null };
  }
  await requireState(tx, project, ["ready", "paused", "failed"], "changed");
  return startOperation(tx, ctx, { kind, project, input: { projectId: project.id, domainId: row.id, before, after }, summary, detail: { hostname: row.hostname } });
}

/** Changes whether plain HTTP is sent to HTTPS, and for how long browsers are told to keep to it. */
export async function changeDomain(ctx: VerbContext, input: z.input<typeof changeDomainInput>): Promise<Changed> {
  const { ref, hostname, redirectsHttp, hstsSeconds } = parseInput(changeDomainInput, input);
  const project = await authorize(ctx, "project.edit", ref);
  return ctx.store.transaction(async (tx) => {
    const row = await findDomain(tx, project.id, hostname);
    const before = { redirectsHttp: row.redirectsHttp, hstsSeconds: row.hstsSeconds };
    const after = { redirectsHttp: redirectsHttp ?? before.redirectsHttp, hstsSeconds: hstsSeconds === undefined ? before.hstsSeconds : hstsSeconds };
    if (JSON.stringify(after) === JSON.stringify(before)) return { operationId: null };
    const words = [...(after.redirectsHttp === before.redirectsHttp ? [] : [after.redirectsHttp ? "HTTP is sent to HTTPS" : "HTTP is answered"]), ...(after.hstsSeconds === before.hstsSeconds ? [] : [after.hstsSeconds === null ? "no HSTS" : `HSTS for ${after.hstsSeconds} s`])];
    return change(tx, ctx, { kind: "domain.change", project, row, before, after, summary: `Change ${row.hostname}: ${words.join(", ")}` });
  });
}

/** A certificate of a person's own for a name, in place of one like it or of one that the edge got; an open name stays open meanwhile. */
export async function replaceCertificate(ctx: VerbContext, input: z.input<typeof replaceCertificateInput>): Promise<Changed> {
  const { ref, hostname, certificatePem, keyPem } = parseInput(replaceCertificateInput, input);
  const project = await authorize(ctx, "project.edit", ref);
  const found = await findDomain(ctx.store.db, project.id, hostname);
  const { certificateJson, ...pair } = await sealPair(ctx, { certificatePem, keyPem }, found.hostname);
  return ctx.store.transaction(async (tx) => {
    const row = await findDomain(tx, project.id, hostname);
    const before = { tls: row.tls, certificatePem: row.certificatePem, keyCiphertext: row.keyCiphertext };
    const after = { tls: "uploaded", ...pair };
    const summary = row.tls === "uploaded" ? `Replace the certificate of ${row.hostname}` : `Serve ${row.hostname} with an uploaded certificate in place of the one that the edge gets`;
    const isServed = row.state !== "added" && row.state !== "failed";
    return change(tx, ctx, { kind: "domain.certificate", project, row, before, after: isServed ? after : { ...after, certificateJson }, summary });
  });
}
