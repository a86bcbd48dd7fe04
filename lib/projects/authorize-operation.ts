import { authorize, authorizeInstallation, may } from "@/lib/access/authorize";
import { ForbiddenError, NotFoundError } from "@/lib/access/errors";
import { loadRefActor } from "@/lib/access/load-actor";
import type { Permission } from "@/lib/access/permissions";
import type { Store } from "@/lib/adapters/store/types";
import type { ActorRef, OperationKind, OperationRow } from "@/lib/operations/types";

/** What it takes to ask for each kind of work. */
const permissionOf: Record<OperationKind, Permission> = {
  "project.create": "project.create",
  "project.pause": "project.pause",
  "project.resume": "project.resume",
  "project.restart-service": "project.restart",
  "project.edit": "project.edit",
  "project.reconcile": "project.reconcile",
  "project.delete": "project.delete",
  "project.undo-delete": "project.undo-delete",
  "project.purge": "project.purge",
  "project.export": "project.export",
  "project.prove": "project.prove",
  "gateway.apply": "gateway.edit",
  "gateway.switch": "project.edit",
  "gateway.end-beside": "project.edit",
  "keys.rotate": "secret.rotate",
  "keys.end-overlap": "secret.rotate",
  "keys.legacy": "secret.rotate",
  "keys.rotate-jwt": "secret.rotate",
  "studio.users": "studio.users",
  "studio.settings": "studio.change",
  "gateway.refresh-upstreams": "gateway.edit",
  "project.check-public": "project.prove",
  "edge.turn-on": "installation.settings",
  "edge.turn-off": "installation.settings",
  "edge.edit": "installation.settings",
  "edge.join": "project.edit",
  "edge.leave": "project.edit",
  "domain.attach": "project.edit",
  "domain.detach": "project.edit",
  "domain.change": "project.edit",
  "domain.certificate": "project.edit",
  "function.deploy": "function.write",
  "function.delete": "function.write",
  "installation.backup": "installation.backup",
};

/**
 * Judges a wish again before the worker carries it out, with the roles of today: web may have been taken over and have written it.
 * A password that was fresh when the wish was made counts, however long the wish waited.
 */
export function authorizeOperationActor(store: Store): (ref: ActorRef, operation: Pick<OperationRow, "kind" | "projectId" | "createdAt">) => Promise<void> {
  return async (ref, { kind, projectId, createdAt }) => {
    const actor = await loadRefActor(store.db, ref, createdAt);
    if (actor === null) throw new ForbiddenError(`${ref.name} has no access any more, so this was not carried out.`);
    const ctx = { store, actor, now: () => createdAt };
    const permission = permissionOf[kind];
    if (projectId === null || kind === "project.create") return authorizeInstallation(ctx, permission);
    const project = await store.db.project.findUnique({ where: { id: projectId }, select: { ref: true, readyAt: true } });
    if (project === null) throw new NotFoundError("The project is gone, so there is nothing to do.");
    // Cleaning up after a creation that never succeeded is a purge too, and takes less.
    const isCleanUp = kind === "project.purge" && project.readyAt === null && may(actor, "operation.retry", projectId) !== "no";
    if (!isCleanUp) await authorize(ctx, permission, project.ref);
  };
}
