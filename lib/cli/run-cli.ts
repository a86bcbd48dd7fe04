import { parseArgs } from "node:util";
import { PanelError } from "@/lib/access/errors";
import { MigrationError } from "@/lib/adapters/store/migrations";
import { VaultError } from "@/lib/adapters/vault/vault-error";
import { CliError } from "./cli-error";
import type { Command } from "./command";
import { backupCommand, restoreCommand } from "./commands/backup";
import { createCommand, firstProjectCommand } from "./commands/create";
import { imageSourceCommand } from "./commands/image-source";
import { recoveryKitCommand, rotateKeyCommand } from "./commands/keys";
import { resetPasswordCommand, setUpLinkCommand } from "./commands/links";
import { migrateCommand } from "./commands/migrate";
import { moveStoreCommand } from "./commands/move-store";
import { projectsCommand } from "./commands/projects";
import { statusCommand } from "./commands/status";
import type { CliEnvironment } from "./environment";

const commands: readonly Command[] = [
  statusCommand, setUpLinkCommand, resetPasswordCommand, projectsCommand, createCommand, firstProjectCommand, backupCommand, restoreCommand, moveStoreCommand, recoveryKitCommand, rotateKeyCommand, migrateCommand, imageSourceCommand,
];

export type CliOutput = { /** A line on stdout. */ print(line: string): void; /** A line on stderr. */ tell(line: string): void };

/** Runs one command and returns the exit code: 0 done, 1 failed with a sentence, 2 called without a command. */
export async function runCli(argv: readonly string[], environment: CliEnvironment, output: CliOutput): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    output.print(helpText());
    return name === undefined ? 2 : 0;
  }
  try {
    const command = commands.find(({ usage }) => usage.split(" ")[0] === name);
    if (command === undefined) throw new CliError(`There is no command ${name}. \`npx basehold help\` lists them.`);
    const { positionals, options } = readArguments(command, rest);
    await command.run({ environment, positionals, options, ...output });
    return 0;
  } catch (error) {
    output.tell(toSentence(error));
    return 1;
  }
}

function readArguments(command: Command, args: string[]): { positionals: string[]; options: Record<string, boolean> } {
  const flags = Object.fromEntries((command.flags ?? []).map((flag) => [flag, { type: "boolean" as const }]));
  try {
    const { positionals, values } = parseArgs({ args, options: flags, allowPositionals: true, strict: true });
    return { positionals, options: values as Record<string, boolean> };
  } catch {
    throw new CliError(`Use it like this: npx basehold ${command.usage}`);
  }
}

function helpText(): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  return ["npx basehold <command>", "", ...commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`)].join("\n");
}

/** What went wrong, in a sentence where there is one; a defect shows its stack. */
function toSentence(error: unknown): string {
  if (error instanceof CliError || error instanceof MigrationError || error instanceof VaultError) return error.message;
  if (error instanceof PanelError) return error.fields === undefined ? error.publicMessage : Object.entries(error.fields).map(([field, sentence]) => `${field}: ${sentence}`).join("\n");
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
