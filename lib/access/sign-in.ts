import { z } from "zod";
import type { Actor } from "./actor";
import { audit } from "./audit";
import { UnauthenticatedError } from "./errors";
import { sessionLimitMs } from "./load-actor";
import { parseInput } from "./parse-input";
import { hashSecretText, randomText } from "./secret-text";
import { beginSignInAttempt } from "./throttle";
import type { AccessContext } from "./verb-context";

/** An address that is none is answered like one that nobody has: the form learns nothing from the difference. */
const signInInput = z.object({
  email: z.string().max(1000).transform((text) => text.trim().toLowerCase()),
  password: z.string().max(1000),
  userAgent: z.string().transform((text) => [...text].slice(0, 300).join("")),
});

type SignInContext = Pick<AccessContext, "store" | "actor" | "now" | "newId" | "passwords">;

/**
 * Checks e-mail and password and opens a session. The returned text goes into the cookie; the store keeps its hash.
 * @throws LimitExceededError after too many tries, UnauthenticatedError when the two do not belong together.
 */
export async function signIn(ctx: SignInContext, input: z.input<typeof signInInput>): Promise<{ sid: string; userId: string }> {
  const { email, password, userAgent } = parseInput(signInInput, input);
  const ip = "ip" in ctx.actor ? ctx.actor.ip : null;
  const now = ctx.now();
  const attempt = await beginSignInAttempt(ctx.store, { email, ip, now });
  const user = await ctx.store.db.user.findUnique({ where: { email } });
  const isKnown = user !== null && user.removedAt === null;
  const checked = isKnown ? await ctx.passwords.verify(password, user.passwordHash) : { isValid: await ctx.passwords.verifyNobody(password), needsRehash: false };
  if (!isKnown || !checked.isValid) throw new UnauthenticatedError("This e-mail and password do not belong together.");
  const newHash = checked.needsRehash ? await ctx.passwords.hash(password) : null;
  const sid = randomText();
  const tokenHash = await hashSecretText(sid);
  await ctx.store.transaction(async (tx) => {
    const sessionId = ctx.newId();
    await tx.session.create({
      data: { id: sessionId, tokenHash, userId: user.id, createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + sessionLimitMs), passwordProvedAt: now, ip: ip ?? "", userAgent },
    });
    // Only where the hash is still the one that was checked: a password changed meanwhile must not come back.
    if (newHash !== null) await tx.user.updateMany({ where: { id: user.id, passwordHash: user.passwordHash }, data: { passwordHash: newHash } });
    await attempt.succeed(tx);
    await audit(tx, { ...ctx, actor: asPerson(user, sessionId, ip) }, { action: "session.sign-in", target: { kind: "session", id: sessionId }, summary: `${user.name} signed in` });
  });
  return { sid, userId: user.id };
}

/** The person as the actor of what they do in this very act, before a session of theirs was loaded. */
export function asPerson(user: { id: string; name: string; email: string }, sessionId: string, ip: string | null): Extract<Actor, { kind: "user" }> {
  return { kind: "user", userId: user.id, sessionId, name: user.name, email: user.email, installationRole: "none", projectRoles: {}, passwordProvedAt: new Date(0), ip };
}

/** Ends the session that the cookie names. One that has ended already is left as it is. */
export async function signOut(ctx: Pick<AccessContext, "store" | "actor" | "now" | "newId">, input: { sid: string }): Promise<void> {
  const tokenHash = await hashSecretText(input.sid);
  const ip = "ip" in ctx.actor ? ctx.actor.ip : null;
  await ctx.store.transaction(async (tx) => {
    const session = await tx.session.findUnique({ where: { tokenHash }, include: { user: true } });
    if (session === null || session.revokedAt !== null) return;
    await tx.session.update({ where: { id: session.id }, data: { revokedAt: ctx.now() } });
    await audit(tx, { ...ctx, actor: asPerson(session.user, session.id, ip) }, { action: "session.sign-out", target: { kind: "session", id: session.id }, summary: `${session.user.name} signed out` });
  });
}
