import { z } from "zod";
import { audit } from "./audit";
import { authorize, authorizeInstallation, may } from "./authorize";
import { installationRoleOf, projectRoleOf, requireMayGive } from "./ceilings";
import { ConflictError, ForbiddenError, NotFoundError } from "./errors";
import { oneTimeLink } from "./links";
import { parseInput } from "./parse-input";
import { emailSchema, rowIdSchema } from "./person-inputs";
import { installationRoleSchema, projectRoleSchema } from "./roles";
import { hashSecretText, randomText } from "./secret-text";
import type { VerbContext } from "./verb-context";

/** How long an invitation opens the panel. */
export const invitationMs = 48 * 3_600_000;

export type InvitationView = { id: string; email: string; role: string; invitedBy: string | null; createdAt: string; expiresAt: string };
export type InvitationLink = { id: string; link: string; expiresAt: string };

const projectRef = z.string().min(1).max(40);
export const inviteInput = z.object({ email: emailSchema, role: installationRoleSchema });
export const inviteToProjectInput = z.object({ ref: projectRef, email: emailSchema, role: projectRoleSchema });
export const revokeInvitationInput = z.object({ invitationId: rowIdSchema });
export const revokeProjectInvitationInput = z.object({ ref: projectRef, invitationId: rowIdSchema });

/** Invites somebody to the installation with a role never above one's own. The link is shown once; the store keeps its hash. */
export async function inviteToTeam(ctx: VerbContext, input: z.input<typeof inviteInput>, panelUrl: string): Promise<InvitationLink> {
  const { email, role } = parseInput(inviteInput, input);
  await authorizeInstallation(ctx, "team.change");
  requireMayGive(installationRoleOf(ctx.actor), role);
  if (role === "owner") await authorizeInstallation(ctx, "team.owners");
  await refuseAccount(ctx, email);
  return makeInvitation(ctx, { email, installationRole: role, project: null, projectRole: null }, panelUrl);
}

async function refuseAccount(ctx: VerbContext, email: string): Promise<void> {
  const user = await ctx.store.db.user.findUnique({ where: { email }, select: { removedAt: true } });
  if (user !== null && user.removedAt === null) throw new ConflictError("has-account", `${email} has an account already. Change their role in the list of people.`, { field: "email" });
}

/** Invites somebody to one project with a role never above one's own there. Who has an account opens the link with their own password. */
export async function inviteToProject(ctx: VerbContext, input: z.input<typeof inviteToProjectInput>, panelUrl: string): Promise<InvitationLink> {
  const { ref, email, role } = parseInput(inviteToProjectInput, input);
  const project = await authorize(ctx, "project.members.change", ref);
  requireMayGive(projectRoleOf(ctx.actor, project.id), role);
  return makeInvitation(ctx, { email, installationRole: "none", project, projectRole: role }, panelUrl);
}

type Wish = { email: string; installationRole: string; project: { id: string; ref: string } | null; projectRole: string | null };

async function makeInvitation(ctx: VerbContext, wish: Wish, panelUrl: string): Promise<InvitationLink> {
  if (ctx.actor.kind !== "user" && ctx.actor.kind !== "token") throw new ForbiddenError("Only a person or a token of theirs can invite.");
  const { userId } = ctx.actor;
  const token = randomText();
  const tokenHash = await hashSecretText(token);
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + invitationMs);
  const id = ctx.newId();
  const projectId = wish.project?.id ?? null;
  const role = wish.projectRole ?? wish.installationRole;
  await ctx.store.transaction(async (tx) => {
    // A second invitation of the same person to the same thing replaces the first: two links with two roles would surprise.
    await tx.invitation.updateMany({ where: { email: wish.email, projectId, usedAt: null, revokedAt: null }, data: { revokedAt: now } });
    await tx.invitation.create({ data: { id, tokenHash, email: wish.email, installationRole: wish.installationRole, projectId, projectRole: wish.projectRole, invitedById: userId, createdAt: now, expiresAt } });
    await audit(tx, ctx, {
      action: wish.project === null ? "team.invite" : "project-member.invite", ...(wish.project === null ? {} : { project: wish.project }), target: { kind: "invitation", id },
      summary: `${wish.email} invited as ${role}${wish.project === null ? "" : ` of ${wish.project.ref}`}`, detail: { email: wish.email, role },
    });
  });
  return { id, link: oneTimeLink(panelUrl, "invitation", token), expiresAt: expiresAt.toISOString() };
}

/** Invitations to the installation that nobody has used yet. */
export async function listInvitations(ctx: VerbContext): Promise<InvitationView[]> {
  if (may(ctx.actor, "team.change") === "no") throw new ForbiddenError();
  return listOpen(ctx, null);
}

/** Invitations to one project that nobody has used yet. */
export async function listProjectInvitations(ctx: VerbContext, ref: string): Promise<InvitationView[]> {
  const project = await authorize(ctx, "project.see", ref);
  if (may(ctx.actor, "project.members.change", project.id) === "no") throw new ForbiddenError();
  return listOpen(ctx, project.id);
}

async function listOpen(ctx: VerbContext, projectId: string | null): Promise<InvitationView[]> {
  const rows = await ctx.store.db.invitation.findMany({ where: { projectId, usedAt: null, revokedAt: null, expiresAt: { gt: ctx.now() } }, orderBy: { createdAt: "desc" }, take: 500 });
  const people = await ctx.store.db.user.findMany({ where: { id: { in: rows.map((row) => row.invitedById) } }, select: { id: true, name: true } });
  const names = new Map(people.map((person) => [person.id, person.name]));
  return rows.map((row) => ({
    id: row.id, email: row.email, role: row.projectRole ?? row.installationRole, invitedBy: names.get(row.invitedById) ?? null, createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt.toISOString(),
  }));
}

/** Ends an invitation to the installation before it is used. */
export async function revokeInvitation(ctx: VerbContext, input: z.input<typeof revokeInvitationInput>): Promise<Record<string, never>> {
  const { invitationId } = parseInput(revokeInvitationInput, input);
  await authorizeInstallation(ctx, "team.change");
  return revoke(ctx, invitationId, null);
}

/** Ends an invitation to one project before it is used. */
export async function revokeProjectInvitation(ctx: VerbContext, input: z.input<typeof revokeProjectInvitationInput>): Promise<Record<string, never>> {
  const { ref, invitationId } = parseInput(revokeProjectInvitationInput, input);
  return revoke(ctx, invitationId, await authorize(ctx, "project.members.change", ref));
}

async function revoke(ctx: VerbContext, invitationId: string, project: { id: string; ref: string } | null): Promise<Record<string, never>> {
  await ctx.store.transaction(async (tx) => {
    const row = await tx.invitation.findUnique({ where: { id: invitationId } });
    if (row === null || row.projectId !== (project?.id ?? null) || row.usedAt !== null || row.revokedAt !== null) throw new NotFoundError("There is no such open invitation.");
    if (row.installationRole === "owner") await authorizeInstallation(ctx, "team.owners");
    await tx.invitation.update({ where: { id: invitationId }, data: { revokedAt: ctx.now() } });
    await audit(tx, ctx, { action: project === null ? "team.revoke-invitation" : "project-member.revoke-invitation", ...(project === null ? {} : { project }), target: { kind: "invitation", id: invitationId }, summary: `Invitation of ${row.email} revoked` });
  });
  return {};
}
