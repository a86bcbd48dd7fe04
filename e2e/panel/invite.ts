import { hashSecretText, randomText } from "@/lib/access/secret-text";
import type { Store } from "@/lib/adapters/store/types";

/** An open invitation to the installation by a seeded owner. Returns its link. */
export async function invite(store: Store, panelUrl: string): Promise<string> {
  const token = randomText();
  const { id: invitedById } = await store.db.user.findUniqueOrThrow({ where: { email: "ada@example.com" } });
  const now = new Date();
  await store.db.invitation.create({ data: { id: randomText(20), tokenHash: await hashSecretText(token), email: `${randomText(8)}@example.com`.toLowerCase(), installationRole: "viewer", invitedById, createdAt: now, expiresAt: new Date(now.getTime() + 3_600_000) } });
  return `${panelUrl}/invitation#${token}`;
}
