/**
 * Time limits of a transaction: longer than the time for which a statement retries a busy database, so that the person sees
 * "busy" rather than a transaction that ended for another reason.
 */
export const transactionLimits = { maxWait: 20_000, timeout: 20_000 };
