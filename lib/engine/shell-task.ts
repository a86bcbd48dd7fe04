import type { ShellTask } from "./port";

/**
 * A task as text for `sh`: its commands with the input as a here-document, both outputs as one. The status of the whole is that of the
 * commands. `mark`: a word that nobody can guess, which ends the input.
 */
export function frameTask({ script, input }: Pick<ShellTask, "script" | "input">, mark: string): string {
  return `{ ${script}\n} 2>&1 <<'${mark}'\n${input ?? ""}\n${mark}\n`;
}
