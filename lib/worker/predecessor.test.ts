import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { describeProcess, isCertainlyGone } from "./predecessor";

/** A process that waits, and what it was described as while it lived. */
function startProcess() {
  const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const record = describeProcess(child.pid ?? 0);
  if (record === null) throw new Error("This kernel does not tell of its processes.");
  const kill = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { child, record, kill };
}

test("a process that was killed is certainly gone, and one that lives or is stopped is not", async () => {
  const { child, record, kill } = startProcess();
  expect(isCertainlyGone(record)).toBe(false);
  child.kill("SIGSTOP");
  expect(isCertainlyGone(record)).toBe(false);
  await kill();
  expect(isCertainlyGone(record)).toBe(true);
});

test("a process whose number another one has by now is gone", () => {
  expect(isCertainlyGone({ ...startProcess().record, startTime: "1" })).toBe(true);
});

test("of a process on another machine, in another container or before a reboot nothing is certain", async () => {
  const { record, kill } = startProcess();
  await kill();
  const [boot = "", pids = "", times = ""] = record.place.split(" ");
  for (const place of [["f719f804-0000-0000-0000-000000000000", pids, times], [boot, "pid:[1]", times], [boot, pids, "time:[1]"]]) expect(isCertainlyGone({ ...record, place: place.join(" ") })).toBe(false);
});
