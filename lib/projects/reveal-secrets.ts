import { z } from "zod";
import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { SecretName } from "@/lib/stack/settings";
import { refSchema } from "./inputs";
import type { SecretsPort } from "./workflows/tools";

/** What may be shown, and what it is called on the page. The rest never leaves the worker. */
export const revealableSecrets = {
  publishableKey: "Publishable key",
  secretKey: "Secret key",
  anonKey: "Legacy anon key",
  serviceRoleKey: "Legacy service_role key",
  postgresPassword: "Postgres password",
  jwtSecret: "JWT secret",
  dashboardUsername: "Studio user name",
  dashboardPassword: "Studio password",
  s3AccessKeyId: "S3 access key id",
  s3AccessKeySecret: "S3 access key secret",
} as const satisfies Partial<Record<SecretName, string>>;

export type RevealableSecret = keyof typeof revealableSecrets;

const names = Object.keys(revealableSecrets) as [RevealableSecret, ...RevealableSecret[]];
export const revealInput = z.object({ ref: refSchema, names: z.array(z.enum(names)).min(1).max(names.length) });

/** Shows secrets of a project. Runs in the worker, which authorises the person again; each reveal is an audited act. */
export async function revealSecrets(ctx: VerbContext, secrets: SecretsPort, input: z.input<typeof revealInput>): Promise<Record<string, string>> {
  const parsed = parseInput(revealInput, input);
  const project = await authorize(ctx, "secret.reveal", parsed.ref);
  const stored = await ctx.store.transaction(async (tx) => {
    await audit(tx, ctx, { action: "secret.reveal", project, summary: `Reveal ${parsed.names.map((name) => revealableSecrets[name]).join(", ")} of ${parsed.ref}`, detail: { names: parsed.names } });
    return secrets.readAll(tx, project.id);
  });
  const shown: Record<string, string> = {};
  for (const name of parsed.names) {
    const secret = stored[name];
    if (secret === null) throw new InvalidError({ names: `${parsed.ref} has no ${revealableSecrets[name]}.` });
    shown[name] = secret.reveal();
  }
  return shown;
}
