import { rmSync, writeFileSync } from "node:fs";
import { audit } from "@/lib/access/audit";
import { markRecoveryKitSaved } from "@/lib/access/recovery-kit";
import { readKeyFileText } from "@/lib/adapters/vault/key-file";
import { rotateKey } from "@/lib/adapters/vault/rotate-key";
import { openVault } from "@/lib/adapters/vault/vault";
import { CliError } from "../cli-error";
import type { Command } from "../command";
import { cliContext, withStore } from "../open-panel";

/** `basehold recovery-kit <file>` */
export const recoveryKitCommand: Command = {
  usage: "recovery-kit <file>",
  summary: "Write a copy of the key file, to be kept away from this machine",
  async run({ environment, positionals: [file], print }) {
    if (file === undefined) throw new CliError("Name the file to write: `npx basehold recovery-kit kit.txt`. Move it to a safe place away from this machine.");
    const text = readKeyFileText(environment.keyFilePath);
    reserve(file);
    try {
      await withStore(environment, async (store) => {
        const ctx = cliContext(store);
        await store.transaction((tx) => audit(tx, ctx, { action: "recovery-kit.show", summary: "Write the recovery kit to a file" }));
      });
      writeFileSync(file, text);
      await withStore(environment, (store) => markRecoveryKitSaved(cliContext(store)));
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
    print(`Wrote ${file}. Whoever has it and the panel's store can read every secret: move it to a safe place.`);
  },
};

/** `basehold rotate-key` */
export const rotateKeyCommand: Command = {
  usage: "rotate-key",
  summary: "Put a new key into the key file and wrap every data key anew; the recovery kit must be saved again",
  async run({ environment, print }) {
    await withStore(environment, async (store) => {
      // Proves that the file is this store's before anything is changed.
      await openVault({ store, keyFilePath: environment.keyFilePath });
      const { currentKekId, rewrapped } = await rotateKey({ store, keyFilePath: environment.keyFilePath });
      const ctx = cliContext(store);
      await store.transaction(async (tx) => {
        await tx.installationSetting.deleteMany({ where: { key: "recoveryKitSavedAt" } });
        await audit(tx, ctx, { action: "installation.rotate-key", summary: `Rotate the key file to ${currentKekId}`, detail: { rewrapped } });
      });
      print(`The key ${currentKekId} is in force; ${rewrapped} data keys were wrapped anew. Save the recovery kit again: \`npx basehold recovery-kit <file>\`.`);
    });
  },
};

/** Makes the file for this user alone, before anything is said to have been written. */
function reserve(file: string): void {
  try {
    writeFileSync(file, "", { mode: 0o600, flag: "wx" });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") throw new CliError(`${file} is there already and is not overwritten. Name another file.`);
    throw cause;
  }
}
