import type { FieldErrors } from "@/lib/access/errors";

/** What is still missing in `acknowledged`: a field each, `acknowledged.` with the id that it takes. `sentences` by id. */
export function toConfirm(sentences: Readonly<Record<string, string>>): FieldErrors {
  return Object.fromEntries(Object.entries(sentences).map(([id, sentence]) => [`acknowledged.${id}`, sentence]));
}
