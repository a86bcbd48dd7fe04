import type { OperationFailure } from "./types";

/** Thrown by a step that knows what went wrong and can say it to a person: shown word for word, with its evidence. */
export class StepFailure extends Error {
  constructor(readonly failure: Omit<OperationFailure, "stepKey">) {
    super(failure.sentence);
    this.name = "StepFailure";
  }
}
