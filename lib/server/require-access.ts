import { authorize, authorizeInstallation, may } from "@/lib/access/authorize";
import { ForbiddenError } from "@/lib/access/errors";
import { permissions, type Permission } from "@/lib/access/permissions";
import { authorizeOperation } from "@/lib/projects/visible";
import type { WebContext } from "./web-context";

type Target = { ref?: string; operationId?: string; isReading: boolean };

/**
 * Throws unless the actor holds the permission of a route on what it is about. Reading asks for no password by itself: a list of
 * invitations may be looked at by who may invite; acts and downloads ask in their verbs as well.
 */
export async function requireAccess(ctx: WebContext, permission: Permission, { ref, operationId, isReading }: Target): Promise<void> {
  if (!isReading) {
    if (ref !== undefined) await authorize(ctx, permission, ref);
    else if (operationId !== undefined) await authorizeOperation(ctx, permission, operationId);
    else await authorizeInstallation(ctx, permission);
    return;
  }
  if (may(ctx.actor, permission, await seenProjectId(ctx, permission, { ref, operationId })) === "no") throw new ForbiddenError();
}

async function seenProjectId(ctx: WebContext, permission: Permission, { ref, operationId }: Omit<Target, "isReading">): Promise<string | undefined> {
  if (permissions[permission].over === "installation") return undefined;
  if (ref !== undefined) return (await authorize(ctx, "project.see", ref)).id;
  if (operationId === undefined) return undefined;
  return (await authorizeOperation(ctx, "project.see", operationId)).operation.projectId ?? undefined;
}
