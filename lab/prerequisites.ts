import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "./run";

/** Program → Debian package. */
const needed: Record<string, string> = { mmdebstrap: "mmdebstrap", "docker-registry": "docker-registry", python3: "python3", tar: "tar" };

async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = await Promise.all(folders.map((folder) => access(join(folder, program), constants.X_OK).then(() => true, () => false)));
  return found.includes(true);
}

async function hasPip(): Promise<boolean> {
  return run("python3", ["-m", "pip", "--version"]).then(() => true, () => false);
}

async function missingPackages(): Promise<string[]> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(needed)) if (!(await isOnPath(program))) missing.push(name);
  if (!(await hasPip())) missing.push("python3-pip");
  return missing;
}

/** Installs what the lab is built with, on Debian as root; says what is missing anywhere else. */
export async function installPrerequisites(say: (line: string) => void): Promise<void> {
  const missing = await missingPackages();
  if (process.getuid?.() !== 0) throw new Error("The lab makes Debian roots, which takes root. Run `sudo npm run lab`.");
  if (missing.length === 0) return;
  if (!(await isOnPath("apt-get"))) throw new Error(`The lab needs ${missing.join(", ")}, and there is no apt-get here to install them with.`);
  say(`installing ${missing.join(", ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env });
}
