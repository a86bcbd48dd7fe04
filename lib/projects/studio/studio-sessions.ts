import type { z } from "zod";
import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { endStudioSessionsInput } from "./inputs";
import { isStudioSessionLive, mayStillOpen, studioIdleMs } from "./studio-session";
import type { StudioSessionView } from "./studio-views";

/** Who is in Studio without its password, the latest first. Whoever lost the role is not among them. */
export async function listStudioSessions(ctx: VerbContext, projectId: string): Promise<StudioSessionView[]> {
  const now = ctx.now();
  const { db } = ctx.store;
  const rows = await db.studioTicket.findMany({
    where: { projectId, endedAt: null, lastSeenAt: { gt: new Date(now.getTime() - studioIdleMs) } },
    include: { user: { select: { name: true, email: true } } }, orderBy: { lastSeenAt: "desc" }, take: 100,
  });
  const judged = await Promise.all(rows.filter((row) => isStudioSessionLive(row, now)).map(async (row) => ((await mayStillOpen(db, row, now)) ? [row] : [])));
  const ownId = ctx.actor.kind === "user" ? ctx.actor.userId : null;
  return judged.flat().map(({ id, userId, user, ip, redeemedAt, createdAt, lastSeenAt }) => ({
    id, userId, name: user.name, email: user.email, isOwn: userId === ownId, ip, openedAt: (redeemedAt ?? createdAt).toISOString(), lastSeenAt: (lastSeenAt ?? createdAt).toISOString(),
  }));
}

/** Ends one session of Studio, or all of the project: each is refused from its next request on, and links that were not followed yet open nothing. */
export async function endStudioSessions(ctx: VerbContext, input: z.input<typeof endStudioSessionsInput>): Promise<{ count: number }> {
  const { ref, sessionId } = parseInput(endStudioSessionsInput, input);
  const project = await authorize(ctx, "studio.see", ref);
  return ctx.store.transaction(async (tx) => {
    const ended = await tx.studioTicket.updateMany({ where: { projectId: project.id, endedAt: null, ...(sessionId === undefined ? {} : { id: sessionId }) }, data: { endedAt: ctx.now() } });
    if (sessionId !== undefined && ended.count === 0) return { count: 0 };
    const summary = sessionId === undefined ? `End all sessions of Studio of ${ref}` : `End a session of Studio of ${ref}`;
    await audit(tx, ctx, { action: "studio.end-sessions", project, ...(sessionId === undefined ? {} : { target: { kind: "studio-session", id: sessionId } }), summary, detail: { count: ended.count } });
    return { count: ended.count };
  });
}
