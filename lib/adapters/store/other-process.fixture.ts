import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { bundleProgram } from "./bundle-program.fixture";
import type { Order } from "./other-process.program";

const answer = z.object({ value: z.unknown().optional(), error: z.string().optional() });

export type OtherProcess = { order(order: Order): Promise<unknown>; child: ChildProcess };

let bundled: Promise<string> | null = null;

/** Starts a second process on the same store. It ends with the test. */
export async function startOtherProcess(url: string): Promise<OtherProcess> {
  bundled ??= bundleProgram(join(import.meta.dirname, "other-process.program.ts"));
  const child = fork(await bundled, [url], { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await nextMessage(child);
  return {
    child,
    async order(order) {
      const answered = nextMessage(child);
      child.send(order);
      return answered;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => {
      const { value, error } = answer.parse(message);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    });
    child.once("exit", (code) => reject(new Error(`The other process ended with ${code}.`)));
  });
}
