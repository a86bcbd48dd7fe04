import type { z } from "zod";
import { InvalidError, type FieldErrors } from "./errors";
import { inputWords } from "./input-words";

/**
 * The parsed input of a verb.
 * @throws InvalidError with the first broken rule of each field, by its path (`smtp.port`, `files.0.path`).
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  requireStorable(input);
  const result = schema.safeParse(input, { error: inputWords });
  if (result.success) return result.data;
  throw new InvalidError(toFieldErrors(result.error));
}

/**
 * Refuses text that no store can keep: a NUL, which PostgreSQL has no place for, and half of a surrogate pair, which is no character.
 * @throws InvalidError naming the field.
 */
export function requireStorable(input: unknown): void {
  const path = findUnstorable(input, []);
  if (path === null) return;
  throw new InvalidError({ [path.length === 0 ? "input" : path.join(".")]: "This holds a character that cannot be stored. Remove it." });
}

function findUnstorable(value: unknown, path: readonly string[]): readonly string[] | null {
  if (typeof value === "string") return value.includes("\0") || /\p{Cs}/u.test(value) ? path : null;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return null;
  for (const [key, part] of Object.entries(value)) {
    const found = findUnstorable(key, path) ?? findUnstorable(part, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}

/** First message per path, a field that is unknown under its own. What concerns the whole input stands under `input`. */
export function toFieldErrors(error: z.ZodError): FieldErrors {
  const fields: FieldErrors = {};
  for (const issue of error.issues) {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") for (const key of issue.keys) fields[[...path, key].join(".")] ??= "There is no such field.";
    else fields[path.length === 0 ? "input" : path.join(".")] ??= issue.message;
  }
  return fields;
}
