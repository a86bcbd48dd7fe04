import { authorize } from "@/lib/access/authorize";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { projectInput } from "./inputs";
import { startOperation } from "./start-operation";

/** Starts a paused project again and proves its contract. */
export async function resumeProject(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.resume", ref);
  return ctx.store.transaction(async (tx) => {
    const moved = await tx.project.updateMany({ where: { id: project.id, state: { in: ["paused", "failed"] } }, data: { wish: "run" } });
    if (moved.count === 0) throw new ConflictError("wrong-state", `${ref} cannot be resumed while it is ${project.state}.`);
    return startOperation(tx, ctx, { kind: "project.resume", project, input: { projectId: project.id }, summary: `Resume ${ref}` });
  });
}
