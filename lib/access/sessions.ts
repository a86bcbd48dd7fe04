import { z } from "zod";
import { endSessions } from "./account";
import { audit } from "./audit";
import { requirePerson } from "./authorize";
import { NotFoundError } from "./errors";
import { isSessionOpen } from "./load-actor";
import { parseInput } from "./parse-input";
import { rowIdSchema } from "./person-inputs";
import type { VerbContext } from "./verb-context";

export type SessionView = { id: string; userAgent: string; ip: string; createdAt: string; lastSeenAt: string; isCurrent: boolean };

export const revokeSessionInput = z.object({ sessionId: rowIdSchema });
export const revokeOtherSessionsInput = z.object({});

/** Where one is signed in, the latest first. */
export async function listSessions(ctx: VerbContext): Promise<SessionView[]> {
  const person = requirePerson(ctx.actor);
  const now = ctx.now();
  const rows = await ctx.store.db.session.findMany({ where: { userId: person.userId, revokedAt: null, expiresAt: { gt: now } }, orderBy: { lastSeenAt: "desc" }, take: 200 });
  return rows
    .filter((row) => isSessionOpen(row, now))
    .map((row) => ({ id: row.id, userAgent: row.userAgent, ip: row.ip, createdAt: row.createdAt.toISOString(), lastSeenAt: row.lastSeenAt.toISOString(), isCurrent: row.id === person.sessionId }));
}

/** Ends one of one's own sessions; it is refused from its next request on. */
export async function revokeSession(ctx: VerbContext, input: z.input<typeof revokeSessionInput>): Promise<Record<string, never>> {
  const person = requirePerson(ctx.actor);
  const { sessionId } = parseInput(revokeSessionInput, input);
  await ctx.store.transaction(async (tx) => {
    const ended = await tx.session.updateMany({ where: { id: sessionId, userId: person.userId, revokedAt: null }, data: { revokedAt: ctx.now() } });
    if (ended.count === 0) throw new NotFoundError("You have no such session.");
    await audit(tx, ctx, { action: "session.revoke", target: { kind: "session", id: sessionId }, summary: `${person.name} ended one of their sessions` });
  });
  return {};
}

/** Ends every session of one's own but this one. */
export async function revokeOtherSessions(ctx: VerbContext, input: z.input<typeof revokeOtherSessionsInput> = {}): Promise<{ count: number }> {
  const person = requirePerson(ctx.actor);
  parseInput(revokeOtherSessionsInput, input);
  return ctx.store.transaction(async (tx) => {
    const count = await endSessions(tx, person.userId, { except: person.sessionId, now: ctx.now() });
    await audit(tx, ctx, { action: "session.revoke-others", summary: `${person.name} ended their other sessions`, detail: { count } });
    return { count };
  });
}
