/** Builds what runs: the web process (Next.js, standalone) and the bundles of the worker and of the command line. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { StartFailure } from "./failure.mjs";

const inputFolders = ["app", "components", "lib", "prisma", "public"];
const inputFiles = ["next.config.ts", "postcss.config.mjs", "proxy.ts", "instrumentation.ts", "tsconfig.json", "package-lock.json", "bin/start/build.mjs"];
const ignored = /(^|\/)(generated|node_modules)\/|\.(test|fixture)\.tsx?$|\.md$/;
/** Lines stay short enough for a stack trace to point somewhere. */
const lineLimit = 200;
const bundles = { worker: "lib/worker/main.ts", cli: "lib/cli/main.ts" };

/** Hash of everything that the built output depends on. */
export function hashInputs(root) {
  const hash = createHash("sha256").update(process.version);
  const paths = [...inputFiles.filter((path) => existsSync(join(root, path))), ...inputFolders.flatMap((folder) => listFiles(root, folder))].sort();
  for (const path of paths) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function listFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !ignored.test(path));
}

const markerOf = (root) => join(root, "dist/inputs.sha256");

/** The hash that the built output was made from; null when there is none. */
export function builtHash(root) {
  return existsSync(markerOf(root)) ? readFileSync(markerOf(root), "utf8").trim() : null;
}

/**
 * Builds, unless the output is there and was made from the same inputs.
 * @returns {Promise<string>} hash of the inputs
 * @throws StartFailure with the end of the builder's output
 */
export async function ensureBuilt(root, { say = console.log } = {}) {
  const hash = hashInputs(root);
  if (builtHash(root) === hash) return hash;
  say("Building the panel; the first time this takes a minute or two.");
  rmSync(markerOf(root), { force: true });
  mkdirSync(join(root, "dist"), { recursive: true });
  await run(root, [process.execPath, "prisma/generate.mjs"]);
  await bundleAll(root);
  await run(root, [process.execPath, "node_modules/next/dist/bin/next", "build"], { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" });
  await completeStandalone(root);
  writeFileSync(markerOf(root), `${hash}\n`);
  return hash;
}

/** Next leaves what the browser loads beside the standalone folder: its server serves only what is inside. */
async function completeStandalone(root) {
  const standalone = join(root, ".next/standalone");
  for (const folder of [".next/server", "node_modules/next"]) await shrinkScripts(join(standalone, folder));
  cpSync(join(root, ".next/static"), join(standalone, ".next/static"), { recursive: true });
  if (existsSync(join(root, "public"))) cpSync(join(root, "public"), join(standalone, "public"), { recursive: true });
}

/**
 * V8 keeps the text of every script that is loaded, and one character beyond Latin-1 doubles all of it. Escaped and without comments
 * the same programs take some MiB less in the running web process.
 */
async function shrinkScripts(folder) {
  const { transform } = await import("esbuild");
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?js$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths) {
    const { code } = await transform(readFileSync(path, "utf8"), { charset: "ascii", minifyWhitespace: true, legalComments: "inline", lineLimit, sourcefile: path, logLevel: "error" });
    writeFileSync(path, code);
  }
}

/** One file for the worker and one for the command line; packages stay in node_modules. */
export async function bundleAll(root) {
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(bundles).map(([name, path]) => [name, path])),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: false,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["libsql", "pg", "@prisma/client", "@prisma/adapter-pg", "pino"],
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit,
    legalComments: "none",
    alias: { "server-only": emptyModuleIn(root) },
    plugins: [withoutUnused(root)],
    banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' },
    tsconfig: join(root, "tsconfig.json"),
    sourcemap: "linked",
    logLevel: "warning",
  });
}

const emptyModuleIn = (root) => join(root, "node_modules/server-only/empty.js");

/**
 * dockerode loads gRPC for sessions of image builds and SSH for engines afar. Basehold does neither, and without them the worker holds
 * 10 MiB less. zod brings its messages in fifty languages, of which English comes by another way.
 */
function withoutUnused(root) {
  const { resolve } = createRequire(join(root, "package.json"));
  return {
    name: "without-unused",
    setup(build) {
      build.onResolve({ filter: /^(dockerode|docker-modem)$/ }, ({ path }) => ({ path: resolve(path) }));
      build.onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer }) => (/node_modules\/zod\//.test(importer) ? { path: emptyModuleIn(root) } : null));
      build.onResolve({ filter: /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|ssh2)$/ }, () => ({ path: emptyModuleIn(root) }));
    },
  };
}

function run(root, [command, ...args], env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const output = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) return resolve();
      reject(new StartFailure(`${args.join(" ")} failed:\n${Buffer.concat(output).toString("utf8").trim().split("\n").slice(-60).join("\n")}`));
    });
  });
}
