export interface StartArguments {
  mainService: string;
  host: string;
  port: number;
}

/** Reads `start --main-service <folder> [--ip <address>] [--port <port>]`. */
export function readArguments(argv: readonly string[]): StartArguments {
  const [command, ...rest] = argv;
  if (command !== "start") throw new Error(`edge-runtime: unknown command "${command ?? ""}"; the lab stand-in knows "start"`);
  const values: StartArguments = { mainService: "examples/main", host: "0.0.0.0", port: 9000 };
  const queue = rest.flatMap((argument) => (/^--[a-z-]+=/.test(argument) ? [argument.slice(0, argument.indexOf("=")), argument.slice(argument.indexOf("=") + 1)] : [argument]));
  while (queue.length > 0) {
    const name = queue.shift() ?? "";
    const value = queue.shift();
    if (value === undefined) throw new Error(`edge-runtime: ${name} needs a value`);
    if (name === "--main-service") values.mainService = value;
    else if (name === "--ip" || name === "-i") values.host = value;
    else if (name === "--port" || name === "-p") values.port = readPort(name, value);
    else throw new Error(`edge-runtime: the lab stand-in does not know ${name}`);
  }
  return values;
}

function readPort(name: string, value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`edge-runtime: ${name} must be a port from 1 to 65535`);
  return port;
}
