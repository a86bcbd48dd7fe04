import type { CertificateKeys } from "@/lib/projects/edge/load-edge-input";
import type { Keyring } from "./keyring";
import { openSealed } from "./sealing";
import { VaultError } from "./vault-error";

const sealedPrefix = "sealed.";

const placeOf = (rowId: string) => ({ table: "Domain", column: "keyCiphertext", rowId });

/** Private keys of uploaded certificates, as web sealed them to the worker. */
export function openCertificateKeys(keyring: Keyring): CertificateKeys {
  return {
    async read(db, domainId) {
      const row = await db.domain.findUniqueOrThrow({ where: { id: domainId }, select: { projectId: true, keyCiphertext: true } });
      if (row.keyCiphertext === null) throw new VaultError("The domain has no certificate yet.");
      if (row.keyCiphertext.startsWith(sealedPrefix)) return openSealed(keyring.sealingIdentity, row.keyCiphertext.slice(sealedPrefix.length));
      return keyring.decrypt(db, row.projectId, placeOf(domainId), row.keyCiphertext);
    },
    async keep(tx, { id, projectId, keyCiphertext }) {
      if (!keyCiphertext.startsWith(sealedPrefix)) return keyCiphertext;
      return keyring.encrypt(tx, projectId, placeOf(id), await openSealed(keyring.sealingIdentity, keyCiphertext.slice(sealedPrefix.length)));
    },
  };
}
