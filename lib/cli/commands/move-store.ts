import { join } from "node:path";
import { audit } from "@/lib/access/audit";
import { moveStore } from "@/lib/adapters/store/move-store";
import { sqlitePathOf } from "@/lib/adapters/store/open-store";
import { hasKeyFile } from "@/lib/adapters/vault/key-file";
import { openVault } from "@/lib/adapters/vault/vault";
import { isAnswered } from "@/lib/worker/socket/listen";
import { CliError } from "../cli-error";
import type { Command } from "../command";
import { cliContext, withStore } from "../open-panel";

/** `DATABASE_URL=postgres://… basehold move-store`: the address holds a password, which an argument would show to every user of the machine. */
export const moveStoreCommand: Command = {
  usage: "move-store",
  summary: "Copy the SQLite store into the empty PostgreSQL database that DATABASE_URL names; the panel must be stopped",
  async run({ environment, print }) {
    const { storeUrl, dataFolder, socketPath, keyFilePath } = environment;
    if (sqlitePathOf(storeUrl) !== null) throw new CliError("Name the PostgreSQL database to move to: DATABASE_URL=postgres://user:password@host/database npx basehold move-store.");
    if (await isAnswered(socketPath)) throw new CliError("The panel runs. Stop it first (`npm run up -- --stop`, Ctrl-C, or `systemctl stop basehold`): a store is not moved under a running panel.");
    if (!hasKeyFile(keyFilePath)) throw new CliError(`The key file ${keyFilePath} is missing. Put it back from the recovery kit (mode 0400).`);
    const path = join(dataFolder, "store/basehold.sqlite");
    const { rows } = await moveStore({ path, to: storeUrl, verify: async (store) => void (await openVault({ store, keyFilePath })) });
    await withStore(environment, async (store) => {
      const ctx = cliContext(store);
      await store.transaction((tx) => audit(tx, ctx, { action: "installation.move-store", summary: "Move the panel's store to PostgreSQL", detail: { rows } }));
    });
    print(`Copied ${rows} rows to PostgreSQL at ${new URL(storeUrl).host}. Start the panel with the same DATABASE_URL in force: \`DATABASE_URL=… npm run up\`. Without it the panel would go on with the old store.`);
    print(`${path} is as it was: keep it until the panel runs, then put it away.`);
  },
};
