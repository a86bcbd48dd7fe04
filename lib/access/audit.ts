import type { Db } from "@/lib/adapters/store/types";
import { Secret } from "@/lib/stack/secret-value";
import type { VerbContext } from "./verb-context";

export type AuditNote = {
  /** `{entity}.{verb}` */
  action: string;
  project?: { id: string; ref: string };
  operationId?: string;
  target?: { kind: string; id: string };
  /** One line for a person; names things, never holds a secret. */
  summary: string;
  detail?: Record<string, unknown>;
};

/** Writes who did what, in the caller's transaction: the act and its record exist together or not at all. */
export async function audit(tx: Db, ctx: Pick<VerbContext, "actor" | "now" | "newId">, note: AuditNote): Promise<void> {
  const { actor } = ctx;
  await tx.auditEntry.create({
    data: {
      id: ctx.newId(),
      at: ctx.now(),
      actorKind: actor.kind,
      actorId: actor.kind === "user" ? actor.userId : actor.kind === "token" ? actor.tokenId : null,
      actorName: actor.name,
      ip: "ip" in actor ? actor.ip : null,
      action: note.action,
      projectId: note.project?.id ?? null,
      projectRef: note.project?.ref ?? null,
      operationId: note.operationId ?? null,
      targetKind: note.target?.kind ?? null,
      targetId: note.target?.id ?? null,
      summary: [...note.summary].slice(0, 500).join(""),
      detailJson: JSON.stringify(withoutSecrets(note.detail ?? {})),
    },
  });
}

const secretName = /password|secret|token|apikey|privatekey|authorization|cookie/i;

/** A copy in which every field that is named like a secret, and every `Secret`, reads `[redacted]`. */
export function withoutSecrets(value: unknown): unknown {
  if (value instanceof Secret) return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, secretName.test(name) && typeof item === "string" ? "[redacted]" : withoutSecrets(item)]));
}
