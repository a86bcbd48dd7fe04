import type { FieldErrors } from "@/lib/access/errors";

/** What every server action answers; `components/act` reads it. */
export type ActFailure = { code: string; message: string; fields?: FieldErrors };
export type ActResult<Output> = { ok: true; data: Output } | { ok: false; error: ActFailure };
