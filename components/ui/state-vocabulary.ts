import type { Tone } from "./badge";

/** The one vocabulary of states (design, "State has one vocabulary"): word, tone and icon of each. */
export type StateIcon = "check" | "spin" | "clock" | "alert" | "cross" | "pause" | "trash" | "question" | "stop" | "undo" | "missing" | "minus";
export type StateWord = { word: string; tone: Tone; icon: StateIcon };

const project = {
  creating: { word: "Creating", tone: "busy", icon: "spin" },
  ready: { word: "Ready", tone: "good", icon: "check" },
  degraded: { word: "Degraded", tone: "warn", icon: "alert" },
  paused: { word: "Paused", tone: "idle", icon: "pause" },
  failed: { word: "Failed", tone: "bad", icon: "cross" },
  deleting: { word: "Deleting", tone: "busy", icon: "spin" },
  deleted: { word: "Deleted", tone: "idle", icon: "trash" },
  unknown: { word: "Unknown", tone: "idle", icon: "question" },
} as const satisfies Record<string, StateWord>;

const operation = {
  queued: { word: "Queued", tone: "idle", icon: "clock" },
  running: { word: "Running", tone: "busy", icon: "spin" },
  compensating: { word: "Undoing", tone: "warn", icon: "undo" },
  waiting: { word: "Waiting", tone: "idle", icon: "clock" },
  done: { word: "Done", tone: "good", icon: "check" },
  failed: { word: "Failed", tone: "bad", icon: "cross" },
  cancelled: { word: "Cancelled", tone: "idle", icon: "stop" },
  undone: { word: "Undone", tone: "idle", icon: "undo" },
} as const satisfies Record<string, StateWord>;

const service = {
  healthy: { word: "Healthy", tone: "good", icon: "check" },
  starting: { word: "Starting", tone: "busy", icon: "spin" },
  unhealthy: { word: "Unhealthy", tone: "bad", icon: "alert" },
  stopped: { word: "Stopped", tone: "idle", icon: "stop" },
  missing: { word: "Missing", tone: "bad", icon: "missing" },
} as const satisfies Record<string, StateWord>;

const step = {
  pending: { word: "Pending", tone: "idle", icon: "minus" },
  running: { word: "Running", tone: "busy", icon: "spin" },
  done: { word: "Done", tone: "good", icon: "check" },
  skipped: { word: "Skipped", tone: "idle", icon: "minus" },
  failed: { word: "Failed", tone: "bad", icon: "cross" },
  undone: { word: "Undone", tone: "idle", icon: "undo" },
  cancelled: { word: "Cancelled", tone: "idle", icon: "stop" },
  undo_failed: { word: "Undo failed", tone: "bad", icon: "alert" },
} as const satisfies Record<string, StateWord>;

const revision = {
  "in-force": { word: "In force", tone: "good", icon: "check" },
  draft: { word: "Draft", tone: "accent", icon: "minus" },
  applying: { word: "Applying", tone: "busy", icon: "spin" },
  failed: { word: "Rolled back", tone: "bad", icon: "undo" },
  superseded: { word: "Replaced", tone: "idle", icon: "minus" },
} as const satisfies Record<string, StateWord>;

const edge = {
  running: { word: "Running", tone: "good", icon: "check" },
  failing: { word: "Failing", tone: "bad", icon: "alert" },
  stopped: { word: "Stopped", tone: "bad", icon: "stop" },
  absent: { word: "Missing", tone: "bad", icon: "missing" },
} as const satisfies Record<string, StateWord>;

const domain = {
  added: { word: "Not attached", tone: "idle", icon: "minus" },
  rehearsing: { word: "Rehearsing", tone: "busy", icon: "spin" },
  /** From the certificate on until the name is open. */
  waiting: { word: "Being attached", tone: "busy", icon: "spin" },
  open: { word: "Open", tone: "good", icon: "check" },
  failed: { word: "Failed", tone: "bad", icon: "cross" },
} as const satisfies Record<string, StateWord>;

const vocabulary = { project, operation, service, step, revision, edge, domain } satisfies Record<string, Record<string, StateWord>>;
export type StateKind = keyof typeof vocabulary;

/** Word, tone and icon of a state. A state the vocabulary lacks is shown by its own name, never hidden. */
export function wordOfState(kind: StateKind, state: string): StateWord {
  const words: Record<string, StateWord> = vocabulary[kind];
  return words[state] ?? { word: state, tone: "idle", icon: "question" };
}

/** The states of a kind, in order. */
export function statesOf(kind: StateKind): string[] {
  return Object.keys(vocabulary[kind]);
}
