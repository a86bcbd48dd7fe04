import { z } from "zod";
import { audit } from "./audit";
import { authorize, may } from "./authorize";
import { mayChangeMember, projectRoleOf, requireMayGive } from "./ceilings";
import { ForbiddenError, NotFoundError } from "./errors";
import { parseInput } from "./parse-input";
import { rowIdSchema } from "./person-inputs";
import { projectRoleSchema, toProjectRole } from "./roles";
import { lastSeen, type PersonView } from "./team";
import type { VerbContext } from "./verb-context";

const projectRef = z.string().min(1).max(40);
export const changeProjectMemberInput = z.object({ ref: projectRef, userId: rowIdSchema, role: projectRoleSchema });
export const removeProjectMemberInput = z.object({ ref: projectRef, userId: rowIdSchema });

/** People with a role of their own on this project. Who sees it by a role on the installation is not among them. */
export async function listProjectMembers(ctx: VerbContext, ref: string): Promise<PersonView[]> {
  const project = await authorize(ctx, "project.members.see", ref);
  const rows = await ctx.store.db.membership.findMany({ where: { projectId: project.id, user: { removedAt: null } }, include: { user: true }, orderBy: { createdAt: "asc" } });
  const seen = await lastSeen(ctx.store.db, project.id);
  const mayChangeAny = may(ctx.actor, "project.members.change", project.id) !== "no";
  return rows.map((row) => {
    const role = toProjectRole(row.role);
    return {
      userId: row.userId, name: row.user.name, email: row.user.email, role: row.role, since: row.createdAt.toISOString(), lastSeenAt: seen.get(row.userId)?.toISOString() ?? null,
      mayChange: mayChangeAny && role !== null && mayChangeMember(ctx.actor, project.id, role),
    };
  });
}

/** Gives somebody with an account a role on this project, or changes the one they have. It counts from their next request on. */
export async function changeProjectMember(ctx: VerbContext, input: z.input<typeof changeProjectMemberInput>): Promise<Record<string, never>> {
  const { ref, userId, role } = parseInput(changeProjectMemberInput, input);
  const project = await authorize(ctx, "project.members.change", ref);
  requireMayGive(projectRoleOf(ctx.actor, project.id), role);
  await ctx.store.transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId }, include: { memberships: { where: { projectId: project.id } } } });
    if (user === null || user.removedAt !== null) throw new NotFoundError("There is no such person.");
    const before = toProjectRole(user.memberships[0]?.role ?? "");
    if (before !== null) requireMayChange(ctx, project.id, { userId, role: before, name: user.name });
    await tx.membership.upsert({
      where: { userId_projectId: { userId, projectId: project.id } },
      create: { id: ctx.newId(), userId, projectId: project.id, role, createdAt: ctx.now() },
      update: { role },
    });
    await audit(tx, ctx, { action: "project-member.change", project, target: { kind: "user", id: userId }, summary: `${user.name} is now ${role} of ${ref}`, detail: { from: before, to: role } });
  });
  return {};
}

function requireMayChange(ctx: VerbContext, projectId: string, member: { userId: string; role: "admin" | "operator" | "viewer"; name: string }): void {
  const isSelf = ctx.actor.kind === "user" && ctx.actor.userId === member.userId;
  if (!isSelf && !mayChangeMember(ctx.actor, projectId, member.role)) throw new ForbiddenError(`You can change only people whose role is below your own. ${member.name} is ${member.role}.`);
}

/** Takes somebody's role on this project away. */
export async function removeProjectMember(ctx: VerbContext, input: z.input<typeof removeProjectMemberInput>): Promise<Record<string, never>> {
  const { ref, userId } = parseInput(removeProjectMemberInput, input);
  const project = await authorize(ctx, "project.members.change", ref);
  await ctx.store.transaction(async (tx) => {
    const membership = await tx.membership.findUnique({ where: { userId_projectId: { userId, projectId: project.id } }, include: { user: true } });
    if (membership === null) throw new NotFoundError("This person has no role of their own on this project.");
    const role = toProjectRole(membership.role);
    if (role !== null) requireMayChange(ctx, project.id, { userId, role, name: membership.user.name });
    await tx.membership.delete({ where: { id: membership.id } });
    await audit(tx, ctx, { action: "project-member.remove", project, target: { kind: "user", id: userId }, summary: `${membership.user.name} removed from ${ref}`, detail: { role: membership.role } });
  });
  return {};
}
