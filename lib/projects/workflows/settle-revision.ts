import type { Db } from "@/lib/adapters/store/types";
import { takenBackCause } from "@/lib/gateway/taken-back";
import type { Workflow } from "@/lib/operations/types";
import { markApplied, setProjectState } from "./settle";
import type { WorkflowTools } from "./tools";

type RevisionInput = { projectId: string; number: number; previous: number | null };
type Ending = Parameters<Workflow<RevisionInput>["settle"]>[0];

/**
 * Ends a revision with its operation: in force, or failed with the reason. What failed is kept as a draft as well, unless somebody has
 * begun another: it can be mended and applied again.
 */
export async function settleRevision(tools: Pick<WorkflowTools, "now">, { input: { projectId, number, previous }, outcome, failure }: Ending, tx: Db): Promise<void> {
  const revision = { projectId_number: { projectId, number } };
  if (outcome === "done") {
    await tx.gatewayRevision.updateMany({ where: { projectId, state: "in-force" }, data: { state: "superseded" } });
    await tx.gatewayRevision.update({ where: revision, data: { state: "in-force", appliedAt: tools.now() } });
    await setProjectState(tx, projectId, "ready", null);
    await markApplied(tx, projectId, tools.now());
    return;
  }
  await tx.project.updateMany({ where: { id: projectId }, data: { gatewayRevision: previous } });
  const failed = await tx.gatewayRevision.update({ where: revision, data: { state: "failed", failureJson: failure === null ? null : JSON.stringify(failure) } });
  if ((await tx.gatewayDraft.count({ where: { projectId } })) === 0) {
    await tx.gatewayDraft.create({
      data: { projectId, settingsJson: failed.settingsJson, version: `after-${failed.id}`, basedOn: previous ?? 0, cause: takenBackCause(number), editorJson: failed.authorJson, editedAt: tools.now() },
    });
  }
  if (outcome === "failed") await setProjectState(tx, projectId, "failed", failure?.sentence ?? "The routes could not be applied, and the earlier ones did not come back.");
}
