/** Runs web and worker, starts again what ends by itself, and stops both cleanly. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartFailure } from "./failure.mjs";

const startLimitMs = 60_000;
const stopLimitMs = 20_000;
const keptLogBytes = 20 << 20;
/** After an end that nobody asked for: long enough to be no busy loop, short enough for a person who waits. */
const restartDelaysMs = [500, 1_000, 2_000, 5_000, 10_000, 30_000];
const steadyAfterMs = 60_000;

/**
 * @typedef {{ name: string, command: string[], cwd: string, env: Record<string, string>, user?: { uid: number, gid: number } }} Program
 */

export class Supervisor {
  #isStopping = false;
  #children = new Map();

  /** @param {{ programs: Program[], logFolder: string, say?: (text: string) => void }} options */
  constructor({ programs, logFolder, say = console.log }) {
    this.programs = programs;
    this.logFolder = logFolder;
    this.say = say;
  }

  start() {
    for (const program of this.programs) this.#run(program, 0);
  }

  /** Resolves when both have ended. Asks first, and ends by force what does not go in time. */
  async stop() {
    this.#isStopping = true;
    const ended = [...this.#children.values()].map((child) => (child.exitCode !== null || child.signalCode !== null ? null : new Promise((resolve) => child.once("exit", resolve))));
    for (const child of this.#children.values()) child.kill("SIGTERM");
    const isDone = await Promise.race([Promise.all(ended).then(() => true), sleep(stopLimitMs, false, { ref: false })]);
    if (isDone) return;
    this.say("Not ended in time: stopping by force. Running operations go on at the next start.");
    for (const child of this.#children.values()) child.kill("SIGKILL");
    await Promise.all(ended);
  }

  #run(program, failures) {
    const log = openLog(join(this.logFolder, `${program.name}.log`));
    const [command, ...args] = [...endsWithParent(), ...program.command];
    const child = spawn(command, args, { cwd: program.cwd, env: program.env, stdio: ["ignore", log, log], detached: true, uid: program.user?.uid, gid: program.user?.gid });
    closeSync(log);
    this.#children.set(program.name, child);
    const startedAtMs = Date.now();
    child.once("error", (error) => this.say(`${program.name} could not be started: ${error.message}`));
    child.once("exit", (code, signal) => {
      if (this.#isStopping) return;
      const repeated = Date.now() - startedAtMs > steadyAfterMs ? 0 : failures;
      const delayMs = restartDelaysMs[Math.min(repeated, restartDelaysMs.length - 1)];
      this.say(`${program.name} ended by itself (${signal ?? `exit ${code}`}) and starts again in ${delayMs / 1000} s. Its log: ${join(this.logFolder, `${program.name}.log`)}`);
      setTimeout(() => {
        if (!this.#isStopping) this.#run(program, repeated + 1);
      }, delayMs);
    });
  }
}

/** A supervisor that is killed must not leave web on the port: the kernel then asks its programs to end (util-linux's setpriv). */
function endsWithParent() {
  const setpriv = "/usr/bin/setpriv";
  return existsSync(setpriv) ? [setpriv, "--pdeathsig", "TERM", "--"] : [];
}

function openLog(path) {
  if (existsSync(path) && statSync(path).size > keptLogBytes) renameSync(path, `${path}.1`);
  return openSync(path, "a", 0o600);
}

/**
 * Waits until web says that it is ready and the worker answers on its socket.
 * @throws StartFailure with the end of the log of what does not come up
 */
export async function waitUntilUp({ port, listen, socketPath, logFolder, signal }) {
  const until = Date.now() + startLimitMs;
  const waiting = new Map([["worker", () => answersSocket(socketPath)], ["web", () => askHealth(port, listen)]]);
  const answers = new Map();
  for (;;) {
    for (const [name, ask] of waiting) {
      const answer = await ask();
      answers.set(name, answer);
      if (answer === true) waiting.delete(name);
    }
    if (waiting.size === 0) return;
    if (signal?.aborted) throw new StartFailure("Stopped before it was up.");
    if (Date.now() > until) throw new StartFailure([...waiting.keys()].map((name) => sayWhatIsMissing(name, answers.get(name), logFolder)).join("\n\n"));
    await sleep(150);
  }
}

function sayWhatIsMissing(name, answer, logFolder) {
  const path = join(logFolder, `${name}.log`);
  const problem = typeof answer === "string" ? `${name} says that it is not ready: ${answer}` : `${name} does not answer`;
  return `${problem} (waited ${startLimitMs / 1000} s). The end of ${path}:\n${endOf(path)}`;
}

function endOf(path, lines = 20) {
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n").slice(-lines).join("\n") : "(no log)";
}

export function answersSocket(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

/** true when web is ready, the text of what it answers when it is not, false when nothing answers. */
export async function askHealth(port, listen) {
  const host = listen === "0.0.0.0" || listen === "::" ? "127.0.0.1" : listen;
  try {
    const response = await fetch(`http://${host.includes(":") ? `[${host}]` : host}:${port}/api/health/ready`, { signal: AbortSignal.timeout(5_000) });
    const text = await response.text();
    return response.ok ? true : `${response.status} ${text.slice(0, 500)}`;
  } catch {
    return false;
  }
}

/** Removes a socket that a killed worker left, so that nobody takes it for a running one. */
export async function removeStaleSocket(path) {
  if (existsSync(path) && !(await answersSocket(path))) rmSync(path);
}
