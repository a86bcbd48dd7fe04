import { createHash } from "node:crypto";

/** Plain data: what a hash can be taken of. */
export type Hashable = string | number | boolean | null | undefined | readonly Hashable[] | { readonly [key: string]: Hashable };

function canonical(value: Hashable): string {
  if (Array.isArray(value)) return `[${value.map((item: Hashable) => canonical(item)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** SHA-256 of the content, in hex. Equal content has the same hash in whatever order its fields were written. */
export function contentHash(value: Hashable): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}
