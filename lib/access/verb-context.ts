import type { Store } from "@/lib/adapters/store/types";
import type { Actor } from "./actor";
import type { PasswordPort } from "./password-port";

/** What every verb is given: where things are kept, who acts, and the effects that a verb may not reach for itself. */
export type VerbContext = {
  store: Store;
  actor: Actor;
  now: () => Date;
  newId: () => string;
  /** Encrypts a text to the worker; nobody else can open it. */
  seal: (text: string) => Promise<string>;
};

/** For the verbs that handle passwords of the panel's own people. */
export type AccessContext = VerbContext & { passwords: PasswordPort };
