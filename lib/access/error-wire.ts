import type { z } from "zod";
import { ConflictError, ForbiddenError, InternalError, InvalidError, LimitExceededError, NotFoundError, type PanelError, PasswordRequiredError, UnauthenticatedError, UnavailableError } from "./errors";
import type { workerErrorBody } from "./worker-protocol";

type WireError = z.infer<typeof workerErrorBody>["error"];

/** An error as it crosses the unix socket: what may be shown, and nothing else. */
export function toWireError(error: PanelError): WireError {
  return {
    code: error.code,
    message: error.publicMessage,
    status: error.status,
    ...(error.fields === undefined ? {} : { fields: error.fields }),
    ...(error instanceof LimitExceededError ? { retryAfterSeconds: error.retryAfterSeconds } : {}),
  };
}

/** The error that the worker answered with, as web throws it on. */
export function fromWireError(wire: WireError): PanelError {
  switch (wire.code) {
    case "not-found":
      return new NotFoundError(wire.message);
    case "forbidden":
      return new ForbiddenError(wire.message);
    case "unauthenticated":
      return new UnauthenticatedError(wire.message);
    case "password-required":
      return new PasswordRequiredError(wire.message);
    case "invalid":
      return new InvalidError(wire.fields ?? {}, wire.message);
    case "limit-exceeded":
      return new LimitExceededError(wire.retryAfterSeconds ?? 1, wire.message);
    case "unavailable":
      return new UnavailableError(wire.message);
    default:
      return wire.status === 409 ? new ConflictError(wire.code, wire.message) : new InternalError(undefined, { internal: { wire: wire.code } });
  }
}
