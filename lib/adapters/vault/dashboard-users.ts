import type { SecretsPort } from "@/lib/projects/workflows/tools";
import { Secret } from "@/lib/stack/secret-value";
import type { Keyring } from "./keyring";
import { openSealed } from "./sealing";

const placeOf = (rowId: string) => ({ table: "DashboardUser", column: "passwordCiphertext", rowId });

/** Passwords of Studio's users, each encrypted with the data key of its project and bound to its row. */
export function openDashboardUsers(keyring: Keyring): Pick<SecretsPort, "readDashboardUsers" | "writeDashboardUser" | "openSealed"> {
  return {
    async readDashboardUsers(db, projectId, rows) {
      const stored = rows ?? (await db.dashboardUser.findMany({ where: { projectId }, orderBy: { username: "asc" } }));
      return Promise.all(stored.map(async ({ id, username, passwordCiphertext }) => ({ username, password: new Secret(await keyring.decrypt(db, projectId, placeOf(id), passwordCiphertext)) })));
    },
    async writeDashboardUser(tx, { id, projectId, username, now }, password) {
      const passwordCiphertext = await keyring.encrypt(tx, projectId, placeOf(id), password.reveal());
      await tx.dashboardUser.upsert({ where: { id }, create: { id, projectId, username, passwordCiphertext, createdAt: now, updatedAt: now }, update: { passwordCiphertext, updatedAt: now } });
    },
    openSealed: async (sealed) => new Secret(await openSealed(keyring.sealingIdentity, sealed)),
  };
}
