/** What `npm test` and `npm run test:long` need of a machine, and how they run Vitest. */
import { join } from "node:path";
import { installPackages, mayInstall } from "../bin/start/apt.mjs";
import { ensurePackages } from "../bin/start/packages.mjs";
import { outputFolder, root } from "./phase.mjs";

const systemPackages = ["docker.io", "iptables", "chromium", "fonts-liberation", "mmdebstrap", "docker-registry", "python3", "python3-pip", "postgresql", "nginx-light", "busybox-static", "openssl", "ca-certificates", "tar", "util-linux"];

export const minuteMs = 60_000;
export const binary = (name) => join(root, "node_modules/.bin", name);
export const report = (name) => join(outputFolder, `${name}.json`);

/** Installs Debian's packages where it may, and Node's. */
export function prepareMachine() {
  if (mayInstall()) installPackages(systemPackages);
  ensurePackages(root);
}

export const generate = { name: "generate", command: [process.execPath, "prisma/generate.mjs"], limitMs: 2 * minuteMs };
export const lab = { name: "lab", command: [binary("tsx"), "lab/build.ts"], limitMs: 20 * minuteMs };

/** Vitest's projects as one phase, with a report to count from. */
export function vitest(name, limitMs, projects = [name]) {
  return {
    name,
    command: [binary("vitest"), "run", ...projects.flatMap((project) => ["--project", project]), "--reporter=default", "--reporter=json", `--outputFile.json=${report(name)}`],
    limitMs,
    report: report(name),
  };
}
