import { createPasswordResetLink } from "@/lib/access/password-reset";
import { createSetUpLink, isSetUp } from "@/lib/access/set-up";
import { CliError } from "../cli-error";
import type { Command } from "../command";
import { cliContext, withStore } from "../open-panel";

/** `basehold setup-link` */
export const setUpLinkCommand: Command = {
  usage: "setup-link",
  summary: "Print a new one-time link that makes the first owner; nothing when there is one",
  async run({ environment, print }) {
    await withStore(environment, async (store) => {
      if (await isSetUp(store.db)) return;
      print((await createSetUpLink(cliContext(store), { panelUrl: environment.panelUrl })).link);
    });
  },
};

/** `basehold reset-password <e-mail>` */
export const resetPasswordCommand: Command = {
  usage: "reset-password <e-mail>",
  summary: "Print a one-time link with which a person chooses a new password",
  async run({ environment, positionals: [email], print, tell }) {
    if (email === undefined) throw new CliError("Name the person's e-mail address: `npx basehold reset-password ada@example.com`.");
    await withStore(environment, async (store) => {
      const { link, expiresAt, name } = await createPasswordResetLink(cliContext(store), { email, panelUrl: environment.panelUrl });
      tell(`For ${name}, works once, until ${expiresAt.toISOString()}:`);
      print(link);
    });
  },
};
