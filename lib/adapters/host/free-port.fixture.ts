import { createServer } from "node:net";

/** Below the ports that the kernel gives to connections going out (32768 and up), where any could be taken at any moment, and between the ranges of `allocate.ts`. */
const range = { first: 18_000, last: 24_999 };
const given = new Set<number>();

/** A port that nobody holds on any address, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = range.first + Math.floor(Math.random() * (range.last - range.first + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(true)));
  });
}
