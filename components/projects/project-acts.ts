import type { Act } from "@/components/act/act-result";
import type { StudioActs } from "@/components/studio/studio-acts";

type Started = { operationId: string };
export type ProjectAct = Act<{ ref: string }, Started>;

/** Acts on one project that a page hands to its buttons. */
export type ProjectActs = {
  pause: ProjectAct;
  resume: ProjectAct;
  reconcile: ProjectAct;
  prove: ProjectAct;
  undoDelete: ProjectAct;
  cancel: Act<{ operationId: string }, unknown>;
  openStudio: StudioActs["open"];
};

export type DuplicateAct = Act<{ ref: string; displayName: string; newRef?: string }, { ref: string; operationId: string }>;
