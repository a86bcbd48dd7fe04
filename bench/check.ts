import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { recordFigure } from "./parts/record";
import { rounds } from "./parts/settings";

export async function benchCheck(): Promise<void> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) samples.push(await timeCheck());
  recordFigure("check", { ours: samples });
}

async function timeCheck(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn("npm", ["run", "check"], { cwd: join(import.meta.dirname, ".."), stdio: ["ignore", "ignore", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error("`npm run check` does not pass: how long a failure takes is no figure.");
  return (performance.now() - startedAt) / 1000;
}
