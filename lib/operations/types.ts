import type { Db } from "@/lib/adapters/store/types";

/** Durable long work. The state machine here is pure; the runner lives beside it and takes ports. */

export type OperationKind =
  | "project.create"
  | "project.pause"
  | "project.resume"
  | "project.restart-service"
  | "project.edit"
  | "project.reconcile"
  | "project.delete"
  | "project.undo-delete"
  | "project.purge"
  | "project.export"
  | "project.prove"
  | "gateway.apply"
  | "gateway.switch"
  | "gateway.end-beside"
  | "keys.rotate"
  | "keys.end-overlap"
  | "keys.legacy"
  | "keys.rotate-jwt"
  | "studio.users"
  | "studio.settings"
  | "gateway.refresh-upstreams"
  | "project.check-public"
  | "edge.turn-on"
  | "edge.turn-off"
  | "edge.edit"
  | "edge.join"
  | "edge.leave"
  | "domain.attach"
  | "domain.detach"
  | "domain.change"
  | "domain.certificate"
  | "function.deploy"
  | "function.delete"
  | "installation.backup";

export type OperationStatus = "queued" | "running" | "compensating" | "waiting" | "done" | "failed" | "cancelled" | "undone";
export type StepStatus = "pending" | "running" | "done" | "skipped" | "failed" | "undone" | "undo_failed";

/** Who asked. Stored with the operation; the worker loads the person again and authorises again before it runs. */
export type ActorRef =
  | { kind: "user"; userId: string; sessionId: string; name: string; ip: string | null }
  | { kind: "token"; userId: string; tokenId: string; name: string; ip: string | null }
  | { kind: "system"; name: string }
  | { kind: "setup"; name: string }
  | { kind: "cli"; name: string };

export type OperationFailure = {
  code: string;
  /** Cause in one sentence, for a person. */
  sentence: string;
  stepKey: string | null;
  service: string | null;
  /** Last log lines of the container, or the engine's own text. */
  evidence: string[];
  isRetryable: boolean;
};

export type OperationRow = {
  id: string;
  kind: OperationKind;
  projectId: string | null;
  input: unknown;
  status: OperationStatus;
  attempt: number;
  maxAttempts: number;
  actor: ActorRef;
  cancelRequestedAt: Date | null;
  pointOfNoReturnAt: Date | null;
  leaseToken: string | null;
  leaseUntil: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  failure: OperationFailure | null;
  result: unknown;
};

export type StepRow = {
  key: string;
  title: string;
  ordinal: number;
  status: StepStatus;
  attempt: number;
  output: unknown;
  startedAt: Date | null;
  finishedAt: Date | null;
  failure: OperationFailure | null;
};

export type EventRow = {
  seq: number;
  at: Date;
  level: "info" | "warn" | "error" | "progress";
  stepKey: string | null;
  message: string;
  current: number | null;
  total: number | null;
  detail: unknown;
};

export type NewEvent = Omit<EventRow, "seq" | "at">;

/** What a step is given. `emit` appends a progress event; `signal` aborts on cancel, lost lease and deadline. */
export type StepContext<Input> = {
  operation: OperationRow;
  input: Input;
  /** Outputs of the steps already done, by key. */
  outputs: Readonly<Record<string, unknown>>;
  emit(event: Omit<NewEvent, "stepKey">): void;
};

/**
 * One step of a workflow. `probe` answers whether the effect is already there (returns its output) or not (undefined);
 * it is asked after a crash, before `run` is tried again. `run` must be idempotent together with `probe`. `undo` takes
 * the effect back when the operation fails or is cancelled before the point of no return.
 */
export type Step<Input> = {
  key: string;
  title: string;
  timeoutMs: number;
  /** false: a cancel waits until the step has ended. */
  isCancellable: boolean;
  /** true: from the start of this step on nothing is undone any more; failures can only be retried. */
  isPointOfNoReturn?: boolean;
  /** false: this input has no use for the step, which then is not shown and not done. Only what the input says may count. */
  isNeeded?(input: Input): boolean;
  probe?(context: StepContext<Input>, signal: AbortSignal): Promise<unknown | undefined>;
  run(context: StepContext<Input>, signal: AbortSignal): Promise<unknown>;
  undo?(context: StepContext<Input>, output: unknown, signal: AbortSignal): Promise<void>;
};

export type Workflow<Input> = {
  kind: OperationKind;
  /** Parses the stored input; throws when it is not of this kind. */
  parseInput(json: unknown): Input;
  steps: Step<Input>[];
  /** What a failure before the point of no return does: `undo` takes done steps back, `hold` keeps all for inspection and retry. */
  onFailure: "undo" | "hold";
  /** Called in the same transaction that ends the operation, to set the project's state. */
  settle(context: { operation: OperationRow; input: Input; outcome: "done" | "failed" | "cancelled" | "undone"; failure: OperationFailure | null }, tx: Db): Promise<void>;
};
