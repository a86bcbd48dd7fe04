/** Who runs this installation now: a file in the data folder that names a process, believed only while that very process lives. */
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const pathIn = (runFolder) => join(runFolder, "supervisor.json");
const stopLimitMs = 40_000;

/** @returns {{ pid: number, startTime: string, port: number, hash: string, url: string, isUp: boolean } | null} */
export function readRunning(runFolder) {
  const path = pathIn(runFolder);
  if (!existsSync(path)) return null;
  const record = JSON.parse(readFileSync(path, "utf8"));
  return startTimeOf(record.pid) === record.startTime ? record : null;
}

/** Claims the installation for this process. Returns whoever has it instead when there is one. */
export function claimRunning(runFolder, detail) {
  const running = readRunning(runFolder);
  if (running !== null) return running;
  const path = pathIn(runFolder);
  rmSync(path, { force: true });
  const draft = writeDraft(path, detail);
  try {
    linkSync(draft, path);
    return null;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return readRunning(runFolder);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Says more about the process that runs, which must be this one. */
export function updateRunning(runFolder, detail) {
  renameSync(writeDraft(pathIn(runFolder), detail), pathIn(runFolder));
}

export function releaseRunning(runFolder) {
  if (readRunning(runFolder)?.pid === process.pid) rmSync(pathIn(runFolder), { force: true });
}

function writeDraft(path, detail) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid), ...detail })}\n`, { mode: 0o600 });
  return draft;
}

/** Stops whoever runs it and waits for the end. Returns whether there was one that is gone now. */
export async function stopRunning(runFolder) {
  const running = readRunning(runFolder);
  if (running === null) return false;
  process.kill(running.pid, "SIGTERM");
  const until = Date.now() + stopLimitMs;
  while (startTimeOf(running.pid) === running.startTime && Date.now() < until) await sleep(100);
  return startTimeOf(running.pid) !== running.startTime;
}

/** A process number comes back after a while; together with its start it does not. Null when there is no such process, or only its remains. */
function startTimeOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
    return fields[0] === "Z" ? null : fields[19];
  } catch {
    return null;
  }
}
