/** Where images come from: the official registries, or the lab when none answers and nobody declines. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { installPackages, mayInstall, missingPackages } from "./apt.mjs";
import { StartFailure } from "./failure.mjs";

const registries = ["https://registry-1.docker.io/v2/"];
const answerLimitMs = 10_000;
const labPackages = ["mmdebstrap", "docker-registry"];
const banner = (lines) => ["", "─".repeat(78), ...lines.map((line) => `  ${line}`), "─".repeat(78), ""].join("\n");

/** Whether a registry of official images answers in time; any HTTP answer counts. */
async function answersRegistry() {
  const asked = registries.map((url) => fetch(url, { signal: AbortSignal.timeout(answerLimitMs) }).then(() => true));
  return Promise.any(asked).catch(() => false);
}

/**
 * Decides the image source of a new installation, and gets the lab ready where it is the one.
 * @param {{ current: { kind: string } | null, choose: (kind: string) => Promise<void>, settings: object, say?: (text: string) => void }} options
 */
export async function settleImageSource({ current, choose, settings, say = console.log }) {
  const wanted = current !== null && settings.lab !== "always" ? current.kind : await decide(settings, say);
  if (wanted === "lab") await buildLab(settings, say);
  if (current === null || current.kind !== wanted) await choose(wanted);
  return wanted;
}

async function decide(settings, say) {
  if (settings.lab === "always") return "lab";
  if (await answersRegistry()) return "official";
  if (settings.lab === "never") {
    say(banner(["No registry answers within 10 s. --no-lab: going on with the official registries;", "projects can be created once one answers."]));
    return "official";
  }
  say(banner(["No registry of official images answers within 10 s.", "The lab can stand in: images built here from packages, some parts stand-ins.", "It is for trying and testing, never for people's data. The panel shows \"Lab\"."]));
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    say("There is no terminal to ask: going on with the lab (`--no-lab` declines).");
    return "lab";
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = (await terminal.question("Build and use the lab? [y/N] ")).trim().toLowerCase();
  terminal.close();
  if (answer === "y" || answer === "yes") return "lab";
  say("Going on with the official registries; projects can be created once one answers.");
  return "official";
}

async function buildLab({ root, mayInstallPackages }, say) {
  const missing = missingPackages(labPackages);
  if (missing.length > 0) {
    if (!mayInstallPackages || !mayInstall()) throw new StartFailure(`The lab needs ${missing.join(" and ")}: install them (Debian or Ubuntu: \`apt-get install ${missing.join(" ")}\`), or decline the lab with --no-lab.`);
    installPackages(missing, { say });
  }
  say("Getting the lab ready; from nothing this takes some minutes.");
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), "lab/build.ts"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new StartFailure("The lab could not be built: see above."))));
  });
}
