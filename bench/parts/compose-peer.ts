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

  /** Starts all of them, to stay until they are closed. */
  async up(): Promise<void> {
    await Promise.all(this.#folders.map(({ name, folder }) => this.#compose(name, folder, "up", "--detach", "--wait")));
  }

  /** Upstream's way to change the gateway: its file is edited, the container made anew, and waited for until it is healthy. Returns milliseconds. */
  async timeGatewayChange(edit: (folder: ExportedFolder) => void): Promise<number> {
    const [first] = this.#folders;
    if (first === undefined) throw new Error("No folder was unpacked.");
    const startedAt = performance.now();
    edit(first.folder);
    await this.#compose(first.name, first.folder, "up", "--detach", "--force-recreate", "--no-deps", "--wait", "api-gw");
    return performance.now() - startedAt;
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
