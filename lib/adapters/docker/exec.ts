import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { EngineError, type ExecResult } from "@/lib/engine/port";
import { readFrames } from "./streams";

export type ExecOptions = { timeoutMs: number; stdin?: string; env?: Record<string, string>; user?: string; maxOutputBytes?: number };

const defaultOutputBytes = 1024 * 1024;
/** Marks the processes of one exec, so that they can be found again. */
const markVariable = "BASEHOLD_EXEC";
/**
 * Ends every process that carries the mark. Docker has no call for it and leaves the program running when its client goes away.
 * A constant: the mark comes in as an argument.
 */
const endMarked = 'for p in /proc/[0-9]*; do case "$(tr "\\000" "\\n" < "$p/environ" 2>/dev/null)" in *"$1"*) kill -KILL "${p#/proc/}" ;; esac; done';

/** Runs argv in a running container and waits for its exit code. Output beyond the limit is dropped, the program goes on. On timeout and abort it is ended. */
export async function runExec(docker: Docker, containerId: string, argv: readonly string[], options: ExecOptions, signal?: AbortSignal): Promise<ExecResult> {
  const container = docker.getContainer(containerId);
  const mark = `${markVariable}=${randomUUID()}`;
  const hasInput = options.stdin !== undefined;
  const user = options.user === undefined ? {} : { User: options.user };
  const exec = await container.exec({
    Cmd: [...argv],
    AttachStdout: true,
    AttachStderr: true,
    AttachStdin: hasInput,
    Env: [...Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`), mark],
    ...user,
  });
  signal?.throwIfAborted();
  const stream = await exec.start(hasInput ? { hijack: true, stdin: true } : { Detach: false, Tty: false });
  if (options.stdin !== undefined) stream.end(options.stdin);
  const output = await collect(stream, options, signal);
  if (output.ended !== "by itself") {
    await endProcesses(container, mark, user).catch(() => undefined);
    signal?.throwIfAborted();
    throw new EngineError("timeout", `${argv[0] ?? "The program"} did not end within ${options.timeoutMs} ms.`);
  }
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, stdout: output.stdout, stderr: output.stderr };
}

async function endProcesses(container: Docker.Container, mark: string, user: { User?: string }): Promise<void> {
  const exec = await container.exec({ Cmd: ["sh", "-c", endMarked, "sh", mark], AttachStdout: true, AttachStderr: true, ...user });
  (await exec.start({ Detach: false, Tty: false })).resume();
}

type Collected = { stdout: string; stderr: string; ended: "by itself" | "late" | "aborted" };

async function collect(stream: Duplex, options: ExecOptions, signal: AbortSignal | undefined): Promise<Collected> {
  const limit = options.maxOutputBytes ?? defaultOutputBytes;
  const parts: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  const size = { stdout: 0, stderr: 0 };
  let ended: Collected["ended"] = "by itself";
  const stop = (why: Collected["ended"]) => {
    ended = why;
    stream.destroy();
  };
  const abort = () => stop("aborted");
  const timer = setTimeout(() => stop("late"), options.timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    if (signal?.aborted === true) abort();
    for await (const frame of readFrames(stream)) {
      if (size[frame.stream] < limit) parts[frame.stream].push(Buffer.from(frame.payload.subarray(0, limit - size[frame.stream])));
      size[frame.stream] += frame.payload.length;
    }
  } catch (error) {
    if (ended === "by itself") throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
  return { stdout: Buffer.concat(parts.stdout).toString("utf8"), stderr: Buffer.concat(parts.stderr).toString("utf8"), ended };
}
