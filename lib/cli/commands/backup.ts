import { audit } from "@/lib/access/audit";
import { backUpStore, restoreStore } from "@/lib/adapters/store/backup";
import { migrateStore } from "@/lib/adapters/store/migrate";
import { openVault } from "@/lib/adapters/vault/vault";
import { isAnswered } from "@/lib/worker/socket/listen";
import { CliError } from "../cli-error";
import type { Command } from "../command";
import { cliContext, withStore } from "../open-panel";

/** `basehold backup <file>` */
export const backupCommand: Command = {
  usage: "backup <file>",
  summary: "Copy the panel's store while it runs; the key file is not in it",
  async run({ environment, positionals: [file], print }) {
    if (file === undefined) throw new CliError("Name the file to write: `npx basehold backup panel.backup`.");
    await withStore(environment, async (store) => {
      const ctx = cliContext(store);
      await store.transaction((tx) => audit(tx, ctx, { action: "installation.backup", summary: "Back up the panel's store" }));
    });
    await backUpStore({ url: environment.storeUrl, file });
    print(`Wrote ${file}. Its secrets are encrypted: keep the recovery kit too, in another place.`);
  },
};

/** `basehold restore <file>` */
export const restoreCommand: Command = {
  usage: "restore <file>",
  summary: "Put a backup in place of the panel's store; the panel must be stopped",
  async run({ environment, positionals: [file], print }) {
    if (file === undefined) throw new CliError("Name the backup: `npx basehold restore panel.backup`.");
    if (await isAnswered(environment.socketPath)) throw new CliError("The panel runs. Stop it first (`npm run up -- --stop`, Ctrl-C, or `systemctl stop basehold`): a store is not replaced under a running panel.");
    const { replacedPath } = await restoreStore({
      url: environment.storeUrl,
      file,
      backupsFolder: environment.backupsFolder,
      verify: async (store) => void (await openVault({ store, keyFilePath: environment.keyFilePath })),
    });
    if (replacedPath !== null) print(`The store that was there is kept as ${replacedPath}.`);
    const { applied } = await migrateStore({ url: environment.storeUrl, backupsFolder: environment.backupsFolder });
    for (const name of applied) print(`Applied the migration ${name}.`);
    await withStore(environment, async (store) => {
      const ctx = cliContext(store);
      await store.transaction((tx) => audit(tx, ctx, { action: "installation.restore", summary: "Restore the panel's store from a backup" }));
    });
    print("Restored. Start the panel with `npm run up`.");
  },
};
