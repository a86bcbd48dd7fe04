import type { z } from "zod";
import { InvalidError, type FieldErrors } from "./errors";

/**
 * The parsed input of a verb.
 * @throws InvalidError with the first broken rule of each field, by its path (`smtp.port`, `files.0.path`).
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new InvalidError(toFieldErrors(result.error));
}

/** First message per path. What concerns the whole input stands under `input`. */
export function toFieldErrors(error: z.ZodError): FieldErrors {
  const fields: FieldErrors = {};
  for (const issue of error.issues) {
    const name = issue.path.length === 0 ? "input" : issue.path.map(String).join(".");
    fields[name] ??= issue.message;
  }
  return fields;
}
