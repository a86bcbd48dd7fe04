import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "@/lib/adapters/store/store-file.fixture";
import { ensureKeyFile, formatKeyFile, readKeyFile } from "./key-file";

const made = async () => {
  const path = join(makeFolder(), "worker/key-file");
  await ensureKeyFile(path);
  return path;
};

test("a new key file can be read by its owner alone", async () => {
  expect(statSync(await made()).mode & 0o777).toBe(0o400);
});

test("two starts at once agree on one key file", async () => {
  const path = join(makeFolder(), "key-file");
  await Promise.all(Array.from({ length: 8 }, () => ensureKeyFile(path)));
  const text = readFileSync(path, "utf8");
  await ensureKeyFile(path);
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("what is written is what is read", async () => {
  const path = await made();
  const content = readKeyFile(path);
  expect(formatKeyFile(content)).toBe(readFileSync(path, "utf8"));
  expect([...content.keks.keys()]).toEqual(["k1"]);
});

test.each([0o600, 0o440, 0o444, 0o644, 0o666])("a key file with the mode %o is refused, with the way out", async (mode) => {
  const path = await made();
  chmodSync(path, mode);
  expect(() => readKeyFile(path)).toThrow(`chmod 0400 ${path}`);
});

test("a missing key file is named", () => {
  expect(() => readKeyFile("/nowhere/key-file")).toThrow("The key file /nowhere/key-file is missing.");
});

function rewrite(path: string, change: (text: string) => string): void {
  const text = change(readFileSync(path, "utf8"));
  chmodSync(path, 0o600);
  writeFileSync(path, text);
  chmodSync(path, 0o400);
}

test.each<[string, (text: string) => string]>([
  ["the current key is not among the keys", (text) => text.replace("current k1", "current k9")],
  ["a key is too short", (text) => text.replace(/^(kek k1 .*).$/m, "$1")],
  ["the sealing key is gone", (text) => text.replace(/^sealing.*$/m, "")],
  ["it is empty", () => ""],
])("a damaged key file is refused: %s", async (_name, change) => {
  const path = await made();
  rewrite(path, change);
  expect(() => readKeyFile(path)).toThrow(/is damaged.*recovery kit/);
});

test("a key of equal bytes is refused as a sample", async () => {
  const path = await made();
  rewrite(path, (text) => text.replace(/^kek k1 .*$/m, `kek k1 ${Buffer.alloc(32, 7).toString("base64url")}`));
  expect(() => readKeyFile(path)).toThrow("published sample key");
});
