/** Slow, salted password hashing. Implemented by the vault adapter; tests use a cheap one. */
export interface PasswordPort {
  /** Hash with its parameters inside, so that they can grow later. */
  hash(password: string): Promise<string>;
  /** `needsRehash`: the password is right but was hashed with weaker parameters than today's. */
  verify(password: string, hash: string): Promise<{ isValid: boolean; needsRehash: boolean }>;
  /** Takes as long as a real check, for a person who does not exist. Always false. */
  verifyNobody(password: string): Promise<false>;
}
