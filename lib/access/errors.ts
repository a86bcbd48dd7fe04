/** Every error that may be shown to a person. Whatever else is thrown is mapped to `InternalError` at the edge. */

export type ErrorCode =
  | "not-found"
  | "forbidden"
  | "unauthenticated"
  | "password-required"
  | "invalid"
  | "limit-exceeded"
  | "unavailable"
  | "internal"
  /** A conflict names its own cause, for example `ref-taken`. */
  | (string & {});

export type FieldErrors = Record<string, string>;

type ErrorOptions = {
  fields?: FieldErrors;
  /** Facts for the log; never shown. */
  internal?: Record<string, unknown>;
  cause?: unknown;
};

/** An error with a code for programs and a sentence for people. `internal` is for the log alone. */
export abstract class PanelError extends Error {
  abstract readonly status: number;
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly fields: FieldErrors | undefined;
  readonly internal: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: ErrorOptions = {}) {
    super(publicMessage, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.publicMessage = publicMessage;
    this.fields = options.fields;
    this.internal = options.internal;
  }
}

/** It does not exist, or the actor may not know that it does. */
export class NotFoundError extends PanelError {
  readonly status = 404;
  constructor(message = "There is nothing here.") {
    super("not-found", message);
  }
}

/** The actor may see the thing but not do this to it. */
export class ForbiddenError extends PanelError {
  readonly status = 403;
  constructor(message = "Your role does not allow this.", internal?: Record<string, unknown>) {
    super("forbidden", message, { internal });
  }
}

/** Nobody is signed in, or the session or token is no longer valid. */
export class UnauthenticatedError extends PanelError {
  readonly status = 401;
  constructor(message = "Sign in first.") {
    super("unauthenticated", message);
  }
}

/** The act needs the password again; the page asks for it and retries. */
export class PasswordRequiredError extends PanelError {
  readonly status = 403;
  constructor(message = "Confirm your password to do this.") {
    super("password-required", message);
  }
}

/** What is there now stands in the way. The code names the cause; `detail.field` names the input that can resolve it. */
export class ConflictError extends PanelError {
  readonly status = 409;
  readonly detail: Record<string, string>;
  /** `fields`: what each input has to hold, where that is more than the message. */
  constructor(code: string, message: string, detail: Record<string, string> = {}, fields?: FieldErrors) {
    super(code, message, { fields: fields ?? (detail.field === undefined ? undefined : { [detail.field]: message }) });
    this.detail = detail;
  }
}

/** Fields that break a rule, each with the rule. */
export class InvalidError extends PanelError {
  readonly status = 422;
  constructor(fields: FieldErrors, message?: string) {
    super("invalid", message ?? Object.values(fields)[0] ?? "Something in the form is not valid.", { fields });
  }
}

/** Too many tries; `retryAfterSeconds` says how long to wait. */
export class LimitExceededError extends PanelError {
  readonly status = 429;
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number, message?: string) {
    super("limit-exceeded", message ?? `Too many attempts. Try again in ${sayDuration(retryAfterSeconds)}.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Something that this depends on does not answer now: the worker, the engine, the store. */
export class UnavailableError extends PanelError {
  readonly status = 503;
  constructor(message: string, options: Pick<ErrorOptions, "internal" | "cause"> = {}) {
    super("unavailable", message, options);
  }
}

/** A defect. The page shows a reference under which the log has the cause. */
export class InternalError extends PanelError {
  readonly status = 500;
  constructor(message = "Something went wrong inside the panel.", options: Pick<ErrorOptions, "internal" | "cause"> = {}) {
    super("internal", message, options);
  }
}

/** The error as one that may be shown; anything unknown becomes an InternalError that says nothing of its cause. */
export function toPanelError(error: unknown): PanelError {
  return error instanceof PanelError ? error : new InternalError(undefined, { cause: error });
}

function sayDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  return `${Math.ceil(seconds / 60)} min`;
}
