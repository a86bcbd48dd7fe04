import type { CertificateKeys } from "@/lib/projects/edge/load-edge-input";
import type { Keyring } from "./keyring";
import { openSealed } from "./sealing";
import { VaultError } from "./vault-error";

const sealedPrefix = "sealed.";

/** Private keys of uploaded certificates, as web sealed them to the worker. */
export function openCertificateKeys(keyring: Keyring): CertificateKeys {
  return {
    async read(db, domainId) {
      const row = await db.domain.findUniqueOrThrow({ where: { id: domainId }, select: { projectId: true, keyCiphertext: true } });
      if (row.keyCiphertext === null) throw new VaultError("The domain has no certificate yet.");
      if (row.keyCiphertext.startsWith(sealedPrefix)) return openSealed(keyring.sealingIdentity, row.keyCiphertext.slice(sealedPrefix.length));
      return keyring.decrypt(db, row.projectId, { table: "Domain", column: "keyCiphertext", rowId: domainId }, row.keyCiphertext);
    },
  };
}
