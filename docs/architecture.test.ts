import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const text = readFileSync(join(import.meta.dirname, "architecture.md"), "utf8");
const rules = createRequire(import.meta.url)("../.ci/rooms.cjs") as Record<string, string[]>;

/** Rows of the table of rooms: room → what it may import from. */
function documentedRooms(): Record<string, string[]> {
  const rows = text.split("\n").filter((line) => /^\| `(lib\/|components|app)/.test(line)).map((line) => line.split("|").map((cell) => cell.trim()));
  return Object.fromEntries(rows.map(([, room = "", , imports = ""]) => [room.replaceAll("`", ""), [...imports.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name)]));
}

test("the table of rooms says what the import rules enforce", () => {
  expect(documentedRooms()).toEqual(rules);
});

test("every folder of lib is a room, and every room is there", () => {
  const folders = readdirSync(join(root, "lib"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => `lib/${entry.name}`);
  expect(Object.keys(rules).filter((room) => room.startsWith("lib/")).sort()).toEqual(folders.sort());
});

test.each(["README.md", "CONTRIBUTING.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)])("every file that %s names exists", (document) => {
  const content = readFileSync(join(root, document), "utf8");
  const named = [...content.matchAll(/`((?:lib|app|components|bin|lab|e2e|bench|docs|prisma|\.ci)\/[\w./[\]()-]+\.(?:ts|tsx|mjs|cjs|md|yml|json))`/g)].map(([, path = ""]) => path);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
