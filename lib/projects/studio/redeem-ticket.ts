import { hashSecretText, randomText } from "@/lib/access/secret-text";
import type { Store } from "@/lib/adapters/store/types";
import { mayStillOpen } from "./studio-session";

type Redeemed = { projectId: string; token: string; now: Date };

/**
 * Turns the one-time ticket of a link into a session, once.
 * @returns what the cookie is to hold; null when the ticket is unknown, used, too old, another project's, or its person may not any more.
 */
export async function redeemStudioTicket({ db }: Pick<Store, "db">, { projectId, token, now }: Redeemed): Promise<string | null> {
  const ticket = await db.studioTicket.findUnique({ where: { tokenHash: await hashSecretText(token) } });
  if (ticket === null || ticket.projectId !== projectId || !(await mayStillOpen(db, ticket, now))) return null;
  const session = randomText();
  // The condition decides between two that bring the same link at once.
  const redeemed = await db.studioTicket.updateMany({
    where: { id: ticket.id, redeemedAt: null, endedAt: null, redeemBy: { gt: now } },
    data: { redeemedAt: now, lastSeenAt: now, sessionHash: await hashSecretText(session) },
  });
  return redeemed.count === 1 ? session : null;
}
