import { authorize } from "@/lib/access/authorize";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { projectInput } from "./inputs";
import { startOperation } from "./start-operation";

/** Stops the containers and frees their memory; data, ports and address stay. Reversible by `resumeProject`. */
export async function pauseProject(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.pause", ref);
  return ctx.store.transaction(async (tx) => {
    const moved = await tx.project.updateMany({ where: { id: project.id, state: { in: ["ready", "failed"] } }, data: { wish: "pause" } });
    if (moved.count === 0) throw new ConflictError("wrong-state", `${ref} cannot be paused while it is ${project.state}.`);
    return startOperation(tx, ctx, { kind: "project.pause", project, input: { projectId: project.id }, summary: `Pause ${ref}` });
  });
}
