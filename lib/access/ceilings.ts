import type { Actor, InstallationRole, ProjectRole } from "./actor";
import { ForbiddenError } from "./errors";
import { effectiveRole, isRoleAtLeast } from "./permissions";

/** What one person may give to or take from another. Nobody lifts anyone above themselves. */

/** The actor's role on the installation; processes on the host act as owners. */
export function installationRoleOf(actor: Actor): InstallationRole {
  return actor.kind === "user" || actor.kind === "token" ? actor.installationRole : "owner";
}

/** The actor's role on a project. */
export function projectRoleOf(actor: Actor, projectId: string): InstallationRole {
  if (actor.kind !== "user" && actor.kind !== "token") return "owner";
  if (actor.kind === "token" && actor.onlyProjectIds !== null && !actor.onlyProjectIds.includes(projectId)) return "none";
  return effectiveRole(actor.installationRole, actor.projectRoles[projectId]);
}

/** Throws unless `role` is at most the giver's own. */
export function requireMayGive(own: InstallationRole, role: InstallationRole): void {
  if (!isRoleAtLeast(own, role)) throw new ForbiddenError(`You cannot give a role above your own (${own}).`);
}

/** Whether somebody whose role is `own` may change or remove somebody whose role is `theirs`: only roles below one's own, and owners each other's. */
export function mayChangeHolder(own: InstallationRole, theirs: InstallationRole): boolean {
  return own === "owner" || (isRoleAtLeast(own, theirs) && own !== theirs);
}

/** The same inside a project, where admins of the installation stand above the project's own admins. */
export function mayChangeMember(actor: Actor, projectId: string, theirs: ProjectRole): boolean {
  return isRoleAtLeast(installationRoleOf(actor), "admin") || mayChangeHolder(projectRoleOf(actor, projectId), theirs);
}
