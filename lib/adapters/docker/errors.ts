import { EngineError, type EngineErrorKind } from "@/lib/engine/port";

type DockerFailure = { statusCode?: number; code?: string; name?: string; message?: string; json?: { message?: string }; reason?: string };

const socketErrors = new Set(["ECONNREFUSED", "ENOENT", "EACCES", "ECONNRESET", "EPIPE", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN", "ERR_STREAM_PREMATURE_CLOSE", "UND_ERR_SOCKET"]);

/** Any failure of a call to Docker as an EngineError. `doing` completes the sentence "Docker could not …". */
export function toEngineError(error: unknown, doing: string): Error {
  if (error instanceof EngineError) return error;
  const failure = (typeof error === "object" && error !== null ? error : { message: String(error) }) as DockerFailure;
  if (failure.name === "AbortError") return new EngineError("aborted", "The call was cancelled.", "", { cause: error });
  if (failure.name === "TimeoutError") return new EngineError("timeout", `Docker took too long to ${doing}.`, "", { cause: error });
  const detail = failure.json?.message ?? failure.message ?? failure.reason ?? "";
  const kind = kindOf(failure, detail);
  return new EngineError(kind, sentenceFor(kind, doing, detail), detail, { cause: error });
}

function kindOf(failure: DockerFailure, detail: string): EngineErrorKind {
  if (failure.statusCode === undefined && failure.code !== undefined && socketErrors.has(failure.code)) return "unreachable";
  if (failure.code === "ETIMEDOUT" || /timeout|timed out/i.test(failure.code ?? "")) return "timeout";
  return kindOfText(detail) ?? kindOfStatus(failure.statusCode);
}

/** Kind by Docker's own wording: many causes share status 500. */
export function kindOfText(detail: string): EngineErrorKind | undefined {
  if (/port is already allocated|address already in use/i.test(detail)) return "port-taken";
  if (/cannot assign requested address/i.test(detail)) return "invalid";
  if (/no space left on device/i.test(detail)) return "no-space";
  if (/pool overlaps|overlaps with other one/i.test(detail)) return "subnet-overlap";
  if (/manifest unknown|manifest for .* not found|repository does not exist|pull access denied|not found: manifest|no such image/i.test(detail)) return "image-missing";
  if (/toomanyrequests|too many requests|\b429\b|server error|\b50[0-4] |connection refused|no such host|i\/o timeout|TLS handshake|unexpected EOF|error parsing HTTP|received unexpected HTTP status|context deadline/i.test(detail)) return "registry-unavailable";
  return undefined;
}

function kindOfStatus(status: number | undefined): EngineErrorKind {
  if (status === 404) return "not-found";
  if (status === 409) return "conflict";
  if (status === 400) return "invalid";
  return "other";
}

function sentenceFor(kind: EngineErrorKind, doing: string, detail: string): string {
  switch (kind) {
    case "unreachable":
      return "The Docker engine does not answer. Check that it runs and that the worker may reach its socket.";
    case "port-taken":
      return `${portOf(detail)} is held by another program on the engine's host. End that program or choose another port, then retry.`;
    case "no-space":
      return "The engine's disk is full. Free some room, then retry.";
    case "image-missing":
      return "The registry does not have this image or tag. Check the release and the image source.";
    case "registry-unavailable":
      return "The registry did not answer as it should. Retry in a while, or set up a mirror as image source.";
    case "subnet-overlap":
      return "The project's subnet overlaps with another network on the engine's host.";
    case "timeout":
      return `Docker took too long to ${doing}.`;
    default:
      return `Docker could not ${doing}: ${detail}`;
  }
}

function portOf(detail: string): string {
  const port = /:(\d{2,5})\b(?!.*:\d)/.exec(detail)?.[1] ?? /:(\d{2,5})/.exec(detail)?.[1];
  return port === undefined ? "A port" : `Port ${port}`;
}

/** Runs a call and turns its failure into an EngineError; an aborted signal wins over whatever the call says. */
export async function call<T>(doing: string, signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  const aborted = signal === undefined ? null : abortion(signal);
  try {
    return await (aborted === null ? run() : Promise.race([run(), aborted.promise]));
  } catch (error) {
    signal?.throwIfAborted();
    throw toEngineError(error, doing);
  } finally {
    aborted?.release();
  }
}

function abortion(signal: AbortSignal): { promise: Promise<never>; release: () => void } {
  let stop: () => void = () => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, release: () => signal.removeEventListener("abort", stop) };
}

/** The status code of a Docker failure, if it is one. */
export function statusOf(error: unknown): number | undefined {
  return typeof error === "object" && error !== null && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
}
