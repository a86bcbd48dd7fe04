/** By whose word a certificate is taken for true. `names-only`: the authority is not known, but name and dates must fit. */
export type NameTrust = { kind: "no-tls" } | { kind: "system" } | { kind: "root"; pem: string } | { kind: "names-only" };

export type NameQuestion = {
  hostname: string;
  path: string;
  /** Where the connection is made to, whatever DNS says of the name. */
  address: { host: string; port: number };
  trust: NameTrust;
};

/** `error`: why there was no answer, in words; null when there was one. */
export type NameAnswer = { status: number | null; body: string; error: string | null };

/** Asks for a page under a name, as a browser would that was sent to this address by DNS. */
export interface NameProbe {
  ask(question: NameQuestion, signal: AbortSignal): Promise<NameAnswer>;
}
