import { ConflictError } from "@/lib/access/errors";
import type { Db } from "@/lib/adapters/store/types";
import { openStatuses } from "@/lib/operations/machine";
import { servedStates } from "../domains/domain-row";

/** Picks the domains that the edge serves. One that was only added, or whose attaching was taken back, is none. */
export const isServed = { state: { in: [...servedStates] } };

/**
 * For changes that a served name would not survive. A name that is about to be served counts.
 * @param sayWhy why not, with the way out; told the name and the reference of its project
 * @throws ConflictError `domains-left`, or `operation-running` while a domain is attached
 */
export async function requireNothingServed(tx: Db, sayWhy: (hostname: string, ref: string) => string): Promise<void> {
  const domain = await tx.domain.findFirst({ where: isServed, orderBy: { hostname: "asc" }, select: { hostname: true, project: { select: { ref: true } } } });
  if (domain !== null) throw new ConflictError("domains-left", sayWhy(domain.hostname, domain.project.ref));
  const attaching = await tx.operation.findFirst({ where: { kind: "domain.attach", status: { in: [...openStatuses] } }, select: { id: true, projectId: true } });
  if (attaching === null) return;
  const project = attaching.projectId === null ? null : await tx.project.findUnique({ where: { id: attaching.projectId }, select: { ref: true } });
  throw new ConflictError("operation-running", `A domain is being attached to ${project?.ref ?? "a project"}. Wait for that or cancel it first.`, { operationId: attaching.id });
}
