import { execFile, execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpack, type ExportedFolder } from "@/e2e/panel/exported-folder";

const run = promisify(execFile);
const limitMs = 10 * 60_000;

/** The peer: Docker Compose, the program, on exported folders. Each has ports, a project name and volumes of its own. */
export class ComposePeer {
  readonly #program = execFileSync(process.execPath, [join(import.meta.dirname, "../build-compose.mjs")], { encoding: "utf8" }).trim();
  readonly #folders: { name: string; folder: ExportedFolder }[] = [];

  /** Unpacks the archive `count` times. */
  async unpack(archivePath: string, count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const folder = await unpack(archivePath, `${archivePath}.folder-${index}`);
      this.#folders.push({ name: `basehold-bench-${process.pid}-${index}`, folder });
    }
  }

  /** Starts all of them at once with fresh volumes, until Compose says that they are up; returns seconds. They are gone afterwards. */
  async timeUp(): Promise<number> {
    try {
      const startedAt = performance.now();
      await Promise.all(this.#folders.map(({ name, folder }) => this.#compose(name, folder, "up", "--detach", "--wait")));
      return (performance.now() - startedAt) / 1000;
    } finally {
      await this.#down();
    }
  }

  async close(): Promise<void> {
    await this.#down();
    for (const { folder } of this.#folders) rmSync(folder.path, { recursive: true, force: true });
  }

  async #down(): Promise<void> {
    await Promise.all(this.#folders.map(({ name, folder }) => this.#compose(name, folder, "down", "--volumes", "--timeout", "2")));
  }

  async #compose(name: string, folder: ExportedFolder, ...args: string[]): Promise<void> {
    await run(this.#program, ["--project-name", name, ...args], { cwd: folder.path, timeout: limitMs, maxBuffer: 16 << 20 });
  }
}
