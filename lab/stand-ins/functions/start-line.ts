/** How a worker tells the port that it listens on: one line on its standard output, before the function's own. */
const prefix = "lab-worker-listens-on ";

export function startLine(port: number): string {
  return `${prefix}${String(port)}\n`;
}

/** The port of a start line; undefined for any other line. */
export function portOfStartLine(line: string): number | undefined {
  const port = line.startsWith(prefix) ? Number(line.slice(prefix.length)) : NaN;
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

/** Carries the address that the client asked for, which the way to the worker would change. */
export const addressHeader = "x-lab-request-address";
