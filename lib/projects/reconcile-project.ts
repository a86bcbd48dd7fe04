import { authorize } from "@/lib/access/authorize";
import { parseInput } from "@/lib/access/parse-input";
import type { VerbContext } from "@/lib/access/verb-context";
import { projectInput } from "./inputs";
import { requireState, startOperation } from "./start-operation";

/** Brings what runs back to what is wished for: missing, stopped and changed services are started or replaced. */
export async function reconcileProject(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.reconcile", ref);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready", "failed"], "reconciled");
    return startOperation(tx, ctx, { kind: "project.reconcile", project, input: { projectId: project.id }, summary: `Reconcile ${ref}` });
  });
}

/** Runs the gateway contract again, from outside, without changing anything. */
export async function proveProject(ctx: VerbContext, input: { ref: string }): Promise<{ operationId: string }> {
  const { ref } = parseInput(projectInput, input);
  const project = await authorize(ctx, "project.prove", ref);
  return ctx.store.transaction(async (tx) => {
    await requireState(tx, project, ["ready"], "proven");
    return startOperation(tx, ctx, { kind: "project.prove", project, input: { projectId: project.id }, summary: `Run the contract of ${ref}` });
  });
}
