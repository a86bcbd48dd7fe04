/** The vault cannot be opened, or a value in it cannot. The message is a sentence for the operator with the way out. */
export class VaultError extends Error {
  override name = "VaultError";
}
