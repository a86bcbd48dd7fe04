import { authorize } from "@/lib/access/authorize";
import { InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { describeChanges, findWarnings } from "@/lib/gateway/diff";
import { importKong } from "@/lib/gateway/import-kong";
import { addImported } from "@/lib/gateway/import-kong-merge";
import type { KongImportView } from "./gateway-views";
import { getGateway } from "./get-gateway";
import { importKongInput } from "./inputs";
import { requireValid } from "./save-draft";

/**
 * Reads a pasted kong.yml as routes of the project, added to its draft or to what is in force. Keeps nothing: the settings that come back are saved as any
 * other draft. @throws InvalidError with the line and column under `text` when it cannot be read.
 */
export async function previewKongImport(ctx: VerbContext, input: { ref: string; text: string }): Promise<KongImportView> {
  const { ref, text } = parseInput(importKongInput, input);
  await authorize(ctx, "gateway.edit", ref);
  const { draft, settings: inForce, options } = await getGateway(ctx, { ref });
  const read = importKong(text, options.release);
  if (!read.isRead) throw new InvalidError({ text: read.problems.map(({ line, column, message }) => `Line ${line}, column ${column}: ${message}`).join(" ") });
  const before = draft?.settings ?? inForce;
  const { settings: added, alreadyThere } = addImported(before, read.imported);
  const settings = requireValid(added);
  const known = new Set(findWarnings(before, options).map(({ id }) => id));
  return {
    ...read.imported, alreadyThere, settings, version: draft?.version ?? null,
    changes: describeChanges(before, settings, options),
    warnings: findWarnings(settings, options).filter(({ id }) => !known.has(id)),
  };
}
