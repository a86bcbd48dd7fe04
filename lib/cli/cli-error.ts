/** A command was called wrongly or cannot be done. The message is shown as it is. */
export class CliError extends Error {
  override name = "CliError";
}
