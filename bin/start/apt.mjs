import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { StartFailure } from "./failure.mjs";

/** Whether this is a machine on which Basehold installs by itself: Debian or Ubuntu, as root. */
export function mayInstall() {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

/** Packages of `names` that are not installed. */
export function missingPackages(names) {
  const query = spawnSync("dpkg-query", ["--show", "--showformat", "${Package} ${db:Status-Status}\n", ...names], { encoding: "utf8" });
  const installed = new Set((query.stdout ?? "").split("\n").filter((line) => line.endsWith(" installed")).map((line) => line.split(" ")[0]));
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs Debian packages that are missing, without letting a package start a service of its own accord on a machine without systemd.
 * @throws StartFailure when a package cannot be installed
 */
export function installPackages(names, { say = console.log } = {}) {
  const missing = missingPackages(names);
  if (missing.length === 0) return;
  say(`Installing with apt: ${missing.join(", ")}.`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = () => execFileSync("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", ...missing], { env, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8", maxBuffer: 64 << 20 });
  try {
    execFileSync("apt-get", ["update", "--quiet"], { env, stdio: ["ignore", "pipe", "pipe"] });
    install();
  } catch (error) {
    const lines = String(error.stderr ?? error.message).trim().split("\n").slice(-6).join("\n");
    throw new StartFailure(`apt-get could not install ${missing.join(", ")}:\n${lines}`);
  }
}
