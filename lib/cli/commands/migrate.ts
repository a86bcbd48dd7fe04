import { migrateStore } from "@/lib/adapters/store/migrate";
import { hasKeyFile } from "@/lib/adapters/vault/key-file";
import { openVault } from "@/lib/adapters/vault/vault";
import type { Command } from "../command";
import { withStore } from "../open-panel";

/** `basehold migrate` */
export const migrateCommand: Command = {
  usage: "migrate",
  summary: "Bring the store to the schema of this version, and make the key file of a new installation",
  async run({ environment, print }) {
    const { applied, backupPath } = await migrateStore({ url: environment.storeUrl, backupsFolder: environment.backupsFolder });
    if (backupPath !== null) print(`Copied the store to ${backupPath}.`);
    for (const name of applied) print(`Applied the migration ${name}.`);
    const hadKeyFile = hasKeyFile(environment.keyFilePath);
    await withStore(environment, (store) => openVault({ store, keyFilePath: environment.keyFilePath }));
    if (!hadKeyFile) print(`Made the key file ${environment.keyFilePath}. Keep a copy of it: \`npx basehold recovery-kit\`.`);
  },
};
