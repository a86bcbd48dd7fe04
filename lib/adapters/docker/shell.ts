import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { EngineError, type EngineShell, type ShellResult, type ShellTask } from "@/lib/engine/port";
import { frameTask } from "@/lib/engine/shell-task";
import { readFrames } from "./streams";

const maxOutputBytes = 64 << 20;
/** Longer than what comes after a task's output. */
const tailLength = 200;

type Waiting = { mark: string; parts: string[]; sizeBytes: number; resolve(result: ShellResult): void; reject(error: Error): void };

/** A `sh` in a container that takes one task after the other on its standard input. Each is told apart by a mark that nobody can guess. */
export class DockerShell implements EngineShell {
  #last: Promise<unknown> = Promise.resolve();
  #waiting: Waiting | null = null;
  #isOpen = true;

  private constructor(private readonly stream: Duplex & Partial<Pick<Socket, "unref">>) {
    // Reading tells what went wrong; and a shell that waits keeps no process alive.
    stream.on("error", () => undefined);
    stream.unref?.();
    void this.#listen();
  }

  static async open(docker: Docker, containerId: string): Promise<DockerShell> {
    const exec = await docker.getContainer(containerId).exec({ Cmd: ["sh"], AttachStdin: true, AttachStdout: true, AttachStderr: true });
    return new DockerShell(await exec.start({ hijack: true, stdin: true }));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  run(task: ShellTask, signal?: AbortSignal): Promise<ShellResult> {
    const turn = this.#last.then(() => this.#run(task, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#end(new EngineError("other", "The shell was closed."));
  }

  async #run(task: ShellTask, signal?: AbortSignal): Promise<ShellResult> {
    signal?.throwIfAborted();
    if (!this.#isOpen) throw new EngineError("other", "The shell has ended.");
    const mark = randomBytes(16).toString("hex");
    const abort = () => this.#end(signal?.reason instanceof Error ? signal.reason : new EngineError("aborted", "The call was cancelled."));
    // What runs past its time cannot be told from what comes next: the whole shell goes.
    const timer = setTimeout(() => this.#end(new EngineError("timeout", `The shell did not answer within ${task.timeoutMs} ms.`)), task.timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await new Promise<ShellResult>((resolve, reject) => {
        this.#waiting = { mark, parts: [], sizeBytes: 0, resolve, reject };
        this.stream.write(`${frameTask(task, mark)}printf '\\n%s %s\\n' ${mark} $?\n`);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      this.#waiting = null;
    }
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const { payload } of readFrames(this.stream)) this.#take(decoder.decode(payload, { stream: true }));
      this.#end(new EngineError("other", "The shell has ended."));
    } catch (error) {
      this.#end(new EngineError("other", "The shell has ended.", "", { cause: error }));
    }
  }

  #take(text: string): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    waiting.parts.push(text);
    waiting.sizeBytes += text.length;
    if (waiting.sizeBytes > maxOutputBytes) return this.#end(new EngineError("other", "The shell said more than can be read."));
    const tail = text.length >= tailLength ? text : waiting.parts.slice(-tailLength).join("");
    const end = new RegExp(`\\n${waiting.mark} (\\d+)\\n$`).exec(tail);
    if (end === null) return;
    waiting.resolve({ exitCode: Number(end[1]), output: waiting.parts.join("").slice(0, -end[0].length) });
  }

  #end(error: Error): void {
    this.#isOpen = false;
    this.#waiting?.reject(error);
    this.stream.destroy();
  }
}
