import { z } from "zod";
import type { Db } from "@/lib/adapters/store/types";
import { audit } from "./audit";
import { ConflictError, ForbiddenError, NotFoundError } from "./errors";
import { oneTimeLink } from "./links";
import { parseInput } from "./parse-input";
import { emailSchema, linkTokenSchema, newPasswordSchema, personNameSchema } from "./person-inputs";
import { hashSecretText, randomText } from "./secret-text";
import { asPerson } from "./sign-in";
import type { AccessContext } from "./verb-context";

/** How long a set-up link opens the panel; `npx basehold` prints a new one at any time. */
export const setUpLinkMs = 24 * 3_600_000;

export const setUpLookUpInput = z.object({ token: linkTokenSchema });
export const setUpInput = z.object({ token: linkTokenSchema, name: personNameSchema, email: emailSchema, password: newPasswordSchema });

type LinkContext = Pick<AccessContext, "store" | "actor" | "now" | "newId">;

/** Whether the installation has an owner. */
export async function isSetUp(db: Db): Promise<boolean> {
  return (await db.user.count({ where: { installationRole: "owner", removedAt: null } })) > 0;
}

/**
 * Makes the link that makes the first owner. Only the hash of its token is stored, so "printing it again" is making a new one;
 * earlier links end. For processes on the host alone.
 * @throws ConflictError when there is an owner already.
 */
export async function createSetUpLink(ctx: LinkContext, input: { panelUrl: string }): Promise<{ link: string; expiresAt: Date }> {
  requireHostProcess(ctx);
  const token = randomText();
  const tokenHash = await hashSecretText(token);
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + setUpLinkMs);
  await ctx.store.transaction(async (tx) => {
    await requireNoOwner(tx);
    await tx.oneTimeLink.updateMany({ where: { kind: "setup", usedAt: null, expiresAt: { gt: now } }, data: { expiresAt: now } });
    const id = ctx.newId();
    await tx.oneTimeLink.create({ data: { id, kind: "setup", tokenHash, createdAt: now, expiresAt } });
    await audit(tx, ctx, { action: "set-up.link", target: { kind: "link", id }, summary: "Set-up link made" });
  });
  return { link: oneTimeLink(input.panelUrl, "setup", token), expiresAt };
}

/** Links for people are made by processes that somebody with a shell on the host started, never for a request. */
export function requireHostProcess(ctx: Pick<AccessContext, "actor">): void {
  if (ctx.actor.kind !== "cli" && ctx.actor.kind !== "system") throw new ForbiddenError("Only `npx basehold` on the machine itself can do this.");
}

async function requireNoOwner(tx: Db): Promise<void> {
  if (await isSetUp(tx)) throw new ConflictError("already-set-up", "This panel is set up already. Sign in, or reset a password with `npx basehold reset-password`.");
}

/** Whether a set-up link still works. Throws NotFoundError when it does not. */
export async function lookUpSetUp(ctx: Pick<AccessContext, "store" | "now">, input: z.input<typeof setUpLookUpInput>): Promise<{ expiresAt: string }> {
  const { token } = parseInput(setUpLookUpInput, input);
  const link = await findOpenLink(ctx.store.db, "setup", await hashSecretText(token), ctx.now());
  if (await isSetUp(ctx.store.db)) throw new NotFoundError("This panel is set up already. Sign in.");
  return { expiresAt: link.expiresAt.toISOString() };
}

/** The link of this kind that still works; throws NotFoundError with the way to a new one. */
export async function findOpenLink(db: Db, kind: "setup" | "password-reset", tokenHash: string, now: Date) {
  const link = await db.oneTimeLink.findUnique({ where: { tokenHash } });
  if (link === null || link.kind !== kind || link.usedAt !== null || link.expiresAt <= now) {
    throw new NotFoundError("This link was used already or has ended. `npx basehold` on the machine makes a new one.");
  }
  return link;
}

/** Takes the link; false for all but the first of those who try. */
export async function takeLink(tx: Db, linkId: string, now: Date): Promise<boolean> {
  const taken = await tx.oneTimeLink.updateMany({ where: { id: linkId, usedAt: null, expiresAt: { gt: now } }, data: { usedAt: now } });
  return taken.count === 1;
}

/** Makes the first owner by a set-up link. It works once, and only while there is no owner. */
export async function redeemSetUp(ctx: Pick<AccessContext, "store" | "actor" | "now" | "newId" | "passwords">, input: z.input<typeof setUpInput>): Promise<{ userId: string; email: string }> {
  const { token, name, email, password } = parseInput(setUpInput, input);
  const now = ctx.now();
  const link = await findOpenLink(ctx.store.db, "setup", await hashSecretText(token), now);
  const passwordHash = await ctx.passwords.hash(password);
  const ip = "ip" in ctx.actor ? ctx.actor.ip : null;
  return ctx.store.transaction(async (tx) => {
    await requireNoOwner(tx);
    if (!(await takeLink(tx, link.id, now))) throw new NotFoundError("This link was used already.");
    const data = { name, passwordHash, installationRole: "owner", removedAt: null };
    const user = await tx.user.upsert({ where: { email }, create: { id: ctx.newId(), email, createdAt: now, ...data }, update: data });
    await audit(tx, { ...ctx, actor: asPerson(user, "", ip) }, { action: "set-up.redeem", target: { kind: "user", id: user.id }, summary: `${name} set up the panel as its owner` });
    return { userId: user.id, email };
  });
}
