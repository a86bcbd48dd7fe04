import type { Workflow } from "@/lib/operations/types";
import { checkPublicWorkflow } from "./check-public-workflow";
import { createWorkflow } from "./create-workflow";
import { deleteWorkflow, purgeWorkflow } from "./delete-workflows";
import { attachDomainWorkflow } from "./domain-attach-workflow";
import { changeDomainWorkflow, replaceCertificateWorkflow } from "./domain-change-workflows";
import { detachDomainWorkflow } from "./domain-detach-workflow";
import { joinEdgeWorkflow, leaveEdgeWorkflow, turnEdgeOffWorkflow, turnEdgeOnWorkflow } from "./edge-workflows";
import { editEdgeWorkflow } from "./edge-edit-workflow";
import { editWorkflow } from "./edit-workflow";
import { exportWorkflow } from "./export-workflow";
import { functionWorkflow } from "./functions-step";
import { gatewayWorkflow, refreshWorkflow } from "./gateway-workflow";
import { endOverlapWorkflow, legacyKeysWorkflow, rotateJwtWorkflow, rotateKeyWorkflow } from "./keys-workflows";
import { pauseWorkflow, proveWorkflow, reconcileWorkflow, restartWorkflow, resumeWorkflow, undoDeleteWorkflow } from "./run-workflows";
import { endBesideWorkflow, switchWorkflow } from "./switch-workflows";
import { studioSettingsWorkflow, studioUsersWorkflow } from "./studio-workflows";
import type { WorkflowTools } from "./tools";

/** Every workflow of projects, by operation kind. */
export function projectWorkflows(tools: WorkflowTools): Map<string, Workflow<never>> {
  const all = [
    createWorkflow(tools),
    pauseWorkflow(tools),
    resumeWorkflow(tools),
    restartWorkflow(tools),
    editWorkflow(tools),
    reconcileWorkflow(tools),
    proveWorkflow(tools),
    deleteWorkflow(tools),
    undoDeleteWorkflow(tools),
    purgeWorkflow(tools),
    exportWorkflow(tools),
    gatewayWorkflow(tools),
    switchWorkflow(tools),
    endBesideWorkflow(tools),
    rotateKeyWorkflow(tools),
    endOverlapWorkflow(tools),
    legacyKeysWorkflow(tools),
    rotateJwtWorkflow(tools),
    studioUsersWorkflow(tools),
    studioSettingsWorkflow(tools),
    refreshWorkflow(tools),
    checkPublicWorkflow(tools),
    turnEdgeOnWorkflow(tools),
    turnEdgeOffWorkflow(tools),
    editEdgeWorkflow(tools),
    joinEdgeWorkflow(tools),
    leaveEdgeWorkflow(tools),
    attachDomainWorkflow(tools),
    detachDomainWorkflow(tools),
    changeDomainWorkflow(tools),
    replaceCertificateWorkflow(tools),
    functionWorkflow(tools, "function.deploy"),
    functionWorkflow(tools, "function.delete"),
  ];
  return new Map(all.map((workflow) => [workflow.kind, workflow as unknown as Workflow<never>]));
}
