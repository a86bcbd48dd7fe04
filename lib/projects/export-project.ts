import { authorize } from "@/lib/access/authorize";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { projectInput } from "./inputs";
import { startOperation } from "./start-operation";

/** Makes a folder that runs the same stack with Docker Compose alone. The archive holds secrets and stays with the worker until it is downloaded. */
export async function exportProject(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.export", ref);
  if (!["ready", "paused", "failed"].includes(project.state) || project.readyAt === null) throw new ConflictError("wrong-state", `${ref} cannot be exported while it is ${project.state}.`);
  return ctx.store.transaction((tx) => startOperation(tx, ctx, { kind: "project.export", project, input: { projectId: project.id }, summary: `Export ${ref}` }));
}
