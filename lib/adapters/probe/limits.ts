export const connectTimeoutMs = 3_000;
/** A service that takes longer than this to say anything is not ready. */
export const answerTimeoutMs = 10_000;
export const snippetCharacters = 512;
