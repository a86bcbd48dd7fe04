import { authorize } from "@/lib/access/authorize";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { projectInput } from "./inputs";
import { requireState, startOperation } from "./start-operation";

/** Makes a folder that runs the same stack with Docker Compose alone. The archive holds secrets and stays with the worker until it is downloaded. */
export async function exportProject(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.export", ref);
  if (project.readyAt === null) throw new ConflictError("never-ready", `${ref} was never ready, so there is nothing to export yet.`);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready", "paused", "failed"], "exported");
    return startOperation(tx, ctx, { kind: "project.export", project, input: { projectId: project.id }, summary: `Export ${ref}` });
  });
}
