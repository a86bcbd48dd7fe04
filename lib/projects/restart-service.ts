import { authorize } from "@/lib/access/authorize";
import { InvalidError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import type { ServiceName } from "@/lib/stack/desired";
import { restartServiceInput } from "./inputs";
import { parseSettings } from "./settings-schema";
import { requireState, startOperation } from "./start-operation";

/** Restarts one service and proves the contract afterwards. */
export async function restartService(ctx: VerbContext, input: { ref: string; service: ServiceName }): Promise<{ operationId: string }> {
  const { ref, service } = parseInput(restartServiceInput, input);
  const project = await authorize(ctx, "project.restart", ref);
  if (!parseSettings(project.settingsJson).services.includes(service)) throw new InvalidError({ service: `${ref} does not run ${service}.` });
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready", "failed"], "restarted");
    return startOperation(tx, ctx, { kind: "project.restart-service", project, input: { projectId: project.id, service }, summary: `Restart ${service} of ${ref}`, detail: { service } });
  });
}
