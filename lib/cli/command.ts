import type { CliEnvironment } from "./environment";

export type CommandCall = {
  environment: CliEnvironment;
  /** What follows the command's name, options taken out. */
  positionals: string[];
  options: Readonly<Record<string, boolean>>;
  /** Writes a line for programs and people on stdout. */
  print(line: string): void;
  /** Writes a line about progress on stderr. */
  tell(line: string): void;
};

export type Command = {
  /** How it is called, after `basehold`. */
  usage: string;
  summary: string;
  /** Names of flags that it understands, without dashes. */
  flags?: readonly string[];
  run(call: CommandCall): Promise<void>;
};
