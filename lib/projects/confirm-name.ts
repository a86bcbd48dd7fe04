import { InvalidError } from "@/lib/access/errors";

/** @throws InvalidError when the typed name is neither the project's name nor its reference */
export function requireConfirmedName({ ref, displayName }: { ref: string; displayName: string }, confirmName: string): void {
  const typed = confirmName.normalize("NFC").trim();
  if (typed === ref || typed === displayName) return;
  throw new InvalidError({ confirmName: `Type ${displayName === ref ? ref : `${displayName} or ${ref}`} to confirm.` });
}
