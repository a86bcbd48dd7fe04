import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import { audit } from "./audit";
import { requirePassword, requirePerson } from "./authorize";
import { InvalidError } from "./errors";
import { removePerson } from "./remove-person";
import { parseInput } from "./parse-input";
import { newPasswordSchema, personNameSchema, presentPasswordSchema } from "./person-inputs";
import { beginProofAttempt, type Attempt } from "./throttle";
import type { AccessContext } from "./verb-context";

export const confirmPasswordInput = z.object({ password: presentPasswordSchema });
export const changePasswordInput = z.object({ currentPassword: presentPasswordSchema, newPassword: newPasswordSchema });
export const renameInput = z.object({ name: personNameSchema });
export const leaveInput = z.object({});

/** Confirms the password of the one who is signed in; protected acts are open to this session for the next ten minutes. */
export async function confirmPassword(ctx: AccessContext, input: z.input<typeof confirmPasswordInput>): Promise<{ provedAt: string }> {
  const person = requirePerson(ctx.actor);
  const { password } = parseInput(confirmPasswordInput, input);
  const { attempt } = await checkOwnPassword(ctx, password, "password");
  const now = ctx.now();
  await ctx.store.transaction(async (tx) => {
    await tx.session.updateMany({ where: { id: person.sessionId, revokedAt: null }, data: { passwordProvedAt: now } });
    await attempt.succeed(tx);
  });
  return { provedAt: now.toISOString() };
}

/** Sets a new password. Every other session of the person ends, and so does every reset link. */
export async function changePassword(ctx: AccessContext, input: z.input<typeof changePasswordInput>): Promise<{ endedSessions: number }> {
  const person = requirePerson(ctx.actor);
  const { currentPassword, newPassword } = parseInput(changePasswordInput, input);
  const { attempt, passwordHash: seenHash } = await checkOwnPassword(ctx, currentPassword, "currentPassword");
  const passwordHash = await ctx.passwords.hash(newPassword);
  const now = ctx.now();
  return ctx.store.transaction(async (tx) => {
    const changed = await tx.user.updateMany({ where: { id: person.userId, passwordHash: seenHash }, data: { passwordHash } });
    if (changed.count === 0) throw new InvalidError({ currentPassword: "The password was changed elsewhere meanwhile." });
    const ended = await endSessions(tx, person.userId, { except: person.sessionId, now });
    await tx.oneTimeLink.updateMany({ where: { kind: "password-reset", userId: person.userId, usedAt: null, expiresAt: { gt: now } }, data: { expiresAt: now } });
    await tx.session.updateMany({ where: { id: person.sessionId }, data: { passwordProvedAt: now } });
    await attempt.succeed(tx);
    await audit(tx, ctx, { action: "account.change-password", target: { kind: "user", id: person.userId }, summary: `${person.name} changed their password`, detail: { endedSessions: ended } });
    return { endedSessions: ended };
  });
}

async function checkOwnPassword(ctx: AccessContext, password: string, field: string): Promise<{ attempt: Attempt; passwordHash: string }> {
  const person = requirePerson(ctx.actor);
  const attempt = await beginProofAttempt(ctx.store, { subject: person.sessionId, now: ctx.now() });
  const user = await ctx.store.db.user.findUniqueOrThrow({ where: { id: person.userId }, select: { passwordHash: true } });
  const { isValid } = await ctx.passwords.verify(password, user.passwordHash);
  if (!isValid) throw new InvalidError({ [field]: "This is not your password." });
  return { attempt, passwordHash: user.passwordHash };
}

/** Ends sessions of a person and returns how many. */
export async function endSessions(tx: Db, userId: string, options: { except?: string; now: Date }): Promise<number> {
  const ended = await tx.session.updateMany({
    where: { userId, revokedAt: null, expiresAt: { gt: options.now }, ...(options.except === undefined ? {} : { id: { not: options.except } }) },
    data: { revokedAt: options.now },
  });
  return ended.count;
}

/** Changes one's own name. */
export async function renamePerson(ctx: AccessContext, input: z.input<typeof renameInput>): Promise<{ name: string }> {
  const person = requirePerson(ctx.actor);
  const { name } = parseInput(renameInput, input);
  return ctx.store.transaction(async (tx) => {
    await tx.user.update({ where: { id: person.userId }, data: { name } });
    await audit(tx, ctx, { action: "account.rename", target: { kind: "user", id: person.userId }, summary: `${person.name} is now called ${name}` });
    return { name };
  });
}

/** Leaves the installation for good: sessions, tokens and roles end. The last owner cannot. Asks for the password again. */
export async function leaveInstallation(ctx: AccessContext, input: z.input<typeof leaveInput> = {}): Promise<Record<string, never>> {
  const person = requirePerson(ctx.actor);
  parseInput(leaveInput, input);
  requirePassword(ctx);
  await ctx.store.transaction(async (tx) => {
    await removePerson(tx, person.userId, ctx.now());
    await audit(tx, ctx, { action: "account.leave", target: { kind: "user", id: person.userId }, summary: `${person.name} left` });
  });
  return {};
}
