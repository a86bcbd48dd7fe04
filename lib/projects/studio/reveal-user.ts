import type { z } from "zod";
import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { NotFoundError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { SecretsPort } from "../workflows/tools";
import { revealStudioUserInput } from "./inputs";

/** Shows the password of one of Studio's users. Runs in the worker, which authorises the person again; each reveal is an audited act. */
export async function revealStudioUser(ctx: VerbContext, secrets: SecretsPort, input: z.input<typeof revealStudioUserInput>): Promise<string> {
  const { ref, username } = parseInput(revealStudioUserInput, input);
  const project = await authorize(ctx, "secret.reveal", ref);
  return ctx.store.transaction(async (tx) => {
    const user = (await secrets.readDashboardUsers(tx, project.id)).find((one) => one.username === username);
    if (user === undefined) throw new NotFoundError(`Studio of ${ref} has no user ${username}.`);
    await audit(tx, ctx, { action: "secret.reveal", project, summary: `Reveal the password of ${username} at Studio of ${ref}`, detail: { username } });
    return user.password.reveal();
  });
}
