import type { Db } from "@/lib/adapters/store/types";
import { ConflictError, NotFoundError } from "./errors";

/** Throws when the person is the only owner: an installation without one could never be managed again. */
export async function requireOtherOwner(tx: Db, userId: string, act: string): Promise<void> {
  const others = await tx.user.count({ where: { installationRole: "owner", removedAt: null, id: { not: userId } } });
  if (others === 0) throw new ConflictError("last-owner", `The last owner cannot ${act}. Make somebody else an owner first.`);
}

/** Takes a person out: roles, sessions, tokens and open invitations by them end with this transaction. Their name stays in the audit log. */
export async function removePerson(tx: Db, userId: string, now: Date): Promise<{ name: string }> {
  const user = await tx.user.findUnique({ where: { id: userId } });
  if (user === null || user.removedAt !== null) throw new NotFoundError("There is no such person.");
  if (user.installationRole === "owner") await requireOtherOwner(tx, userId, "leave");
  await tx.user.update({ where: { id: userId }, data: { removedAt: now, installationRole: "none" } });
  await tx.membership.deleteMany({ where: { userId } });
  await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
  await tx.apiToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
  await tx.oneTimeLink.updateMany({ where: { userId, usedAt: null, expiresAt: { gt: now } }, data: { expiresAt: now } });
  await tx.invitation.updateMany({ where: { invitedById: userId, usedAt: null, revokedAt: null }, data: { revokedAt: now } });
  return { name: user.name };
}
