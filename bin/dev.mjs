/**
 * `npm run dev`: web and worker from source, both under this user, restarted when a file changes. Its data lies in `.basehold-dev`
 * unless BASEHOLD_DATA says otherwise, so that it never touches what `npm run up` runs.
 */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { bundleAll } from "./start/build.mjs";
import { prepareDataFolder } from "./start/data-folder.mjs";
import { ensureEngine } from "./start/engine.mjs";
import { StartFailure } from "./start/failure.mjs";
import { settleImageSource } from "./start/images.mjs";
import { askCli, webEnvironment, welcome, workerEnvironment } from "./start/installation.mjs";
import { ensurePackages } from "./start/packages.mjs";
import { refuseTakenPort } from "./start/port.mjs";
import { readSettings } from "./start/settings.mjs";
import { removeStaleSocket, waitUntilUp } from "./start/supervise.mjs";

const root = resolve(import.meta.dirname, "..");
const binary = (name) => join(root, "node_modules/.bin", name);
const user = { uid: process.getuid(), gid: process.getgid(), isSeparate: false };

try {
  await dev();
} catch (error) {
  console.error(error instanceof StartFailure ? `\n${error.message}` : error);
  process.exitCode = 1;
}

async function dev() {
  const settings = readSettings(root, process.argv.slice(2), { ...process.env, BASEHOLD_DATA: process.env.BASEHOLD_DATA ?? join(root, ".basehold-dev") });
  ensurePackages(root);
  await generate();
  await bundleAll(root);
  const engine = await ensureEngine({ mayInstallEngine: settings.mayInstallPackages });
  const paths = prepareDataFolder(settings, user);
  await refuseTakenPort(settings);
  await removeStaleSocket(paths.socket);
  const environment = { ...workerEnvironment(settings, paths, user, engine), NODE_ENV: "development" };
  await askCli(settings, environment, ["migrate"]);
  const current = JSON.parse(await askCli(settings, environment, ["image-source"]));
  const imageSource = await settleImageSource({ current, choose: (kind) => askCli(settings, environment, ["image-source", "set", kind]), settings });
  const children = [
    start("worker", [binary("tsx"), "watch", "--clear-screen=false", "lib/worker/main.ts"], environment),
    start("web", [binary("next"), "dev", "--hostname", settings.listen, "--port", String(settings.port)], { ...process.env, ...webEnvironment(settings, paths), NODE_ENV: "development" }),
  ];
  await waitUntilUp({ port: settings.port, listen: settings.listen, socketPath: paths.socket, logFolder: paths.logs });
  const setUpLink = await askCli(settings, environment, ["setup-link"]);
  console.log(`\n${welcome({ settings, paths, user, setUpLink, imageSource })}\n\nCtrl-C stops both.`);
  await Promise.all(children);
}

async function generate() {
  const code = await start("generate", [process.execPath, "prisma/generate.mjs"], process.env);
  if (code !== 0) throw new StartFailure("The Prisma clients could not be generated: see above.");
}

/** The terminal's Ctrl-C reaches both children by itself, since they share its process group. */
function start(name, [command, ...args], env) {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => child.kill(signal));
    child.once("error", (error) => reject(new StartFailure(`${name} could not be started: ${error.message}`)));
    child.once("exit", (code) => done(code ?? 1));
  });
}
