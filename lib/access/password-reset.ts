import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import { audit } from "./audit";
import { NotFoundError } from "./errors";
import { oneTimeLink } from "./links";
import { parseInput } from "./parse-input";
import { emailSchema, linkTokenSchema, newPasswordSchema } from "./person-inputs";
import { hashSecretText, randomText } from "./secret-text";
import { findOpenLink, requireHostProcess, takeLink } from "./set-up";
import { asPerson } from "./sign-in";
import type { AccessContext } from "./verb-context";

/** How long a reset link works. */
export const passwordResetLinkMs = 2 * 3_600_000;

const createInput = z.object({ email: emailSchema, panelUrl: z.string() });
export const passwordResetInput = z.object({ token: linkTokenSchema, password: newPasswordSchema });

/**
 * Makes a link by which a person sets a new password. For processes on the host alone; earlier links of the person end.
 * @throws NotFoundError when nobody has this address.
 */
export async function createPasswordResetLink(ctx: Pick<AccessContext, "store" | "actor" | "now" | "newId">, input: z.input<typeof createInput>): Promise<{ link: string; expiresAt: Date; name: string }> {
  requireHostProcess(ctx);
  const { email, panelUrl } = parseInput(createInput, input);
  const token = randomText();
  const tokenHash = await hashSecretText(token);
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + passwordResetLinkMs);
  const user = await ctx.store.transaction(async (tx) => {
    const found = await requireMember(tx, { email });
    await tx.oneTimeLink.updateMany({ where: { kind: "password-reset", userId: found.id, usedAt: null, expiresAt: { gt: now } }, data: { expiresAt: now } });
    await tx.oneTimeLink.create({ data: { id: ctx.newId(), kind: "password-reset", tokenHash, userId: found.id, createdAt: now, expiresAt } });
    await audit(tx, ctx, { action: "account.reset-link", target: { kind: "user", id: found.id }, summary: `Link to reset the password of ${found.name} made` });
    return found;
  });
  return { link: oneTimeLink(panelUrl, "password-reset", token), expiresAt, name: user.name };
}

async function requireMember(tx: Db, where: { email: string } | { id: string }) {
  const user = await tx.user.findUnique({ where });
  if (user === null || user.removedAt !== null) throw new NotFoundError("Nobody here has this address.");
  return user;
}

/** Sets a new password by a reset link. It works once; every session and every other reset link of the person ends. */
export async function redeemPasswordReset(ctx: Pick<AccessContext, "store" | "actor" | "now" | "newId" | "passwords">, input: z.input<typeof passwordResetInput>): Promise<{ email: string }> {
  const { token, password } = parseInput(passwordResetInput, input);
  const now = ctx.now();
  const link = await findOpenLink(ctx.store.db, "password-reset", await hashSecretText(token), now);
  const passwordHash = await ctx.passwords.hash(password);
  const ip = "ip" in ctx.actor ? ctx.actor.ip : null;
  return ctx.store.transaction(async (tx) => {
    if (!(await takeLink(tx, link.id, now))) throw new NotFoundError("This link was used already.");
    const user = await requireMember(tx, { id: link.userId ?? "" });
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    await tx.session.updateMany({ where: { userId: user.id, revokedAt: null }, data: { revokedAt: now } });
    await audit(tx, { ...ctx, actor: asPerson(user, "", ip) }, { action: "account.reset-password", target: { kind: "user", id: user.id }, summary: `${user.name} set a new password by a reset link; all sessions ended` });
    return { email: user.email };
  });
}
