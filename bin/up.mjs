/**
 * `npm run up`: from a clone to a running panel. Run again it changes nothing that is as it should be.
 * Plain JavaScript on Node's own modules, since it runs before any package is installed.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync, realpathSync, existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ensureBuilt, hashInputs } from "./start/build.mjs";
import { giveStoreTo, placeWeb, prepareDataFolder } from "./start/data-folder.mjs";
import { ensureEngine } from "./start/engine.mjs";
import { StartFailure } from "./start/failure.mjs";
import { settleImageSource } from "./start/images.mjs";
import { askCli, programsOf, welcome, workerEnvironment } from "./start/installation.mjs";
import { ensurePackages } from "./start/packages.mjs";
import { refuseTakenPort } from "./start/port.mjs";
import { claimRunning, readRunning, releaseRunning, stopRunning } from "./start/running.mjs";
import { installUnit } from "./start/service-unit.mjs";
import { readSettings, usage } from "./start/settings.mjs";
import { removeStaleSocket, waitUntilUp } from "./start/supervise.mjs";
import { superviseUntilAsked } from "./start/supervise-plan.mjs";
import { ensureWebUser } from "./start/web-user.mjs";

const root = resolve(import.meta.dirname, "..");

try {
  await up();
} catch (error) {
  console.error(error instanceof StartFailure ? `\n${error.message}` : error);
  process.exitCode = 1;
}

async function up() {
  refuseOldNode();
  const settings = readSettings(root);
  if (settings.isHelp) return console.log(usage);
  const runFolder = existsSync(settings.dataFolder) ? join(realpathSync(settings.dataFolder), "run") : null;
  if (settings.isStop) return stop(runFolder);
  const running = runFolder === null ? null : readRunning(runFolder);
  if (running?.isUp) return greetRunning(settings, running);
  const prepared = await prepare(settings);
  if (settings.isService) return serve(prepared);
  const plan = planOf(prepared);
  if (settings.isDetached) return runDetached(prepared, plan);
  await superviseUntilAsked(plan, { onUp: () => greet(prepared, "Ctrl-C stops web and worker; projects keep running.") });
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new StartFailure(`Basehold needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

async function stop(runFolder) {
  if (runFolder === null || readRunning(runFolder) === null) return console.log("Nothing runs here.");
  if (!(await stopRunning(runFolder))) throw new StartFailure("It did not stop in time.");
  console.log("Stopped web and worker; projects keep running.");
}

/** Everything before the two processes start. Holds the installation while it does. */
async function prepare(settings) {
  ensurePackages(root);
  const hash = await ensureBuilt(root);
  const engine = await ensureEngine({ mayInstallEngine: settings.mayInstallPackages });
  const user = ensureWebUser();
  const paths = prepareDataFolder(settings, user);
  const other = claimRunning(paths.run, { port: settings.port, hash, url: settings.url.origin, isUp: false });
  if (other !== null) throw new StartFailure(`Another \`npm run up\` (process ${other.pid}) is starting this installation.`);
  await refuseTakenPort(settings);
  await removeStaleSocket(paths.socket);
  const environment = workerEnvironment(settings, paths, user, engine);
  const done = await askCli(settings, environment, ["migrate"]);
  if (done !== "") console.log(done);
  giveStoreTo(user, paths);
  const current = JSON.parse(await askCli(settings, environment, ["image-source"]));
  const imageSource = await settleImageSource({ current, choose: (kind) => askCli(settings, environment, ["image-source", "set", kind]), settings });
  giveStoreTo(user, paths);
  const web = placeWeb(root, hash, user, paths);
  return { settings, paths, user, hash, environment, imageSource, web };
}

function planOf({ settings, paths, user, hash, environment, web }) {
  return {
    programs: programsOf(settings, paths, user, web, environment),
    logFolder: paths.logs,
    runFolder: paths.run,
    record: { port: settings.port, hash, url: settings.url.origin },
    wait: { port: settings.port, listen: settings.listen, socketPath: paths.socket, logFolder: paths.logs },
  };
}

async function greet(prepared, last) {
  const { settings, environment } = prepared;
  const setUpLink = await askCli(settings, environment, ["setup-link"]);
  console.log(`\nBasehold runs.\n\n${welcome({ ...prepared, setUpLink })}\n`);
  if (settings.firstProject !== undefined) await createFirstProject(settings, environment);
  console.log(last);
}

async function createFirstProject(settings, environment) {
  console.log(`Creating the project ${settings.firstProject}; it is ready when its contract passes from outside.`);
  const { url, publishableKey, secretsFile } = JSON.parse((await askCli(settings, environment, ["first-project", settings.firstProject])).split("\n").at(-1));
  console.log(`\n  URL              ${url}\n  Publishable key  ${publishableKey}\n  Secrets          ${secretsFile} (only for your eyes: mode 0600)\n`);
}

/** A second run while the first goes on: says so, and changes nothing. */
async function greetRunning(settings, running) {
  const user = ensureWebUser();
  const paths = prepareDataFolder(settings, user);
  const environment = workerEnvironment(settings, paths, user, null);
  console.log(`\nBasehold runs already (process ${running.pid}); nothing was changed.`);
  if (running.url !== settings.url.origin || running.port !== settings.port) console.log(`It runs at ${running.url}, port ${running.port}. Another address or port needs a stop first.`);
  if (running.hash !== hashInputs(root)) console.log("The code has changed since it started: `npm run up -- --stop`, then `npm run up`, puts it into force.");
  const imageSource = JSON.parse(await askCli(settings, environment, ["image-source"]))?.kind;
  console.log(`\n${welcome({ settings: { ...settings, port: running.port, url: new URL(running.url) }, paths, user, setUpLink: "", imageSource })}\n`);
  console.log("While there is no owner yet, `npx basehold setup-link` prints a new set-up link and ends the one before.");
  if (settings.firstProject !== undefined) await createFirstProject(settings, environment);
}

/** Hands the plan to a process of its own and waits until all is up. */
async function runDetached(prepared, plan) {
  const planPath = join(plan.runFolder, "plan.json");
  writeFileSync(planPath, JSON.stringify(plan), { mode: 0o600 });
  const log = openSync(join(plan.logFolder, "supervisor.log"), "a", 0o600);
  const child = spawn(process.execPath, [join(root, "bin/start/supervise-plan.mjs"), planPath], { cwd: root, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  child.unref();
  await waitUntilUp(plan.wait);
  await greet(prepared, "It runs in the background: `npm run up -- --stop` stops web and worker; projects keep running.");
}

async function serve(prepared) {
  const { settings, paths } = prepared;
  releaseRunning(paths.run);
  const unit = installUnit(settings, paths);
  await waitUntilUp(planOf(prepared).wait);
  await greet(prepared, `systemd runs it as ${unit}, now and after each reboot: \`systemctl stop ${unit}\` stops web and worker; projects keep running.`);
}
