import type { Act } from "@/components/act/act-result";
import type { KongImportView } from "@/lib/projects/views";

export type RouteActs = {
  saveDraft: Act<{ ref: string; settings: unknown; version: string | null }, { version: string | null }>;
  discardDraft: Act<{ ref: string; version: string }, unknown>;
  applyDraft: Act<{ ref: string; version: string; acknowledged?: string[] }, { operationId: string; number: number }>;
  restore: Act<{ ref: string; number: number }, { version: string }>;
  importKong: Act<{ ref: string; text: string }, KongImportView>;
  cancel: Act<{ operationId: string }, unknown>;
};

/** What can be opened over the table. `id` is an own route's; null makes a new one, of `copyOf` when that is named. */
export type EditTarget = { kind: "own"; id: string | null; copyOf?: string } | { kind: "built-in"; id: string } | { kind: "mcp" } | { kind: "networks" } | { kind: "try" } | { kind: "import" };
