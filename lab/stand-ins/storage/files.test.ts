import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseSize } from "./buckets";
import { readRange } from "./download";
import { StorageError } from "./errors";
import { checkBucket, checkKey, FileBackend } from "./files";

let root: string;
let files: FileBackend;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lab-storage-"));
  files = new FileBackend(root);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const address = { bucket: "photos", name: "a/b.txt", version: "v1" };

describe("names", () => {
  it("no name that is taken leads out of its folder", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("..", ".", "", "a", "b.txt", "%2e%2e", "\\", "\0", "c d"), { minLength: 1, maxLength: 5 }), (parts) => {
        const name = parts.join("/");
        try {
          checkKey(name);
        } catch {
          return;
        }
        expect(join("/root", name).startsWith("/root/")).toBe(true);
      }),
    );
  });

  it("a bucket's name has no slash and is no folder of the file system", () => {
    for (const name of ["a/b", "..", ".", "", "a".repeat(101), " a", "käse"]) expect(() => checkBucket(name), name).toThrow(StorageError);
    expect(checkBucket("my-bucket.1")).toBe("my-bucket.1");
  });
});

describe("the file backend", () => {
  it("gives back what was written, whole or in part", async () => {
    const written = await files.write(address, Readable.from([Buffer.from("hello "), Buffer.from("world")]), 100);
    expect(written).toEqual({ sizeBytes: 11, etag: '"5eb63bbbe01eeed093cb22bb8f5acdc3"' });
    expect(await text(files.read(address))).toBe("hello world");
    expect(await text(files.read(address, { start: 6, end: 8 }))).toBe("wor");
  });

  it("a file above the limit leaves nothing behind", async () => {
    await expect(files.write(address, Readable.from([Buffer.alloc(60), Buffer.alloc(60)]), 100)).rejects.toThrow("maximum allowed size");
    expect(readdirSync(root)).toEqual([]);
  });

  it("removing the last file removes its folders, and another object under them stays", async () => {
    const other = { ...address, name: "a/c.txt" };
    for (const each of [address, other]) await files.write(each, Readable.from([Buffer.from("x")]), 10);
    await files.remove(address);
    expect(await text(files.read(other))).toBe("x");
    await files.remove(other);
    await files.remove(other);
    expect(existsSync(join(root, "photos"))).toBe(false);
  });
});

describe("ranges and sizes", () => {
  it("a range never reaches beyond the file", () => {
    expect(readRange("bytes=0-3", 10)).toEqual({ start: 0, end: 3 });
    expect(readRange("bytes=8-", 10)).toEqual({ start: 8, end: 9 });
    expect(readRange("bytes=-4", 10)).toEqual({ start: 6, end: 9 });
    expect(readRange("bytes=5-99", 10)).toEqual({ start: 5, end: 9 });
    expect(readRange("bytes=0-1,4-5", 10)).toBeUndefined();
    expect(() => readRange("bytes=10-", 10)).toThrow("not satisfiable");
  });

  it("sizes are read as people write them", () => {
    expect([parseSize("50MB"), parseSize("1.5 kib"), parseSize(7), parseSize(null)]).toEqual([50_000_000, 1_536, 7, null]);
    expect(() => parseSize("much")).toThrow("size limit");
  });
});
