import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

const keptErrorBytes = 4_000;

/** Keeps the end of what a program says on stderr, for the one who has to read why it failed. */
function keepTail(stream: Readable): () => string {
  let tail = "";
  stream.on("data", (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-keptErrorBytes)));
  return () => tail.trim();
}

export type RunOptions = { cwd?: string; env?: Record<string, string>; /** stdout goes there; without it stdout is returned. */ output?: Writable };

/**
 * Runs a program to its end and returns its stdout.
 * @throws with the last lines of its stderr when it fails.
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
  const tail = keepTail(child.stderr);
  const closed = once(child, "close") as Promise<[number | null]>;
  let text = "";
  const consumed = options.output === undefined ? child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString())) : pipeline(child.stdout, options.output);
  const [code] = await closed;
  await consumed;
  if (code !== 0) throw new Error(`${program} ${args.slice(0, 3).join(" ")} ended with ${String(code)}:\n${tail()}`);
  return text;
}
