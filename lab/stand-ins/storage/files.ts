import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, mkdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { invalid, tooLarge } from "./errors";

export interface FileAddress {
  bucket: string;
  name: string;
  version: string;
}

export interface WrittenFile {
  sizeBytes: number;
  etag: string;
}

const keyPattern = /^[\w/!\-.*'() &$@=;:+,?]+$/;
const bucketPattern = /^[\w!\-.*'() &$@=;:+,?]+$/;

/** Refuses names that the Storage API refuses, and those that would leave the folder. */
export function checkKey(name: string): string {
  const isPlain = name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!keyPattern.test(name) || !isPlain || name.length > 1_024) throw invalid(`Invalid key: ${name}`);
  return name;
}

/** Refuses names of buckets likewise. */
export function checkBucket(name: string): string {
  if (!bucketPattern.test(name) || name === "." || name === ".." || name.length > 100 || name.trim() !== name) throw invalid("Bucket name invalid");
  return name;
}

/** Files on the volume, each under its object's name with the version as the last part. */
export class FileBackend {
  constructor(private readonly root: string) {}

  private pathOf({ bucket, name, version }: FileAddress): string {
    return join(this.root, checkBucket(bucket), ...checkKey(name).split("/"), checkBucket(version));
  }

  /** Writes a stream; what is larger than the limit leaves nothing behind. */
  async write(address: FileAddress, source: Readable, limitBytes: number): Promise<WrittenFile> {
    const path = this.pathOf(address);
    const unfinished = `${path}.part`;
    await mkdir(dirname(path), { recursive: true });
    const hash = createHash("md5");
    let sizeBytes = 0;
    const meter = new Transform({
      transform: (chunk: Buffer, _encoding, next) => {
        sizeBytes += chunk.length;
        hash.update(chunk);
        next(sizeBytes > limitBytes ? tooLarge() : null, chunk);
      },
    });
    try {
      await pipeline(source, meter, createWriteStream(unfinished));
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      await this.remove(address);
      throw error;
    }
    return { sizeBytes, etag: `"${hash.digest("hex")}"` };
  }

  /** Reads a file, or the part between two offsets, both inclusive. */
  read(address: FileAddress, range?: { start: number; end: number }): Readable {
    return createReadStream(this.pathOf(address), range ?? {});
  }

  async copy(from: FileAddress, to: FileAddress): Promise<void> {
    const target = this.pathOf(to);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(this.pathOf(from), target);
  }

  /** Removes a file and the folders that it leaves empty; one that is gone already is fine. */
  async remove(address: FileAddress): Promise<void> {
    const path = this.pathOf(address);
    await rm(path, { force: true });
    for (let folder = dirname(path); folder.length > this.root.length; folder = dirname(folder)) {
      const isRemoved = await rmdir(folder).then(() => true, () => false);
      if (!isRemoved) return;
    }
  }
}
