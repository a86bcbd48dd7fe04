import { nanoid } from "nanoid";
import type { Db, Store } from "@/lib/adapters/store/types";
import type { SecretsPort } from "@/lib/projects/workflows/tools";
import { checkSecret, isKnownDemoSecret, secretRules } from "@/lib/stack/secret-rules";
import { Secret } from "@/lib/stack/secret-value";
import { optionalSecretNames, type ProjectSecrets, type SecretName } from "@/lib/stack/settings";
import { openDashboardUsers } from "./dashboard-users";
import type { Place } from "./envelope";
import type { Keyring } from "./keyring";
import { openSealed } from "./sealing";
import { VaultError } from "./vault-error";

const sealedPrefix = "sealed.";
const secretNames = Object.keys(secretRules) as SecretName[];
const optionalNames: ReadonlySet<SecretName> = new Set(optionalSecretNames);

type SecretRow = { id: string; projectId: string | null; name: string; ciphertext: string };

/** Secrets of projects in the store, each encrypted with the data key of its project and bound to its row. */
export function openSecretStore(store: Store, keyring: Keyring): SecretsPort {
  const open = (db: Db, row: SecretRow): Promise<string> => {
    if (row.ciphertext.startsWith(sealedPrefix)) return openSealed(keyring.sealingIdentity, row.ciphertext.slice(sealedPrefix.length));
    return keyring.decrypt(db, row.projectId, placeOf(row.id), row.ciphertext);
  };
  return {
    ...openDashboardUsers(keyring),
    async readAll(db, projectId) {
      const rows = await db.secretValue.findMany({ where: { projectId, name: { in: secretNames } } });
      const byName = new Map<string, Secret>();
      for (const row of rows) byName.set(row.name, new Secret(await open(db, row)));
      return toProjectSecrets(byName);
    },
    async listNames(db, projectId) {
      return (await db.secretValue.findMany({ where: { projectId }, select: { name: true } })).map(({ name }) => name);
    },
    async write(tx, projectId, name, value) {
      refuseBadSecret(name, value.reveal());
      const now = new Date();
      const existing = await tx.secretValue.findUnique({ where: { projectId_name: { projectId, name } }, select: { id: true } });
      const id = existing?.id ?? nanoid(20);
      const ciphertext = await keyring.encrypt(tx, projectId, placeOf(id), value.reveal());
      if (existing === null) await tx.secretValue.create({ data: { id, projectId, name, ciphertext, createdAt: now, updatedAt: now } });
      else await tx.secretValue.update({ where: { id }, data: { ciphertext, updatedAt: now } });
    },
    async unsealPending(projectId) {
      const pending = await store.db.secretValue.findMany({ where: { projectId, ciphertext: { startsWith: sealedPrefix } } });
      for (const row of pending) {
        const text = await open(store.db, row);
        refuseBadSecret(row.name, text);
        await store.transaction(async (tx) => {
          const ciphertext = await keyring.encrypt(tx, projectId, placeOf(row.id), text);
          // A newer value that web sealed meanwhile stays, and is taken next time.
          await tx.secretValue.updateMany({ where: { id: row.id, ciphertext: row.ciphertext }, data: { ciphertext, updatedAt: new Date() } });
        });
      }
    },
  };
}

function placeOf(rowId: string): Place {
  return { table: "SecretValue", column: "ciphertext", rowId };
}

/** Whether a stored name is one of a project's secrets. */
function isSecretName(name: string): name is SecretName {
  return name in secretRules;
}

function refuseBadSecret(name: string, text: string): void {
  if (isKnownDemoSecret(text)) throw new VaultError(`The value given for ${name} is a sample that upstream publishes: everyone knows it. Choose another one.`);
  if (!isSecretName(name)) throw new VaultError(`${name} is not a secret of a project.`);
  const problem = checkSecret(name, text);
  if (problem !== null) throw new VaultError(`The value given for ${name} breaks its rule: ${problem}`);
}

function toProjectSecrets(byName: ReadonlyMap<string, Secret>): ProjectSecrets {
  const missing = secretNames.filter((name) => !byName.has(name) && !optionalNames.has(name));
  if (missing.length > 0) throw new VaultError(`The project lacks ${missing.length === 1 ? "the secret" : "the secrets"} ${missing.join(", ")}. Retry its creation, which makes what is missing.`);
  return Object.fromEntries(secretNames.map((name) => [name, byName.get(name) ?? null])) as ProjectSecrets;
}
