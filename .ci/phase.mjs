/** Runs the steps of `npm run check` and `npm test`: each with a time limit, its output in a file, its duration measured. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "..");
export const outputFolder = join(root, "test-results");
const killAfterMs = 5_000;

/**
 * @typedef {{ name: string, command: string[], limitMs: number, env?: Record<string, string>, cwd?: string }} Phase
 * @typedef {{ name: string, isOk: boolean, isTimedOut: boolean, durationMs: number, outputPath: string }} PhaseResult
 */

/**
 * Runs one phase in a process group of its own, so that what it leaves running past its limit ends with it.
 * @param {Phase} phase
 * @returns {Promise<PhaseResult>}
 */
export function runPhase({ name, command, limitMs, env = {}, cwd = root }) {
  const outputPath = join(outputFolder, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}.log`);
  mkdirSync(dirname(outputPath), { recursive: true });
  const output = createWriteStream(outputPath);
  const startedAt = performance.now();
  const child = spawn(command[0], command.slice(1), { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  let isTimedOut = false;
  const limit = setTimeout(() => {
    isTimedOut = true;
    signalGroup(child.pid, "SIGTERM");
    setTimeout(() => signalGroup(child.pid, "SIGKILL"), killAfterMs).unref();
  }, limitMs);
  return new Promise((resolvePhase) => {
    const finish = (isOk) => {
      clearTimeout(limit);
      output.end(() => resolvePhase({ name, isOk: isOk && !isTimedOut, isTimedOut, durationMs: performance.now() - startedAt, outputPath }));
    };
    child.once("error", (error) => {
      output.write(`${error.message}\n`);
      finish(false);
    });
    child.once("exit", (code) => finish(code === 0));
  });
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** Runs phases with at most `parallel` at once; the first ones start first. */
export async function runAll(phases, parallel, onEnd = () => {}) {
  const waiting = [...phases];
  const results = [];
  const next = async () => {
    for (let phase = waiting.shift(); phase !== undefined; phase = waiting.shift()) {
      const result = await runPhase(phase);
      results.push(result);
      onEnd(result);
    }
  };
  await Promise.all(Array.from({ length: parallel }, next));
  return phases.map((phase) => results.find((result) => result.name === phase.name));
}

/** The end of a failed phase's output, for a person who reads the terminal; of a report of Vitest, all from its first failure on. */
export function tailOf(result, lines = 40) {
  const reason = result.isTimedOut ? `stopped after ${seconds(result.durationMs)}: its time limit` : "failed";
  const all = readFileSync(result.outputPath, "utf8").trimEnd().split("\n");
  const failuresFrom = all.findIndex((line) => /Failed (Suites|Tests) \d+/.test(line));
  const text = (failuresFrom === -1 ? all.slice(-lines) : all.slice(failuresFrom)).join("\n");
  return `\n── ${result.name} ${reason} (all of it: ${result.outputPath}) ──\n${text}\n`;
}

export function table(results) {
  const width = Math.max(...results.map((result) => result.name.length));
  return results.map((result) => `${result.isOk ? "ok  " : "FAIL"} ${result.name.padEnd(width)} ${seconds(result.durationMs).padStart(8)}`).join("\n");
}

export function seconds(durationMs) {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
