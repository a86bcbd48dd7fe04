import { z } from "zod";
import { corsOriginField, eachOnce, headerNameField, methodsField, networkField, wholeNumber } from "./route-fields";

const hourMs = 3_600_000;

export const timeoutField = wholeNumber("Timeout", "milliseconds", 100, hourMs);
/** 0: silence never ends a stream. */
export const idleTimeoutField = wholeNumber("Idle timeout", "milliseconds", 0, 24 * hourMs);
export const retryAttemptsField = wholeNumber("Retries", "attempts", 0, 5);
export const maxBodyField = wholeNumber("Body size", "bytes", 1, 2 ** 40);
export const ipAllowField = z.array(networkField).overwrite(eachOnce).max(200, "IP addresses: 200 at most.");

export const rateLimitField = z
  .strictObject({
    requestsPerSecond: wholeNumber("Rate limit", "requests per second", 1, 100_000),
    burst: wholeNumber("Burst", "requests", 1, 1_000_000),
    per: z.enum(["ip", "key"], "Rate limit: count per client address or per key."),
  })
  .refine((limit) => limit.burst >= limit.requestsPerSecond, { path: ["burst"], message: "Burst: at least as many requests as pass in one second." });

export const corsField = z.strictObject({
  /** Empty: no page of another origin. */
  origins: z.array(corsOriginField).overwrite(eachOnce).max(100, "CORS origins: 100 at most."),
  /** Empty: every method. */
  methods: methodsField,
  /** Empty: every header; with credentials on Envoy those of `cors-headers.ts`. */
  headers: z.array(headerNameField).overwrite(eachOnce).max(100, "CORS headers: 100 at most."),
  allowsCredentials: z.boolean(),
});
