import { createReadStream, type ReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "./log";

/** An archive holds every secret of its project: what was not fetched by then is removed. */
export const exportLifetimeMs = 24 * 3_600_000;

const operationIdPattern = /^[a-z0-9]{1,64}$/;
const archiveNamePattern = /^[A-Za-z0-9._-]{1,120}$/;

export type StoredExport = { fileName: string; sizeBytes: number; open(): ReadStream };

/** Archives of exports on the worker's own disk: one folder per operation, 0700, with one file, 0600. */
export class ExportsFolder {
  constructor(private readonly root: string) {}

  /** Writes an archive. It is whole from the moment it has its name, and a repeated step replaces it. */
  async save(operationId: string, fileName: string, archive: Uint8Array): Promise<{ sizeBytes: number }> {
    const folder = this.#folderOf(operationId);
    if (!archiveNamePattern.test(fileName)) throw new Error("An archive's name holds letters, digits, dots, hyphens and underscores only.");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = join(folder, ".draft");
    await writeFile(draft, archive, { mode: 0o600 });
    await flush(draft);
    await rename(draft, join(folder, fileName));
    return { sizeBytes: archive.byteLength };
  }

  /** The archive of an operation; null when it was never made or has been removed. */
  async find(operationId: string): Promise<StoredExport | null> {
    const folder = this.#folderOf(operationId);
    const fileName = (await readdir(folder).catch(() => [])).find((name) => !name.startsWith("."));
    if (fileName === undefined) return null;
    const path = join(folder, fileName);
    return { fileName, sizeBytes: (await stat(path)).size, open: () => createReadStream(path) };
  }

  /** Removes archives that are older than their lifetime. */
  async sweep(now: Date, log: Pick<Log, "info">): Promise<void> {
    for (const operationId of await readdir(this.root).catch(() => [])) {
      const folder = join(this.root, operationId);
      const { mtimeMs } = await stat(folder);
      if (now.getTime() - mtimeMs < exportLifetimeMs) continue;
      await rm(folder, { recursive: true, force: true });
      log.info({ operationId }, "an export that nobody fetched any more was removed");
    }
  }

  #folderOf(operationId: string): string {
    if (!operationIdPattern.test(operationId)) throw new Error("That is not the id of an operation.");
    return join(this.root, operationId);
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
