import type { Actor } from "@/lib/access/actor";
import { authorize, authorizeInstallation } from "@/lib/access/authorize";
import { NotFoundError } from "@/lib/access/errors";
import type { Permission } from "@/lib/access/permissions";
import type { VerbContext } from "@/lib/access/verb-context";

type IdFilter = { id?: { in: string[] } };

/** Ids of the projects that the actor may see; null: all of them. */
export function visibleProjectIds(actor: Actor): string[] | null {
  if (actor.kind !== "user" && actor.kind !== "token") return null;
  const own = Object.keys(actor.projectRoles);
  const only = actor.kind === "token" ? actor.onlyProjectIds : null;
  if (actor.installationRole !== "none") return only === null ? null : [...only];
  return only === null ? own : own.filter((id) => only.includes(id));
}

/** Filter for project rows that the actor may see. */
export function visibleProjects(actor: Actor): IdFilter {
  const ids = visibleProjectIds(actor);
  return ids === null ? {} : { id: { in: ids } };
}

/**
 * The operation, when the actor holds `permission` on its project. An operation whose project is gone (purged, or cancelled
 * while it was created) stays visible to those who see the installation.
 * @throws NotFoundError for who may not even see the project.
 */
export async function authorizeOperation(ctx: VerbContext, permission: Permission, operationId: string) {
  const operation = await ctx.store.db.operation.findUnique({ where: { id: operationId } });
  if (operation === null) throw new NotFoundError("There is no such operation.");
  const project = operation.projectId === null ? null : await ctx.store.db.project.findUnique({ where: { id: operation.projectId }, select: { ref: true } });
  if (project !== null && (await mayWhileItIsThere(ctx, permission, project.ref))) return { operation, projectRef: project.ref };
  if (visibleProjectIds(ctx.actor) !== null) throw new NotFoundError("There is no such operation.");
  else await authorizeInstallation(ctx, "team.see");
  return { operation, projectRef: null };
}

/** False when the project went away between two looks at it: its operation may be the very one that removed it. */
async function mayWhileItIsThere(ctx: VerbContext, permission: Permission, ref: string): Promise<boolean> {
  try {
    await authorize(ctx, permission, ref);
    return true;
  } catch (error) {
    if (error instanceof NotFoundError && (await ctx.store.db.project.count({ where: { ref } })) === 0) return false;
    throw error;
  }
}
