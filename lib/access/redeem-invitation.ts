import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import type { InstallationRole, ProjectRole } from "./actor";
import { audit } from "./audit";
import { InvalidError, NotFoundError } from "./errors";
import { parseInput } from "./parse-input";
import { effectiveRole, isRoleAtLeast, permissions } from "./permissions";
import { emailSchema, linkTokenSchema, newPasswordSchema, personNameSchema } from "./person-inputs";
import { toInstallationRole, toProjectRole } from "./roles";
import { hashSecretText } from "./secret-text";
import { asPerson } from "./sign-in";
import { beginSignInAttempt, type Attempt } from "./throttle";
import type { AccessContext } from "./verb-context";

export const invitationLookUpInput = z.object({ token: linkTokenSchema });
/** Name, address and password are judged by the verb: who has an account already types the password they have. */
export const invitationInput = z.object({ token: linkTokenSchema, name: z.string().max(1000), email: emailSchema, password: z.string().max(1000) });
const newPersonInput = z.object({ name: personNameSchema, password: newPasswordSchema });

export type InvitationLook = { email: string; role: string; projectName: string | null; invitedBy: string | null; hasAccount: boolean; expiresAt: string };

const ended = "This invitation was used already or has ended. Ask for a new one.";

/** What an invitation is for, before it is used. */
export async function lookUpInvitation(ctx: Pick<AccessContext, "store" | "now">, input: z.input<typeof invitationLookUpInput>): Promise<InvitationLook> {
  const { token } = parseInput(invitationLookUpInput, input);
  const { db } = ctx.store;
  const invitation = await findOpen(db, token, ctx.now());
  const [project, inviter, account] = await Promise.all([
    invitation.projectId === null ? null : db.project.findUnique({ where: { id: invitation.projectId }, select: { displayName: true } }),
    db.user.findUnique({ where: { id: invitation.invitedById }, select: { name: true } }),
    db.user.findUnique({ where: { email: invitation.email }, select: { removedAt: true } }),
  ]);
  return {
    email: invitation.email, role: invitation.projectRole ?? invitation.installationRole, projectName: project?.displayName ?? null, invitedBy: inviter?.name ?? null,
    hasAccount: account !== null && account.removedAt === null, expiresAt: invitation.expiresAt.toISOString(),
  };
}

async function findOpen(db: Db, token: string, now: Date) {
  const row = await db.invitation.findUnique({ where: { tokenHash: await hashSecretText(token) } });
  if (row === null || row.usedAt !== null || row.revokedAt !== null || row.expiresAt <= now) throw new NotFoundError(ended);
  await requireStillGiven(db, row);
  return row;
}

type InvitationRow = Awaited<ReturnType<typeof findOpen>>;

/** Whoever invites can give no more than they hold, also between inviting and opening: a demoted inviter's link ends. */
async function requireStillGiven(db: Db, row: { invitedById: string; installationRole: string; projectId: string | null; projectRole: string | null }): Promise<void> {
  const inviter = await db.user.findUnique({ where: { id: row.invitedById }, include: { memberships: row.projectId === null ? false : { where: { projectId: row.projectId } } } });
  if (inviter === null || inviter.removedAt !== null) throw new NotFoundError(ended);
  const installationRole = toInstallationRole(inviter.installationRole);
  const isOverProject = row.projectId !== null;
  const own = isOverProject ? effectiveRole(installationRole, toProjectRole(inviter.memberships?.[0]?.role ?? "") ?? undefined) : installationRole;
  const given = isOverProject ? toProjectRole(row.projectRole ?? "") : toInstallationRole(row.installationRole);
  const lowest = permissions[isOverProject ? "project.members.change" : "team.change"].lowest;
  if (given === null || !isRoleAtLeast(own, lowest) || !isRoleAtLeast(own, given)) throw new NotFoundError(ended);
}

/**
 * Opens an invitation: makes the account, or, for somebody who has one and proves it with their password, adds the role. It works
 * once and never lowers a role that is there.
 */
