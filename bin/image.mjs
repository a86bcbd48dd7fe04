/**
 * `npm run image`: the container image `basehold:local` out of what `npm run build` made. The container build itself needs no network
 * and no npm: it copies a folder that is put together here.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ensureBuilt } from "./start/build.mjs";
import { StartFailure } from "./start/failure.mjs";
import { memoryEnvironment, nodeFlags } from "./start/lean-node.mjs";
import { ensurePackages } from "./start/packages.mjs";

const root = resolve(import.meta.dirname, "..");
const context = join(root, "dist/image");
const tag = "basehold:local";

try {
  ensurePackages(root);
  await ensureBuilt(root);
  assemble();
  const base = process.env.BASE_IMAGE ?? "";
  execFileSync("docker", ["build", "--quiet", "--tag", tag, "--file", join(root, "Dockerfile"), ...(base === "" ? [] : ["--build-arg", `BASE_IMAGE=${base}`]), context], { stdio: ["ignore", "ignore", "inherit"] });
  console.log(`Built ${tag}. Start it: docker compose -f docker-compose.panel.yml up -d`);
} catch (error) {
  console.error(error instanceof StartFailure ? error.message : error.code === "ENOENT" ? "There is no `docker` command on this machine." : error);
  process.exitCode = 1;
} finally {
  rmSync(context, { recursive: true, force: true });
}

/** Web as Next left it, the two bundles, and of the packages those that the bundles load. */
function assemble() {
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  const copy = (from, to = from) => cpSync(join(root, from), join(context, to), { recursive: true, verbatimSymlinks: true });
  copy(".next/standalone", "web");
  for (const path of ["package.json", "prisma/migrations", "bin", "dist/worker.mjs", "dist/cli.mjs"]) copy(path);
  for (const path of packagesOf(["dist/worker.mjs", "dist/cli.mjs"])) {
    cpSync(join(root, path), join(context, path), { recursive: true, filter: (source) => !source.slice(join(root, path).length).includes("/node_modules") });
  }
  writeFileSync(join(context, "start"), startScript(), { mode: 0o755 });
}

/** Starts a part under the same flags and environment as `npm run up` does: neither can be set from inside a running Node. */
function startScript() {
  const cases = Object.entries(nodeFlags).map(([part, flags]) => `  ${part}) flags="${flags.join(" ")}" ;;`);
  const variables = Object.entries(memoryEnvironment).map(([name, value]) => `export ${name}="\${${name}:-${value}}"`);
  return ["#!/bin/sh", ...variables, 'case "$1" in', ...cases, "  *) flags= ;;", "esac", 'exec node $flags bin/container.mjs "$@"', ""].join("\n");
}

/** Folders of the packages that the programs load, with all that those depend on, as package-lock.json has them. */
function packagesOf(programs) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const found = new Set();
  const add = (name, from) => {
    const path = placeOf(name, from, packages);
    // Optional packages for other systems are in the lock file only.
    if (path === null || found.has(path) || !existsSync(join(root, path))) return;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packages[path];
    const peers = Object.keys(peerDependencies ?? {}).filter((peer) => peerDependenciesMeta?.[peer]?.optional !== true);
    for (const needed of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) add(needed, path);
  };
  for (const program of programs) for (const name of loadedBy(readFileSync(join(root, program), "utf8"))) add(name, "");
  return found;
}

/** The nearest folder of that name on the way up, as Node looks for it; null when there is none. */
function placeOf(name, from, packages) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === "") return null;
  }
}

function loadedBy(text) {
  const specifiers = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|(?:\b|__)require\d*\(\s*)["']([^"'\n]+)["']/g)].map(([, specifier]) => specifier);
  return new Set(specifiers.filter((specifier) => /^(@[\w.-]+\/)?[\w.-]+/.test(specifier) && !specifier.startsWith("node:")).map((specifier) => specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/")));
}
