import { may } from "@/lib/access/authorize";
import { loadRefActor } from "@/lib/access/load-actor";
import { hashSecretText } from "@/lib/access/secret-text";
import type { Db } from "@/lib/adapters/store/types";

/** Query parameter of the link that opens Studio once. */
export const ticketParameter = "basehold-ticket";
/** How long a link to Studio works, once. */
export const redeemWithinMs = 60_000;
/** A session of Studio ends after this long without a request. */
export const studioIdleMs = 10 * 60_000;
/** `lastSeenAt` is written at most this often: Studio asks for a hundred files at a time. */
const seenResolutionMs = 30_000;

type TicketRow = { id: string; projectId: string; userId: string; sessionId: string; redeemedAt: Date | null; lastSeenAt: Date | null; endedAt: Date | null };

export type StudioSession = { id: string; projectId: string; userId: string };

/** Whether a redeemed ticket has been used lately enough and was not ended. Who it belongs to is judged by `mayStillOpen`. */
export function isStudioSessionLive({ redeemedAt, lastSeenAt, endedAt }: Pick<TicketRow, "redeemedAt" | "lastSeenAt" | "endedAt">, now: Date): boolean {
  return redeemedAt !== null && lastSeenAt !== null && endedAt === null && now.getTime() - lastSeenAt.getTime() < studioIdleMs;
}

/** Whether the person still has an account, a role that opens Studio, and the session of the panel that it was opened from. */
export async function mayStillOpen(db: Db, { projectId, userId, sessionId }: Pick<TicketRow, "projectId" | "userId" | "sessionId">, now: Date): Promise<boolean> {
  // What ended at this very moment has ended.
  const actor = await loadRefActor(db, { kind: "user", userId, sessionId, name: "", ip: null }, new Date(now.getTime() + 1));
  return actor !== null && may(actor, "project.studio", projectId) !== "no";
}

/**
 * The session of Studio that a cookie opens on this project; null when it opens nothing (any more). Judged anew for each request, by the
 * roles of that moment; what may not go on is ended for good.
 */
export async function findStudioSession(db: Db, { projectId, token, now }: { projectId: string; token: string; now: Date }): Promise<StudioSession | null> {
  const ticket = await db.studioTicket.findUnique({ where: { sessionHash: await hashSecretText(token) } });
  if (ticket === null || ticket.projectId !== projectId || !isStudioSessionLive(ticket, now)) return null;
  if (!(await mayStillOpen(db, ticket, now))) {
    await db.studioTicket.updateMany({ where: { id: ticket.id, endedAt: null }, data: { endedAt: now } });
    return null;
  }
  if (now.getTime() - (ticket.lastSeenAt?.getTime() ?? 0) >= seenResolutionMs) {
    await db.studioTicket.updateMany({ where: { id: ticket.id, endedAt: null }, data: { lastSeenAt: now } });
  }
  return { id: ticket.id, projectId, userId: ticket.userId };
}
