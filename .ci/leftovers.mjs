/** What a test run started on the machine and ends again. What ran before is left running. */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const registryPidPath = `${process.env.BASEHOLD_LAB_DATA ?? "/var/lib/basehold-lab"}/registry/registry.pid`;
const limitMs = 60_000;

/** Process number of the lab's registry; null when it does not run. */
export function registryPid() {
  if (!existsSync(registryPidPath)) return null;
  const pid = Number(readFileSync(registryPidPath, "utf8"));
  const commandPath = `/proc/${pid}/cmdline`;
  return existsSync(commandPath) && readFileSync(commandPath, "utf8").includes("docker-registry") ? pid : null;
}

/** Asks a process to end and waits until it is gone. */
export async function endProcess(pid) {
  process.kill(pid, "SIGTERM");
  const until = Date.now() + limitMs;
  while (existsSync(`/proc/${pid}`) && Date.now() < until) await sleep(100);
}
