import type { z } from "zod";
import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { ConflictError, InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { Db } from "@/lib/adapters/store/types";
import { readEdgeSetting } from "../edge/edge-setting";
import { requireIdleEdge } from "../edge/turn-edge";
import { requireNoOpenOperation, requireState, startOperation } from "../start-operation";
import { findDomain, kindOf, tlsOf, type DomainRow } from "./domain-row";
import { attachDomainInput, domainInput } from "./inputs";
import { takeSnapshot } from "./main-snapshot";

/** Whether attaching makes it the address that services are told, as wished or as is usual. @throws InvalidError */
export async function decideMain(db: Db, row: DomainRow, wished: boolean | undefined): Promise<boolean> {
  const canBe = kindOf(row) === "api" && !row.hostname.startsWith("*.");
  if (wished === true && !canBe) throw new InvalidError({ isMain: kindOf(row) === "studio" ? "A name for Studio alone cannot be the project's main address: its API is not served there." : "A wildcard is no address. Add a name under it to be the main one." });
  if (wished !== undefined || !canBe) return wished === true;
  return (await db.domain.count({ where: { projectId: row.projectId, isMain: true } })) === 0;
}

/**
 * Gets the certificate, tells the services where that is wished, and opens the name, in one operation that goes back when any of it fails.
 * An open name can be made the main one the same way.
 */
export async function attachDomain(ctx: VerbContext, input: z.input<typeof attachDomainInput>): Promise<{ operationId: string }> {
  const { ref, hostname, isMain } = parseInput(attachDomainInput, input);
  const project = await authorize(ctx, "project.edit", ref);
  return ctx.store.transaction(async (tx) => {
    const row = await findDomain(tx, project.id, hostname);
    await requireState(tx, project, ["ready"], "given a domain");
    await requireBehindEdge(tx, project);
    const makesMain = await decideMain(tx, row, isMain);
    const wasOpen = row.state === "open";
    if (wasOpen && (row.isMain || !makesMain)) throw new ConflictError("open-already", `${row.hostname} is open already${row.isMain ? " and is the main address" : ""}.`);
    const summary = wasOpen ? `Make ${row.hostname} the main address of ${project.ref}` : `Attach ${row.hostname} to ${project.ref}`;
    const before = await takeSnapshot(tx, project.id);
    return startOperation(tx, ctx, { kind: "domain.attach", project, input: { projectId: project.id, domainId: row.id, makesMain, wasOpen, tls: tlsOf(row), before }, summary, detail: { hostname: row.hostname, makesMain } });
  });
}

async function requireBehindEdge(tx: Db, project: { id: string; ref: string }): Promise<void> {
  await requireIdleEdge(tx);
  if (!(await readEdgeSetting(tx)).isOn) throw new ConflictError("edge-off", "The edge is off, and a domain is served by it. An owner turns it on under Settings.");
  if ((await tx.portAllocation.count({ where: { projectId: project.id, purpose: "gateway-inner" } })) > 0) return;
  throw new ConflictError("not-behind-edge", `${project.ref} does not stand behind the edge yet. It is moved by an operation of its own; if that failed, the activity page says why.`);
}

/**
 * Takes a name away from a project. One that is not served is forgotten at once (`operationId` null); an open one is closed by an
 * operation, which brings back the settings that it replaced.
 */
export async function removeDomain(ctx: VerbContext, input: z.input<typeof domainInput>): Promise<{ operationId: string | null }> {
  const { ref, hostname } = parseInput(domainInput, input);
  const project = await authorize(ctx, "project.edit", ref);
  return ctx.store.transaction(async (tx) => {
    const row = await findDomain(tx, project.id, hostname);
    const summary = `Remove the domain ${row.hostname} from ${project.ref}`;
    if (row.state === "added" || row.state === "failed") {
      await requireNoOpenOperation(tx, project.id);
      await tx.domain.delete({ where: { id: row.id } });
      await audit(tx, ctx, { action: "domain.remove", project, summary, detail: { hostname: row.hostname } });
      return { operationId: null };
    }
    await requireState(tx, project, ["ready", "paused", "failed"], "changed");
    const before = await takeSnapshot(tx, project.id);
    return startOperation(tx, ctx, { kind: "domain.detach", project, input: { projectId: project.id, domainId: row.id, state: row.state, before }, summary, detail: { hostname: row.hostname, wasMain: row.isMain } });
  });
}
