import { statSync, utimesSync } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "@/lib/adapters/store/store-file.fixture";
import { ExportsFolder, exportLifetimeMs } from "./exports-folder";

const quiet = { info: () => undefined };

test("an archive comes back as it was saved, and only its owner can read it", async () => {
  const root = makeFolder();
  const exports = new ExportsFolder(root);
  await exports.save("op1", "shop-export.tar.gz", Buffer.from("first"));
  await exports.save("op1", "shop-export.tar.gz", Buffer.from("again"));
  const found = await exports.find("op1");
  expect(found).toMatchObject({ fileName: "shop-export.tar.gz", sizeBytes: 5 });
  expect((await buffer(found?.open() ?? Readable.from([]))).toString()).toBe("again");
  expect(statSync(join(root, "op1")).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, "op1/shop-export.tar.gz")).mode & 0o777).toBe(0o600);
});

test("an archive is removed when its day is over, and not before", async () => {
  const root = makeFolder();
  const exports = new ExportsFolder(root);
  await exports.save("op1", "a.tar.gz", Buffer.from("x"));
  const savedAt = new Date("2026-01-01T00:00:00Z");
  utimesSync(join(root, "op1"), savedAt, savedAt);
  await exports.sweep(new Date(savedAt.getTime() + exportLifetimeMs - 1), quiet);
  expect(await exports.find("op1")).not.toBeNull();
  await exports.sweep(new Date(savedAt.getTime() + exportLifetimeMs), quiet);
  expect(await exports.find("op1")).toBeNull();
});

test.each(["../key-file", "a/b", "", "..", "A"])("%j is no operation and reaches no file", async (id) => {
  const exports = new ExportsFolder(makeFolder());
  await expect(exports.find(id)).rejects.toThrow("not the id of an operation");
  await expect(exports.save(id, "a", Buffer.from("x"))).rejects.toThrow("not the id of an operation");
});

test.each(["../x", "a/b", "", "a b"])("%j is no name of an archive", async (name) => {
  await expect(new ExportsFolder(makeFolder()).save("op1", name, Buffer.from("x"))).rejects.toThrow("archive's name");
});
