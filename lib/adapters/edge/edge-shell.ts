import { randomBytes } from "node:crypto";
import { EngineError, type EdgeEnginePort, type EngineShell, type ShellResult, type ShellTask } from "@/lib/engine/port";
import { frameTask } from "@/lib/engine/shell-task";

const maxOutputBytes = 64 << 20;

/** Commands inside the edge's container: in a shell that stays open, and by an exec each where that cannot be had. */
export class EdgeShell {
  #open: { id: string; shell: EngineShell } | null = null;

  constructor(private readonly engine: EdgeEnginePort) {}

  async run(id: string, task: ShellTask, signal?: AbortSignal): Promise<ShellResult> {
    try {
      return await (await this.#shellIn(id, signal)).run(task, signal);
    } catch (error) {
      signal?.throwIfAborted();
      // A shell that ended between two tasks says nothing of the container; every task here may be done twice.
      if (!(error instanceof EngineError) || error.kind === "timeout" || error.kind === "unreachable") throw error;
    }
    const mark = randomBytes(16).toString("hex");
    const { exitCode, stdout } = await this.engine.exec(id, ["sh"], { stdin: frameTask(task, mark), timeoutMs: task.timeoutMs, maxOutputBytes }, signal);
    return { exitCode, output: stdout };
  }

  async #shellIn(id: string, signal?: AbortSignal): Promise<EngineShell> {
    if (this.#open !== null && this.#open.id === id && this.#open.shell.isOpen) return this.#open.shell;
    this.#open?.shell.close();
    this.#open = null;
    const shell = await this.engine.openShell(id, signal);
    this.#open = { id, shell };
    return shell;
  }
}
