import { authorize } from "@/lib/access/authorize";
import { ConflictError } from "@/lib/access/errors";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { requireConfirmedName } from "./confirm-name";
import { deleteProjectInput, projectInput } from "./inputs";
import { requireState, startOperation } from "./start-operation";

/** How long a deleted project's data stays in the trash. */
export const trashTimeMs = 7 * 24 * 3_600_000;

/**
 * Removes the containers and the network; volumes, secrets, reference and ports stay reserved for seven days, until which
 * `undoDeleteProject` brings the whole project back.
 * @throws InvalidError when the typed name is neither the project's name nor its reference.
 */
export async function deleteProject(ctx: VerbContext, input: { ref: string; confirmName: string }): Promise<{ operationId: string }> {
  const { ref, confirmName } = parseInput(deleteProjectInput, input);
  const project = await authorize(ctx, "project.delete", ref);
  requireConfirmedName(project, confirmName);
  return ctx.store.transaction(async (tx) => {
    const moved = await tx.project.updateMany({ where: { id: project.id, state: { in: ["ready", "paused", "failed"] } }, data: { wish: "delete", state: "deleting" } });
    if (moved.count === 0) throw new ConflictError("wrong-state", `${ref} cannot be deleted while it is ${project.state}.`);
    return startOperation(tx, ctx, {
      kind: "project.delete",
      project,
      input: { projectId: project.id, previousState: project.state },
      summary: `Delete ${ref}`,
      detail: { keptUntil: new Date(ctx.now().getTime() + trashTimeMs).toISOString() },
    });
  });
}

/** Brings a project back from the trash: same data, address, ports and keys. */
export async function undoDeleteProject(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.undo-delete", ref);
  return ctx.store.transaction(async (tx) => {
    const moved = await tx.project.updateMany({ where: { id: project.id, state: "deleted" }, data: { wish: "run" } });
    if (moved.count === 0) throw new ConflictError("wrong-state", `${ref} is not in the trash: it is ${project.state}.`);
    return startOperation(tx, ctx, { kind: "project.undo-delete", project, input: { projectId: project.id }, summary: `Undo the deletion of ${ref}` });
  });
}

/** Removes everything of a project in the trash, its data included, at once. It cannot be undone. */
export async function purgeProject(ctx: VerbContext, input: { ref: string; confirmName: string }): Promise<{ operationId: string }> {
  const { ref, confirmName } = parseInput(deleteProjectInput, input);
  const project = await authorize(ctx, "project.purge", ref);
  requireConfirmedName(project, confirmName);
  return ctx.store.transaction(async (tx) => {
    const row = await tx.project.findUnique({ where: { id: project.id }, select: { state: true } });
    if (row?.state !== "deleted" && row?.state !== "failed") throw new ConflictError("wrong-state", `${ref} is ${row?.state ?? "gone"}. Delete it first: only a deleted or failed project can be purged.`);
    return startOperation(tx, ctx, { kind: "project.purge", project, input: { projectId: project.id, ref }, summary: `Purge ${ref} with all its data` });
  });
}

/** Removes what a failed creation left, so that the reference and ports are free again. Nothing of a project that was ever ready is touched. */
export async function cleanUpProject(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "operation.retry", ref);
  if (project.readyAt !== null) throw new ConflictError("wrong-state", `${ref} was ready once; delete it instead.`);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["failed"], "cleaned up");
    return startOperation(tx, ctx, { kind: "project.purge", project, input: { projectId: project.id, ref }, summary: `Clean up the failed creation of ${ref}` });
  });
}
