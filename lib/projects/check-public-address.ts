import { authorize } from "@/lib/access/authorize";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { localUrl } from "./create-project";
import { projectInput } from "./inputs";
import { parseSettings, toPorts } from "./settings-schema";
import { requireState, startOperation } from "./start-operation";

/** Sends the contract through the project's public URL, without changing anything. */
export async function checkPublicAddress(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.prove", ref);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready"], "checked");
    const row = await tx.project.findUniqueOrThrow({ where: { id: project.id }, include: { ports: true } });
    const settings = parseSettings(row.settingsJson);
    if (settings.publicUrl === localUrl(settings.bindAddress, toPorts(row.ports).gateway)) throw new ConflictError("no-public-url", `${ref} has no public URL of its own. Set it under Settings to the address that the proxy serves, then check.`);
    return startOperation(tx, ctx, { kind: "project.check-public", project, input: { projectId: project.id }, summary: `Check ${ref} through ${settings.publicUrl}` });
  });
}
