import type { OperationStatus, StepStatus } from "./types";

/** Statuses of an operation that has not ended. At most one of a project is in them. */
export const openStatuses = ["queued", "running", "compensating", "waiting"] as const satisfies readonly OperationStatus[];

/** What the machine needs to know of a step of the workflow, in the order of the workflow. */
export type StepRule = { key: string; hasUndo: boolean; isPointOfNoReturn: boolean };

/** What the journal says of a step. `attempt` counts how often its `run` was begun. */
export type JournalEntry = { key: string; status: StepStatus; attempt: number };

export type Situation = {
  status: OperationStatus;
  isCancelRequested: boolean;
  isPastPointOfNoReturn: boolean;
  rules: readonly StepRule[];
  journal: readonly JournalEntry[];
};

export type Move =
  /** `mustProbe`: a worker died during it, so its effect may be there already. */
  | { kind: "run"; key: string; mustProbe: boolean; isPointOfNoReturn: boolean }
  | { kind: "turn-back" }
  | { kind: "undo"; key: string }
  | { kind: "end"; outcome: "done" | "cancelled" | "undone" };

/** What to do next, from the journal alone: the same answer before and after a crash. */
export function nextMove(situation: Situation): Move {
  const entries = new Map(situation.journal.map((entry) => [entry.key, entry]));
  if (isGoingBack(situation)) return nextUndo(situation, entries);
  const open = situation.rules.find((rule) => !isEnded(entries.get(rule.key)));
  if (open === undefined) return { kind: "end", outcome: "done" };
  if (situation.isCancelRequested && !situation.isPastPointOfNoReturn) return { kind: "turn-back" };
  return { kind: "run", key: open.key, mustProbe: entries.get(open.key)?.status === "running", isPointOfNoReturn: open.isPointOfNoReturn };
}

/** Whether steps are being taken back. A take-back that failed is taken up again where it stopped. */
function isGoingBack({ status, journal }: Situation): boolean {
  return status === "compensating" || journal.some((entry) => entry.status === "undone" || entry.status === "undo_failed");
}

function isEnded(entry: JournalEntry | undefined): boolean {
  return entry?.status === "done" || entry?.status === "skipped";
}

/** Backwards over every step that was begun, whether or not it ended: half an effect has to go as well. */
function nextUndo(situation: Situation, entries: ReadonlyMap<string, JournalEntry>): Move {
  const rule = situation.rules.findLast(({ key, hasUndo }) => {
    const entry = entries.get(key);
    return hasUndo && entry !== undefined && entry.attempt > 0 && entry.status !== "undone";
  });
  if (rule !== undefined) return { kind: "undo", key: rule.key };
  return { kind: "end", outcome: situation.isCancelRequested ? "cancelled" : "undone" };
}

/**
 * What the failure of a step leads to: `turn-back` takes the begun steps back, `hold` keeps everything for inspection and retry.
 * Past the point of no return nothing is taken back.
 */
export function afterFailure(situation: Pick<Situation, "isCancelRequested" | "isPastPointOfNoReturn">, onFailure: "undo" | "hold"): "turn-back" | "hold" {
  if (situation.isPastPointOfNoReturn) return "hold";
  return situation.isCancelRequested || onFailure === "undo" ? "turn-back" : "hold";
}

/** Whether a request to cancel can still be kept. */
export function isCancellable(operation: { status: OperationStatus; isCancelRequested: boolean; isPastPointOfNoReturn: boolean }): boolean {
  const isForward = operation.status === "queued" || operation.status === "waiting" || operation.status === "running";
  return isForward && !operation.isCancelRequested && !operation.isPastPointOfNoReturn;
}

/** Status that a step has when a failed operation is tried again: what failed is run anew, what is done stays done. */
export function statusForRetry(status: StepStatus): StepStatus {
  return status === "failed" || status === "running" ? "pending" : status;
}
