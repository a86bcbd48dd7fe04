import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Installs the packages of package-lock.json unless exactly they are installed already. Returns whether it installed.
 * A complete node_modules without our marker (someone ran `npm ci` by hand) counts as installed when npm's own copy of the lock agrees.
 */
export function ensurePackages(root, { say = console.log } = {}) {
  const lock = readFileSync(join(root, "package-lock.json"));
  const wanted = createHash("sha256").update(lock).digest("hex");
  const marker = join(root, "node_modules/.cache/basehold/packages.sha256");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return false;
  const isInstalled = isSameTree(JSON.parse(lock.toString("utf8")), join(root, "node_modules/.package-lock.json"));
  if (!isInstalled) {
    say("Installing the packages that package-lock.json names.");
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  }
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, wanted);
  return !isInstalled;
}

function isSameTree(lock, installedPath) {
  if (!existsSync(installedPath)) return false;
  const installed = JSON.parse(readFileSync(installedPath, "utf8")).packages;
  return Object.entries(lock.packages).every(([path, entry]) => path === "" || entry.optional === true || entry.devOptional === true || installed[path]?.version === entry.version);
}
