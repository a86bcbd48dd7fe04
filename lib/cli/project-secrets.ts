import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { VerbContext } from "@/lib/access/verb-context";
import { openVault } from "@/lib/adapters/vault/vault";
import { getProject } from "@/lib/projects/get-project";
import { revealSecrets, type RevealableSecret } from "@/lib/projects/reveal-secrets";
import type { ProjectDetail } from "@/lib/projects/views";
import type { CliEnvironment } from "./environment";

export type HandedOver = { ref: string; url: string; publishableKey: string; secretsFile: string };

const shown = ["publishableKey", "secretKey", "anonKey", "serviceRoleKey", "postgresPassword", "jwtSecret", "dashboardUsername", "dashboardPassword", "s3AccessKeyId", "s3AccessKeySecret"] as const satisfies readonly RevealableSecret[];

/** Writes a project's secrets to a file that only this user can read, as one audited act, and returns what may be printed. */
export async function handOver(ctx: VerbContext, environment: CliEnvironment, ref: string): Promise<HandedOver> {
  const vault = await openVault({ store: ctx.store, keyFilePath: environment.keyFilePath });
  const values = await revealSecrets(ctx, vault.secrets, { ref, names: [...shown] });
  const project = await getProject(ctx, ref);
  const folder = join(environment.dataFolder, "first-project");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const secretsFile = join(folder, `${ref}.env`);
  const draft = `${secretsFile}.${process.pid}`;
  try {
    writeFileSync(draft, toEnvFile(project, values), { mode: 0o600, flag: "wx" });
    renameSync(draft, secretsFile);
  } finally {
    rmSync(draft, { force: true });
  }
  return { ref, url: project.apiUrl, publishableKey: values["publishableKey"] ?? "", secretsFile };
}

/** Lines that a shell and every dotenv reader understand: the values hold letters, digits and a few signs only. */
function toEnvFile(project: ProjectDetail, values: Readonly<Record<string, string>>): string {
  const { sessionPooler, transactionPooler, direct } = project.connection;
  const password = encodeURIComponent(values["postgresPassword"] ?? "");
  const toUri = (way: { host: string; port: number; user: string; database: string }) => `postgresql://${encodeURIComponent(way.user)}:${password}@${way.host}:${way.port}/${way.database}`;
  const entries: [string, string | undefined][] = [
    ["SUPABASE_URL", project.apiUrl],
    ["SUPABASE_PUBLISHABLE_KEY", values["publishableKey"]],
    ["SUPABASE_SECRET_KEY", values["secretKey"]],
    ["SUPABASE_ANON_KEY", values["anonKey"]],
    ["SUPABASE_SERVICE_ROLE_KEY", values["serviceRoleKey"]],
    ["JWT_SECRET", values["jwtSecret"]],
    ["DATABASE_URL", (sessionPooler ?? direct) === null ? undefined : toUri((sessionPooler ?? direct) as NonNullable<typeof direct>)],
    ["DATABASE_URL_TRANSACTION_POOLER", transactionPooler === null ? undefined : toUri(transactionPooler)],
    ["POSTGRES_PASSWORD", values["postgresPassword"]],
    ["STUDIO_USERNAME", values["dashboardUsername"]],
    ["STUDIO_PASSWORD", values["dashboardPassword"]],
    ["S3_ACCESS_KEY_ID", values["s3AccessKeyId"]],
    ["S3_ACCESS_KEY_SECRET", values["s3AccessKeySecret"]],
  ];
  return `${entries.flatMap(([name, value]) => (value === undefined ? [] : [`${name}='${value.replaceAll("'", "'\\''")}'`])).join("\n")}\n`;
}