export async function redeemInvitation(ctx: Pick<AccessContext, "store" | "actor" | "now" | "newId" | "passwords">, input: z.input<typeof invitationInput>): Promise<{ userId: string; email: string }> {
  const parsed = parseInput(invitationInput, input);
  const now = ctx.now();
  const ip = "ip" in ctx.actor ? ctx.actor.ip : null;
  const invitation = await findOpen(ctx.store.db, parsed.token, now);
  if (parsed.email !== invitation.email) throw new InvalidError({ email: `This invitation is for ${invitation.email}.` });
  const account = await ctx.store.db.user.findUnique({ where: { email: invitation.email } });
  const isMember = account !== null && account.removedAt === null;
  const proof = isMember ? await proveAccount(ctx, account, { password: parsed.password, ip }) : null;
  const fresh = proof === null ? parseInput(newPersonInput, parsed) : null;
  const passwordHash = fresh === null ? null : await ctx.passwords.hash(fresh.password);
  return ctx.store.transaction(async (tx) => {
    const taken = await tx.invitation.updateMany({ where: { id: invitation.id, usedAt: null, revokedAt: null, expiresAt: { gt: now } }, data: { usedAt: now } });
    if (taken.count === 0) throw new NotFoundError(ended);
    await requireStillGiven(tx, invitation);
    const user = await enrol(tx, ctx, { invitation, fresh: fresh === null || passwordHash === null ? null : { name: fresh.name, passwordHash } });
    if (proof !== null) await proof.succeed(tx);
    await audit(tx, { ...ctx, actor: asPerson(user, "", ip) }, {
      action: "invitation.redeem", target: { kind: "user", id: user.id }, ...(await auditProject(tx, invitation.projectId)),
      summary: `${user.name} accepted an invitation as ${invitation.projectRole ?? invitation.installationRole}`, detail: { invitationId: invitation.id },
    });
    return { userId: user.id, email: user.email };
  });
}

async function proveAccount(ctx: Pick<AccessContext, "store" | "now" | "passwords">, account: { email: string; passwordHash: string }, shown: { password: string; ip: string | null }): Promise<Attempt> {
  const attempt = await beginSignInAttempt(ctx.store, { email: account.email, ip: shown.ip, now: ctx.now() });
  const { isValid } = await ctx.passwords.verify(shown.password, account.passwordHash);
  if (!isValid) throw new InvalidError({ password: "This address has an account already: type its password." });
  return attempt;
}

async function enrol(tx: Db, ctx: Pick<AccessContext, "now" | "newId">, wish: { invitation: InvitationRow; fresh: { name: string; passwordHash: string } | null }) {
  const { invitation, fresh } = wish;
  const given = toInstallationRole(invitation.installationRole);
  const before = await tx.user.findUnique({ where: { email: invitation.email } });
  const user = await writeUser(tx, ctx, { email: invitation.email, before, fresh, given });
  const projectRole = toProjectRole(invitation.projectRole ?? "");
  if (invitation.projectId !== null && projectRole !== null) await raiseMembership(tx, ctx, { userId: user.id, projectId: invitation.projectId, role: projectRole });
  return user;
}

type UserWish = { email: string; before: { id: string; removedAt: Date | null; installationRole: string } | null; fresh: { name: string; passwordHash: string } | null; given: InstallationRole };

async function writeUser(tx: Db, ctx: Pick<AccessContext, "now" | "newId">, { email, before, fresh, given }: UserWish) {
  const isMember = before !== null && before.removedAt === null;
  // The account came or went between the first look and this transaction: what was typed was judged for the other case.
  if (isMember !== (fresh === null)) throw new NotFoundError("The account of this address changed meanwhile. Open the link again.");
  if (before === null && fresh !== null) return tx.user.create({ data: { id: ctx.newId(), email, ...fresh, installationRole: given, createdAt: ctx.now() } });
  const held = isMember ? toInstallationRole(before.installationRole) : "none";
  return tx.user.update({ where: { email }, data: { ...(fresh ?? {}), removedAt: null, installationRole: isRoleAtLeast(held, given) ? held : given } });
}

async function raiseMembership(tx: Db, ctx: Pick<AccessContext, "now" | "newId">, wish: { userId: string; projectId: string; role: ProjectRole }): Promise<void> {
  const where = { userId_projectId: { userId: wish.userId, projectId: wish.projectId } };
  const held = toProjectRole((await tx.membership.findUnique({ where }))?.role ?? "");
  if (held !== null && isRoleAtLeast(held, wish.role)) return;
  await tx.membership.upsert({ where, create: { id: ctx.newId(), ...wish, createdAt: ctx.now() }, update: { role: wish.role } });
}

async function auditProject(tx: Db, projectId: string | null): Promise<{ project?: { id: string; ref: string } }> {
  const project = projectId === null ? null : await tx.project.findUnique({ where: { id: projectId }, select: { id: true, ref: true } });
  return project === null ? {} : { project };
}
