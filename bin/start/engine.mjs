/** Finds a Docker engine, or installs and starts one where Basehold may. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { installPackages, mayInstall } from "./apt.mjs";
import { StartFailure } from "./failure.mjs";

const defaultSocket = "/var/run/docker.sock";
const pidPath = "/var/run/docker.pid";
const logPath = "/var/log/basehold-dockerd.log";
const enginePackages = ["docker.io", "iptables"];
const startLimitMs = 60_000;

/**
 * The engine that answers: at DOCKER_HOST, at the usual socket, or at the one of a rootless engine.
 * @returns {Promise<{ address: string, apiVersion: string } | { problem: string }>}
 */
export async function findEngine(env = process.env) {
  if ((env.DOCKER_HOST ?? "") !== "") return findRemote(env.DOCKER_HOST);
  const rootless = env.XDG_RUNTIME_DIR === undefined ? [] : [`${env.XDG_RUNTIME_DIR}/docker.sock`];
  let problem = "No Docker engine answers on this machine.";
  for (const socketPath of [defaultSocket, ...rootless]) {
    const answer = await ping({ socketPath });
    if (answer.apiVersion !== undefined) return { address: `unix://${socketPath}`, apiVersion: answer.apiVersion };
    if (answer.code === "EACCES") problem = `The Docker socket ${socketPath} is there, but this user may not open it. Run as root, or add the user to the group docker (\`usermod -aG docker ${env.USER ?? "USER"}\`) and sign in again.`;
  }
  return { problem };
}

async function findRemote(address) {
  if (address.startsWith("unix://")) {
    const answer = await ping({ socketPath: address.slice("unix://".length) });
    return answer.apiVersion === undefined ? { problem: `No Docker engine answers at DOCKER_HOST=${address}.` } : { address, apiVersion: answer.apiVersion };
  }
  // A remote engine may want TLS, which the worker speaks: it says by itself when it cannot connect.
  return { address, apiVersion: "unknown" };
}

function ping(target) {
  return new Promise((resolve) => {
    const call = request({ ...target, path: "/_ping", timeout: 5_000 }, (response) => {
      response.resume();
      resolve({ apiVersion: response.headers["api-version"] });
    });
    call.once("timeout", () => call.destroy(new Error("no answer")));
    call.once("error", (error) => resolve({ code: error.code }));
    call.end();
  });
}

/**
 * An engine that answers; installed and started first where there is none and this is root on Debian or Ubuntu.
 * `dataRoot` keeps an engine that is started by hand apart from what an earlier one on this machine left: containers would start again with it.
 * @returns {Promise<{ address: string, apiVersion: string, startedPid?: number }>} `startedPid` when this call started dockerd by hand
 * @throws StartFailure that says what to do
 */
export async function ensureEngine({ mayInstallEngine = true, dataRoot, say = console.log } = {}) {
  const found = await findEngine();
  if (found.problem === undefined) return found;
  if (!mayInstallEngine || (process.env.DOCKER_HOST ?? "") !== "") throw new StartFailure(`${found.problem} Start one, or name one with DOCKER_HOST.`);
  if (!mayInstall()) throw new StartFailure(`${found.problem} As root on Debian or Ubuntu, Basehold installs one by itself; otherwise install Docker 20.10 or newer.`);
  if (!existsSync("/usr/sbin/dockerd") && !existsSync("/usr/bin/dockerd")) {
    say("There is no Docker engine here: installing docker.io from this system's packages (`--no-install` declines).");
    installPackages(enginePackages, { say });
  }
  return hasSystemd() ? startWithSystemd(say) : startByHand(say, dataRoot);
}

/** Whether systemd runs this machine, and not only lies on its disk. */
export function hasSystemd() {
  return existsSync("/run/systemd/system");
}

async function startWithSystemd(say) {
  say("Starting the Docker engine with systemd, now and after each reboot.");
  execFileSync("systemctl", ["enable", "--now", "docker.service"], { stdio: ["ignore", "ignore", "inherit"] });
  return waitForEngine(`systemd started docker.service, but it does not answer. \`journalctl -u docker\` says why.`);
}

async function startByHand(say, dataRoot) {
  say(`There is no systemd here: starting dockerd by hand. It keeps running; its log is ${logPath}.`);
  removeStalePid();
  const log = openSync(logPath, "a");
  const child = spawn("dockerd", dataRoot === undefined ? [] : ["--data-root", dataRoot], { stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  child.once("error", () => {});
  child.unref();
  const engine = await waitForEngine(`dockerd was started by hand, but does not answer. ${logPath} says why.`);
  return { ...engine, startedPid: child.pid };
}

/** dockerd refuses to start while its file names a process, even when that number belongs to another program by now. */
function removeStalePid() {
  if (!existsSync(pidPath)) return;
  const commandPath = `/proc/${readFileSync(pidPath, "utf8").trim()}/comm`;
  if (!existsSync(commandPath) || readFileSync(commandPath, "utf8").trim() !== "dockerd") rmSync(pidPath);
}

async function waitForEngine(failure) {
  const until = Date.now() + startLimitMs;
  while (Date.now() < until) {
    const found = await findEngine();
    if (found.problem === undefined) return found;
    await sleep(200);
  }
  throw new StartFailure(failure);
}
