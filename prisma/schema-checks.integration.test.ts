import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "@/lib/adapters/store/store-file.fixture";

const root = join(import.meta.dirname, "..");
const run = (folder: string, script: string, ...args: string[]) => execFileSync(process.execPath, [join(folder, "prisma", script), ...args], { cwd: folder, encoding: "utf8", stdio: "pipe" });

/** A copy of prisma/ in which a test may change the schema. */
function copyWith(change: (schema: string) => string): string {
  const folder = makeFolder();
  mkdirSync(join(folder, "prisma"));
  cpSync(join(root, "prisma"), join(folder, "prisma"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const path = join(folder, "prisma/schema.prisma");
  writeFileSync(path, change(readFileSync(path, "utf8")));
  return folder;
}

const withNickname = (schema: string) => schema.replace("model User {", "model User {\n  nickname String?");

test("the PostgreSQL schema is the one that the SQLite schema gives", () => {
  expect(run(root, "generate.mjs", "--check")).toBe("");
});

test("every change of the schema is carried by a migration", () => {
  expect(run(root, "new-migration.mjs", "--check")).toBe("");
});

test("a changed schema fails both checks, and says what to run", () => {
  const folder = copyWith(withNickname);
  expect(() => run(folder, "generate.mjs", "--check")).toThrow(/schema\.postgres\.prisma is stale/);
  expect(() => run(folder, "new-migration.mjs", "--check")).toThrow(/no migration carries/);
});

test("a new migration holds the change for both databases, and keeps what is written by hand in the one before", () => {
  const folder = copyWith(withNickname);
  const postgres = join(folder, "prisma/schema.postgres.prisma");
  writeFileSync(postgres, withNickname(readFileSync(postgres, "utf8")));
  run(folder, "new-migration.mjs", "nickname");
  const names = { sqlite: /ALTER TABLE "User" ADD COLUMN\s+"nickname" TEXT/, postgres: /ALTER TABLE "User" ADD COLUMN\s+"nickname" TEXT/ };
  for (const [dialect, expected] of Object.entries(names)) {
    const last = execFileSync("ls", [join(folder, "prisma/migrations", dialect)], { encoding: "utf8" }).trim().split("\n").at(-1) ?? "";
    expect(last).toMatch(/^\d{4}_nickname$/);
    expect(readFileSync(join(folder, "prisma/migrations", dialect, last, "migration.sql"), "utf8")).toMatch(expected);
  }
  run(folder, "new-migration.mjs", "--check");
});
