import { readFileSync, readlinkSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Store } from "@/lib/adapters/store/types";
import { shortenLeasesOfDead } from "@/lib/operations/lease";
import type { Log } from "./log";

/** Where process numbers mean what they meant: the running kernel with its namespaces. Elsewhere nothing is known of a process. */
type Process = { place: string; pid: number; startTime: string };
const recordSchema = z.object({ workerId: z.string().min(1), place: z.string().min(1), pid: z.number().int().positive(), startTime: z.string().min(1) });

type Options = { store: Store; /** Where the socket lies, at which one worker at a time listens. */ runFolder: string; workerId: string; leaseMs: number; now: () => Date; log: Pick<Log, "info" | "warn"> };

/**
 * Before a worker takes anything: what the one before it at this socket held is free within seconds when that one was killed. Only of a process that is
 * certainly gone the leases are shortened; in every other case they run out by themselves.
 */
export async function succeed({ store, runFolder, workerId, leaseMs, now, log }: Options): Promise<void> {
  try {
    const record = await readRecord(runFolder);
    if (record !== null && isCertainlyGone(record)) {
      const count = await shortenLeasesOfDead(store, { workerId: record.workerId, leaseMs, now });
      if (count > 0) log.info({ predecessor: record.workerId, count }, "the worker before this one was killed; what it ran goes on within seconds");
    }
    await leaveRecord(runFolder, workerId);
  } catch (error) {
    log.warn({ err: error }, "what a killed worker ran goes on when its lease has run out");
  }
}

const pathIn = (runFolder: string) => join(runFolder, "worker.json");

async function readRecord(runFolder: string): Promise<z.infer<typeof recordSchema> | null> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(pathIn(runFolder), "utf8")));
  } catch {
    return null;
  }
}

async function leaveRecord(runFolder: string, workerId: string): Promise<void> {
  const own = describeProcess(process.pid);
  if (own === null) return;
  const draft = `${pathIn(runFolder)}.${String(process.pid)}`;
  await writeFile(draft, JSON.stringify({ workerId, ...own }), { mode: 0o600 });
  await rename(draft, pathIn(runFolder));
}

/** Whether a process that was here has ended. False whenever that cannot be told, also while its remains still wait for their parent. */
export function isCertainlyGone({ place, pid, startTime }: Process): boolean {
  if (describeProcess(process.pid)?.place !== place) return false;
  if (!isThere(pid)) return true;
  // A process number comes back after a while; together with its start it does not.
  const now = describeProcess(pid);
  return now !== null && now.startTime !== startTime;
}

/** Asks the kernel and not /proc, which may hide the processes of others. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** null where the kernel does not tell. */
export function describeProcess(pid: number): Process | null {
  try {
    const place = [readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(), readlinkSync("/proc/self/ns/pid"), readlinkSync("/proc/self/ns/time")].join(" ");
    const startTime = readFileSync(`/proc/${String(pid)}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
    return startTime === undefined ? null : { place, pid, startTime };
  } catch {
    return null;
  }
}
